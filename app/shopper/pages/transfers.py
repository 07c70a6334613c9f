"""Handing a unit on: the owner's side, and the side of who gets it."""

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from app import ids
from app.errors import DomainError
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.visitors import members_only, on_my_site, said_of, sender_of
from app.shopper.rules.forms import AGE, NAME, NAME_MAX
from app.shopper.rules.words import Said
from app.shopper.services import Shopper
from app.warranties import services as warranties
from app.warranties.services import Offer
from app.web.pages import Site, on_site, read_form, render
from app.web.problems import language


@pages.get("/my/warranties/<warranty>/transfer")
@members_only
def offer_form(warranty: str) -> AnyResponse:
    return on_my_site(lambda site, shopper: _offer_drawn(site, shopper, warranty))


@pages.post("/my/warranties/<warranty>/transfer")
@members_only
def offer(warranty: str) -> AnyResponse:
    """Send the owner a code; with it the offer goes to the number that was typed."""
    phone = read_form("phone")["phone"]

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        challenge_id = services.begin_offer(
            site.brand_id,
            ids.read("wty", warranty),
            shopper,
            phone,
            sender_of(site),
            now=site.now,
        )
        return redirect(f"/code/{ids.show('chl', challenge_id)}", 303)

    try:
        return on_my_site(use_case)
    except DomainError as refusal:
        if refusal.pointer != "/phone":
            raise
        fault = said_of(refusal)
        return on_my_site(lambda site, shopper: _offer_drawn(site, shopper, warranty, phone, fault))


@pages.post("/my/warranties/<warranty>/transfer/cancel")
@members_only
def cancel_offer(warranty: str) -> AnyResponse:
    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        warranty_id = ids.read("wty", warranty)
        warranties.cancel(site.brand_id, warranty_id, shopper.member_id, now=site.now)
        return redirect(f"/my/warranties/{warranty}", 303)

    return on_my_site(use_case)


@pages.get("/t/<link>")
def acceptance_form(link: str) -> Response:
    """Show what is offered. Opening the link changes nothing: chats open links by themselves."""
    return on_site(lambda site: _acceptance_drawn(site, link))


@pages.post("/t/<link>")
def accept(link: str) -> AnyResponse:
    """Send a code to the number that the unit was offered to."""
    values = read_form("name", "phone", "age")

    def use_case(site: Site) -> AnyResponse:
        faults = {}
        if not 0 < len(values["name"]) <= NAME_MAX:
            faults["name"] = NAME
        if values["age"] != "yes":
            faults["age"] = AGE
        if faults:
            return _acceptance_drawn(site, link, values, faults)
        challenge_id = services.begin_acceptance(
            site.brand_id, link, values["name"], values["phone"], sender_of(site), now=site.now
        )
        return redirect(f"/code/{ids.show('chl', challenge_id)}", 303)

    try:
        return on_site(use_case)
    except DomainError as refusal:
        if refusal.pointer != "/phone":
            raise
        fault = {"phone": said_of(refusal)}
        return on_site(lambda site: _acceptance_drawn(site, link, values, fault))


@pages.post("/t/<link>/decline")
def decline(link: str) -> Response:
    def use_case(site: Site) -> Response:
        warranties.decline(site.brand_id, link, now=site.now)
        return render("shopper/declined.html")

    return on_site(use_case)


def _offer_drawn(
    site: Site, shopper: Shopper, warranty: str, phone: str = "", fault: Said | None = None
) -> Response:
    found = warranties.get_owned(site.brand_id, ids.read("wty", warranty), shopper.member_id)
    return render(
        "shopper/transfer.html",
        422 if fault else 200,
        owned=services.own(found, today=site.today),
        offer=warranties.find_offer(site.brand_id, found.warranty.id),
        phone=phone,
        fault=fault,
    )


def _acceptance_drawn(
    site: Site,
    link: str,
    values: dict[str, str] | None = None,
    faults: dict[str, Said] | None = None,
) -> Response:
    found: Offer = warranties.open_offer(site.brand_id, link, now=site.now)
    return render(
        "shopper/accept.html",
        422 if faults else 200,
        link=link,
        found=found,
        coverage=warranties.coverage_of(found.piece, on=site.today),
        serial=warranties.masked(found.piece.unit.serial),
        values=values or {},
        faults=faults or {},
        notice=services.notice_of(site.brand_id, language()),
    )
