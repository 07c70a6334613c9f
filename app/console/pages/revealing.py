"""Contact data behind its mask; every page shows it by the macro ``contact``."""

from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console import services
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, own_path, permitted
from app.staff import services as staff
from app.web.pages import read_form, render


@pages.post("/reveal")
@permitted("contacts:reveal")
def reveal() -> AnyResponse:
    """Show one piece of contact data, and write down who saw it and why."""
    values = read_form("kind", "of", "field", "reason", "back")
    reason = values["reason"] if values["reason"] in staff.REASONS else ""

    def use_case(desk: Desk) -> AnyResponse:
        value = services.reveal(
            desk.brand_id,
            values["kind"],
            values["of"],
            values["field"],
            reason,
            actor=desk.actor,
            ip=desk.ip,
            now=clock.now(),
        )
        return render(
            "console/revealed.html",
            value=value,
            field=values["field"],
            back=own_path(values["back"]),
        )

    return on_desk(use_case)
