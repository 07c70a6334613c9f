"""Accepting an invitation: as a new person, or as one who works for another brand already."""

from flask import g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console.pages import pages
from app.console.pages.desk import browser, current_visit, half_way, let_in, public
from app.db import transact
from app.errors import DomainError
from app.staff import services as staff
from app.staff.errors import StaffNameInvalid, StaffPasswordUnfit
from app.web.pages import read_form, render


@pages.get("/invitation/<link>")
@public
def invitation(link: str) -> AnyResponse:
    """Show who invites, and the one form that fits: a new account, or joining with one."""
    return _drawn(link)


@pages.post("/invitation/<link>")
@public
def accept_invitation(link: str) -> AnyResponse:
    """Make a new person of whoever was invited; an app is connected next."""
    name = read_form("name")["name"]
    password = request.form.get("password", "")
    invited = transact(None, lambda: staff.get_invitation(link, now=clock.now()))
    try:
        staff.check_password(password, invited.email, name, invited.brand)
        staff.read_name(name)
    except (StaffPasswordUnfit, StaffNameInvalid) as refusal:
        return _drawn(link, refusal=refusal, name=name)
    kept = staff.hash_password(password)
    token = transact(
        None, lambda: staff.accept_as_new(link, name, kept, browser(), now=clock.now())
    )
    return let_in(redirect("/console/enrol", 303), token)


@pages.post("/invitation/<link>/join")
@half_way
def join(link: str) -> AnyResponse:
    """Let somebody who is signed in work for a further brand."""
    visit = current_visit()
    if visit.stage != "full":
        return redirect("/console/login", 303)
    brand_id = transact(None, lambda: staff.accept_as(link, visit, now=clock.now()))
    transact(None, lambda: staff.enter_brand(visit, brand_id, browser(), now=clock.now()))
    return redirect("/console?done=joined", 303)


DONE = {"joined": ("새 브랜드에 들어왔어요.", "You are in the new brand.")}


def _drawn(link: str, *, refusal: DomainError | None = None, name: str = "") -> AnyResponse:
    invited = transact(None, lambda: staff.get_invitation(link, now=clock.now()))
    visit = g.visit if g.visit is not None and g.visit.stage == "full" else None
    return render(
        "console/invitation.html",
        422 if refusal else 200,
        invited=invited,
        link=link,
        is_theirs=visit is not None and visit.account.email == invited.email,
        signed_in=visit,
        refusal=refusal,
        name=name,
    )
