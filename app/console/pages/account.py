"""My account: password, authenticator, recovery codes, and where I am signed in."""

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console.pages import pages
from app.console.pages.desk import (
    browser,
    current_visit,
    let_in,
    on_desk,
    own,
    read_id,
    requires_fresh,
)
from app.console.pages.signing_in import complete_enrolment, draw_enrolment
from app.db import transact
from app.errors import DomainError
from app.staff import services as staff
from app.staff.errors import StaffLocked, StaffPasswordUnfit, StaffPasswordWrong
from app.web.pages import ip_hash, read_form, render

DONE = {
    "password": (
        "비밀번호를 바꿨어요. 다른 곳에서는 모두 로그아웃됐어요.",
        "Your password is changed, and you are signed out everywhere else.",
    ),
    "ended": ("그곳에서 로그아웃했어요.", "You are signed out there."),
}


@pages.get("/account")
@own
def account() -> AnyResponse:
    """Show how somebody signs in, and where they are signed in."""
    return _drawn()


@pages.post("/account/password")
@own
def change_password() -> AnyResponse:
    """Take a new password for the present one."""
    visit = current_visit()
    present, wanted = request.form.get("present", ""), request.form.get("password", "")
    address = ip_hash()
    try:
        attempt = transact(
            None, lambda: staff.open_attempt(visit.account.email, address, now=clock.now())
        )
        judged = staff.judge(attempt, present)
        person = transact(None, lambda: staff.accept(attempt, judged, browser(), now=clock.now()))
        if person is None:
            return _drawn(StaffPasswordWrong(pointer="/present"))
        staff.check_password(wanted, visit.account.email, visit.account.name)
    except (StaffLocked, StaffPasswordUnfit) as refusal:
        return _drawn(refusal)
    kept = staff.hash_password(wanted)
    token = transact(None, lambda: staff.set_password(visit, kept, browser(), now=clock.now()))
    return let_in(redirect("/console/account?done=password", 303), token)


@pages.get("/account/authenticator")
@own
@requires_fresh
def authenticator_form() -> AnyResponse:
    """Show a new app what to scan; the present one works until the new one is proved."""
    return draw_enrolment("/console/account/authenticator")


@pages.post("/account/authenticator")
@own
@requires_fresh
def replace_authenticator() -> AnyResponse:
    """Take a new app into use."""
    return complete_enrolment("/console/account/authenticator")


@pages.post("/account/recovery-codes")
@own
@requires_fresh
def replace_recovery_codes() -> AnyResponse:
    """Show new recovery codes, once; those from before are worthless."""
    person_id = current_visit().account.person_id
    codes = transact(None, lambda: staff.replace_recovery_codes(person_id, now=clock.now()))
    return render("console/recovery_codes.html", codes=codes)


@pages.post("/account/sessions/end")
@own
def end_session() -> AnyResponse:
    """Sign somebody out in one other place, or with ``session=others`` in all of them."""
    visit = current_visit()
    named = read_form("session")["session"]
    if named == "others":
        transact(None, lambda: staff.end_other_sessions(visit))
    else:
        session_id = read_id("ses", named)
        transact(None, lambda: staff.end_session(visit, session_id))
    return redirect("/console/account?done=ended", 303)


def _drawn(refusal: DomainError | None = None) -> AnyResponse:
    visit = current_visit()
    person_id = visit.account.person_id
    return on_desk(
        lambda desk: render(
            "console/account.html",
            422 if refusal else 200,
            sessions=staff.list_sessions(person_id, now=clock.now()),
            codes_left=staff.count_recovery_codes(person_id),
            refusal=refusal,
        )
    )
