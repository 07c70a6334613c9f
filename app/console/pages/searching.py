"""The one search box: whatever names something leads to it."""

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock, ids
from app.console import services
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted
from app.console.rules.looking import read_typed
from app.console.rules.masks import masked_email, masked_name, masked_phone
from app.console.rules.navigation import Entry
from app.console.services import Found
from app.members import services as members
from app.staff import services as staff
from app.web.json_input import is_clean
from app.web.pages import render

NAV = Entry("console.search", "고객 찾기", "Search", "members:read", "desk", 10, "search")


@pages.get("/search")
@permitted("members:read")
def search() -> AnyResponse:
    """Open what was named, or show all that it may be; who looked is written down."""
    text = request.args.get("q", "")
    typed = read_typed(text if is_clean(text) else "")
    if not typed.text:
        return render("console/search.html", found=None, asked="", rows=[])

    def use_case(desk: Desk) -> AnyResponse:
        found = services.search(desk.brand_id, typed)
        if found.count == 1:
            return redirect(_path_of(found), 303)
        rows = [(each, members.profile_of(each)) for each in found.members]
        if rows:
            staff.record_access(
                desk.brand_id,
                actor=desk.actor,
                ip=desk.ip,
                action="searched",
                items=["name", "phone", "email"],
                count=len(rows),
                now=clock.now(),
            )
        return render("console/search.html", found=found, asked=typed.text, rows=rows)

    return on_desk(use_case)


def _path_of(found: Found) -> str:
    """Return the page of the only thing that was found."""
    if found.members:
        return f"/console/members/{ids.show('mem', found.members[0].id)}"
    if found.pieces:
        return f"/console/units/{found.pieces[0].unit.serial}"
    if found.orders:
        return f"/console/orders/{ids.show('ord', found.orders[0].id)}"
    return f"/console/requests/{ids.show('srq', found.requests[0].request.id)}"


@pages.app_template_filter("masked_name")
def _masked_name(text: str | None) -> str:
    return masked_name(text) if text else ""


@pages.app_template_filter("masked_phone")
def _masked_phone(text: str | None) -> str:
    return masked_phone(text) if text else ""


@pages.app_template_filter("masked_email")
def _masked_email(text: str | None) -> str:
    return masked_email(text) if text else ""
