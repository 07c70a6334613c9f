"""Signing in: the password, then the code; the first code of a new app; signing out."""

from collections.abc import Callable

import segno
from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console.pages import pages
from app.console.pages.desk import (
    HOME,
    browser,
    current_visit,
    half_way,
    let_in,
    let_out,
    own_path,
    public,
)
from app.db import transact
from app.errors import DomainError
from app.staff import services as staff
from app.staff.errors import StaffCodeRefused, StaffLocked, StaffSignInRefused
from app.web.pages import ip_hash, read_form, render
from app.web.problems import status_of


@pages.get("/login")
@public
def login_form() -> AnyResponse:
    return render("console/login.html", next=own_path(request.args.get("next", HOME)), email="")


@pages.post("/login")
@public
def login() -> AnyResponse:
    """Judge a password; whatever is wrong gets the same answer."""
    values = read_form("email", "next")
    password = request.form.get("password", "")
    going_on = own_path(values["next"])
    address = ip_hash()
    token: str | None = None
    refusal: DomainError = StaffSignInRefused()
    try:
        attempt = transact(
            None, lambda: staff.open_attempt(values["email"], address, now=clock.now())
        )
        judged = staff.judge(attempt, password)
        token = transact(
            None, lambda: staff.close_attempt(attempt, judged, browser(), now=clock.now())
        )
    except StaffLocked as locked:
        refusal = locked
    if token is None:
        return render(
            "console/login.html",
            status_of(refusal),
            next=going_on,
            email=values["email"],
            refusal=refusal,
        )
    return let_in(redirect(f"/console/login/code?next={going_on}", 303), token)


@pages.get("/login/code")
@half_way
def code_form() -> AnyResponse:
    return _asked(own_path(request.args.get("next", HOME)))


@pages.post("/login/code")
@half_way
def answer_code() -> AnyResponse:
    """Take the code of an authenticator."""
    return _answered(staff.answer_code)


@pages.get("/login/recovery")
@half_way
def recovery_form() -> AnyResponse:
    return _asked(own_path(request.args.get("next", HOME)), "console/recovery.html")


@pages.post("/login/recovery")
@half_way
def answer_recovery_code() -> AnyResponse:
    """Take one of the codes that were written down."""
    return _answered(staff.answer_recovery_code, "console/recovery.html")


@pages.get("/enrol")
@half_way
def enrol_form() -> AnyResponse:
    """Show a new authenticator what to scan."""
    if current_visit().stage != "enrol":
        return redirect(HOME, 303)
    return draw_enrolment("/console/enrol")


@pages.post("/enrol")
@half_way
def enrol() -> AnyResponse:
    """Take the first code of a new authenticator."""
    if current_visit().stage != "enrol":
        return redirect(HOME, 303)
    return complete_enrolment("/console/enrol")


@pages.post("/logout")
@half_way
def logout() -> AnyResponse:
    visit = current_visit()
    transact(None, lambda: staff.sign_out(visit, browser(), now=clock.now()))
    return let_out(redirect("/console/login?done=signed_out", 303))


DONE = {"signed_out": ("로그아웃했어요.", "You are signed out.")}


def draw_enrolment(action: str, *, refusal: StaffCodeRefused | None = None) -> AnyResponse:
    """Show the secret of a new app, as a picture and as text."""
    visit = current_visit()
    enrolment = transact(None, lambda: staff.begin_enrolment(visit.account.person_id))
    return render(
        "console/enrol.html",
        422 if refusal else 200,
        secret=enrolment.secret,
        picture=segno.make(enrolment.address).svg_data_uri(scale=5, border=4),
        action=action,
        refusal=refusal,
    )


def complete_enrolment(action: str) -> AnyResponse:
    """Take a new app into use, and show the recovery codes, once."""
    visit = current_visit()
    code = read_form("code")["code"]
    enrolled = transact(
        None, lambda: staff.complete_enrolment(visit, code, browser(), now=clock.now())
    )
    if enrolled is None:
        return draw_enrolment(action, refusal=StaffCodeRefused())
    page = render("console/recovery_codes.html", codes=enrolled.recovery_codes)
    return let_in(page, enrolled.token)


def _asked(going_on: str, template: str = "console/code.html") -> AnyResponse:
    visit = current_visit()
    if visit.stage == "full":
        return redirect(going_on, 303)
    if visit.stage == "enrol":
        return redirect("/console/enrol", 303)
    return render(template, next=going_on)


def _answered(
    answer: Callable[..., str | None], template: str = "console/code.html"
) -> AnyResponse:
    visit = current_visit()
    values = read_form("code", "next")
    going_on = own_path(values["next"])
    if visit.stage != "code":
        return redirect(HOME, 303)
    token: str | None = None
    refusal: DomainError = StaffCodeRefused()
    try:
        token = transact(None, lambda: answer(visit, values["code"], browser(), now=clock.now()))
    except StaffLocked as locked:
        refusal = locked
    if token is None:
        return render(template, status_of(refusal), next=going_on, refusal=refusal)
    return let_in(redirect(going_on, 303), token)
