"""What a new brand has yet to do."""

from werkzeug.wrappers import Response as AnyResponse

from app.console import services
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted
from app.console.rules.navigation import Entry
from app.web.pages import render

NAV = Entry("console.setup", "시작하기", "Set-up", "settings:read", "settings", 5, "check")


@pages.get("/setup")
@permitted("settings:read")
def setup() -> AnyResponse:
    """Show what is set up and what is not, the next thing first."""

    def use_case(desk: Desk) -> AnyResponse:
        steps = services.list_steps(desk.brand_id, now=desk.now)
        return render("console/setup.html", steps=steps)

    return on_desk(use_case)
