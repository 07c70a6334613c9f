"""The dashboard: numbers, tables, pictures of them, and a workbook beside each."""

from datetime import date

from flask import Response, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app.console import services
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted
from app.console.rules.figures import Figure, shown
from app.console.rules.navigation import Entry
from app.web.pages import render
from app.web.problems import language
from app.workbooks import workbook

NAV = Entry(
    "console.dashboard", "대시보드", "Dashboard", "dashboards:read", "figures", 10, "chart-bar"
)


@pages.get("/dashboard")
@permitted("dashboards:read")
def dashboard() -> AnyResponse:
    """Show who comes back, what is owed, and how warranties and repairs go, as of a day."""

    def use_case(desk: Desk) -> AnyResponse:
        as_of = _day(desk)
        return render(
            "console/dashboard.html",
            as_of=as_of,
            cards=services.list_cards(desk.brand_id, as_of=as_of, now=desk.now),
            figures=services.list_figures(desk.brand_id, as_of=as_of, now=desk.now),
            shown=shown,
        )

    return on_desk(use_case)


@pages.get("/dashboard/<figure>.xlsx")
@permitted("dashboards:read")
def figure_file(figure: str) -> AnyResponse:
    """Give one figure as a workbook."""

    def use_case(desk: Desk) -> AnyResponse:
        as_of = _day(desk)
        for each in services.list_figures(desk.brand_id, as_of=as_of, now=desk.now):
            if each.code == figure:
                return _file(each, as_of)
        raise NotFound

    return on_desk(use_case)


def _file(figure: Figure, as_of: date) -> Response:
    def say(pair: tuple[str, str]) -> str:
        return pair[language() != "ko"]

    content = workbook(
        say(figure.title),
        f"{as_of} · {say(figure.definition)}",
        [say(each) for each in figure.columns],
        figure.units,
        figure.rows,
    )
    response = Response(
        content,
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = f"attachment; filename={figure.code}-{as_of}.xlsx"
    return response


def _day(desk: Desk) -> date:
    """Return the day that was asked for, today if it is none or lies ahead."""
    try:
        asked = date.fromisoformat(request.args.get("as_of", ""))
    except ValueError:
        return desk.today
    return min(max(asked, date(1970, 1, 1)), desk.today)
