"""The team: who works for the brand, as what, and who was invited."""

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id, requires_fresh
from app.console.rules.navigation import Entry
from app.errors import DomainError
from app.staff import services as staff
from app.web.pages import read_form, render
from app.web.problems import status_of

NAV = Entry("console.team", "팀", "Team", "staff:manage", "settings", 20, "users")
DONE = {
    "invited": ("초대 메일을 보냈어요.", "The invitation is on its way."),
    "withdrawn": ("초대를 취소했어요.", "The invitation is withdrawn."),
    "role": ("역할을 바꿨어요. 다시 로그인해야 해요.", "The role is changed; they sign in anew."),
    "disabled": ("더는 들어올 수 없어요.", "They cannot come in any more."),
    "enabled": ("다시 들어올 수 있어요.", "They can come in again."),
}
MANAGE = "staff:manage"


@pages.get("/team")
@permitted(MANAGE)
def team() -> AnyResponse:
    """Show who works for the brand, and who was invited."""
    return on_desk(_drawn)


@pages.post("/team/invitations")
@permitted(MANAGE)
@requires_fresh
def invite() -> AnyResponse:
    """Send an invitation by e-mail."""
    values = read_form("email", "role")
    base_url = request.host_url.rstrip("/")

    def use_case(desk: Desk) -> AnyResponse:
        staff.invite(
            desk.brand_id,
            values["email"],
            values["role"],
            actor=desk.actor,
            base_url=base_url,
            now=clock.now(),
        )
        return redirect("/console/team?done=invited", 303)

    try:
        return on_desk(use_case)
    except DomainError as refusal:
        wrong = refusal
        return on_desk(lambda desk: _drawn(desk, wrong, values))


@pages.post("/team/invitations/<invitation>/withdraw")
@permitted(MANAGE)
def withdraw_invitation(invitation: str) -> AnyResponse:
    """Make an invitation worthless."""
    invitation_id = read_id("inv", invitation)

    def use_case(desk: Desk) -> AnyResponse:
        staff.withdraw_invitation(desk.brand_id, invitation_id, actor=desk.actor, now=clock.now())
        return redirect("/console/team?done=withdrawn", 303)

    return on_desk(use_case)


@pages.post("/team/<person>/role")
@permitted(MANAGE)
@requires_fresh
def change_role(person: str) -> AnyResponse:
    """Give somebody another role."""
    person_id, role = read_id("stf", person), read_form("role")["role"]

    def use_case(desk: Desk) -> AnyResponse:
        me = desk.visit.account.person_id
        staff.change_role(desk.brand_id, person_id, role, by=me, now=clock.now())
        return redirect("/console/team?done=role", 303)

    return on_desk(use_case)


@pages.post("/team/<person>/disable")
@permitted(MANAGE)
@requires_fresh
def disable(person: str) -> AnyResponse:
    """Let somebody work for the brand no more."""
    person_id = read_id("stf", person)

    def use_case(desk: Desk) -> AnyResponse:
        me = desk.visit.account.person_id
        staff.disable(desk.brand_id, person_id, by=me, now=clock.now())
        return redirect("/console/team?done=disabled", 303)

    return on_desk(use_case)


@pages.post("/team/<person>/enable")
@permitted(MANAGE)
@requires_fresh
def enable(person: str) -> AnyResponse:
    """Let somebody work for the brand again."""
    person_id = read_id("stf", person)

    def use_case(desk: Desk) -> AnyResponse:
        me = desk.visit.account.person_id
        staff.enable(desk.brand_id, person_id, by=me, now=clock.now())
        return redirect("/console/team?done=enabled", 303)

    return on_desk(use_case)


def _drawn(
    desk: Desk, refusal: DomainError | None = None, values: dict[str, str] | None = None
) -> AnyResponse:
    return render(
        "console/team.html",
        status_of(refusal) if refusal else 200,
        team=staff.list_team(desk.brand_id),
        invitations=staff.list_invitations(desk.brand_id),
        permissions=staff.PERMISSIONS,
        role_permissions=staff.ROLES,
        refusal=refusal,
        values=values or {},
        now=clock.now(),
    )
