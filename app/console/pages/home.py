"""The first page, the way between brands, and what is asked for that does not exist."""

from flask import g, redirect
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console.pages import pages
from app.console.pages.desk import (
    browser,
    current_visit,
    half_way,
    own,
    own_path,
    prove,
    public,
    read_id,
)
from app.db import transact
from app.staff import services as staff
from app.web.pages import read_form, render


@pages.get("")
@own
def home() -> AnyResponse:
    """Show what somebody can do here."""
    return render("console/home.html", permissions=staff.PERMISSIONS)


@pages.get("/brands")
@half_way
def brands_list() -> AnyResponse:
    """Show the brands that somebody works for, to choose from."""
    visit = current_visit()
    if visit.stage != "full":
        return redirect("/console/login", 303)
    found = transact(None, lambda: staff.list_brands(visit.account.person_id))
    return render("console/brands.html", brands=found)


@pages.post("/brand")
@half_way
def enter_brand() -> AnyResponse:
    """Go on in another brand."""
    visit = current_visit()
    if visit.stage != "full":
        return redirect("/console/login", 303)
    brand_id = read_id("brd", read_form("brand")["brand"])
    transact(None, lambda: staff.enter_brand(visit, brand_id, browser(), now=clock.now()))
    return redirect("/console", 303)


@pages.post("/confirm")
@own
def confirm() -> AnyResponse:
    """Take a fresh code for a page that asked for one, and go back to it."""
    values = read_form("next", "proof")
    if not prove(g.visit, values["proof"]):
        return render(
            "console/prove.html", 403, fields=[], fault=True, next=own_path(values["next"])
        )
    return redirect(own_path(values["next"]), 303)


@pages.get("/<path:rest>")
@public
def nothing(rest: str) -> AnyResponse:
    """Answer an address of the console that leads nowhere."""
    raise NotFound
