"""A member's warranties: the certificate, its file, the calendar, and reports of the owner."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from app import certificates, ids
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.registering import RECEIPT_MAX, receipt_of_form
from app.shopper.pages.visitors import members_only, on_my_site, visitor_of
from app.shopper.rules.words import OUTCOMES
from app.shopper.services import Owned, Shopper
from app.warranties import services as warranties
from app.web.pages import Site, read_form, render, takes_files
from app.web.problems import language

R = TypeVar("R")


@pages.get("/my/warranties/<warranty>")
@members_only
def certificate(warranty: str) -> AnyResponse:
    return _with_owned(
        warranty,
        lambda site, shopper, owned: render(
            "shopper/certificate.html",
            owned=owned,
            repairs=services.repairs_of(site.brand_id, owned),
            member_id=shopper.member_id,
            outcomes=OUTCOMES,
            receipts=warranties.list_receipts(site.brand_id, owned.found.warranty.id),
            offer=warranties.find_offer(site.brand_id, owned.found.warranty.id),
        ),
    )


@pages.get("/my/warranties/<warranty>/done")
@members_only
def registered(warranty: str) -> AnyResponse:
    """Say that it is registered, and ask what may be asked; leaving changes nothing."""

    def draw(site: Site, shopper: Shopper, owned: Owned) -> AnyResponse:
        ask = services.ask_of(site.brand_id, shopper.member_id, language(), now=site.now)
        return render("shopper/done.html", owned=owned, ask=ask)

    return _with_owned(warranty, draw)


@pages.get("/my/warranties/<warranty>/certificate.pdf")
@members_only
def certificate_file(warranty: str) -> AnyResponse:
    """Give the certificate as a signed file, to keep or to show."""

    def read(site: Site, _: Shopper, owned: Owned) -> certificates.Certificate:
        return services.certificate_of(owned, site.name, f"{site.base_url}{owned.path}")

    content = _with_owned(warranty, read)
    # Drawing and signing take a while, and need no database.
    return _file(certificates.signed_pdf(content), "application/pdf", f"{content.number}.pdf")


@pages.get("/my/warranties/<warranty>/end.ics")
@members_only
def calendar_file(warranty: str) -> AnyResponse:
    """Give the last day of the warranty as an entry for a calendar."""

    def draw(site: Site, _: Shopper, owned: Owned) -> AnyResponse:
        url = f"{site.base_url}{owned.path}"
        content = services.calendar_entry(owned, site.name, url, language(), now=site.now)
        return _file(content, "text/calendar", f"{owned.certificate}.ics")

    return _with_owned(warranty, draw)


@pages.post("/my/warranties/<warranty>/send")
@members_only
def send_link(warranty: str) -> AnyResponse:
    """Send the owner the way to the certificate."""

    def act(site: Site, shopper: Shopper, owned: Owned) -> AnyResponse:
        services.send_link(site.brand_id, shopper, owned, base_url=site.base_url, now=site.now)
        return redirect(f"{owned.path}/sent", 303)

    return _with_owned(warranty, act)


@pages.get("/my/warranties/<warranty>/sent")
@members_only
def link_sent(warranty: str) -> AnyResponse:
    return _with_owned(warranty, lambda _, __, owned: render("shopper/sent.html", owned=owned))


@pages.post("/my/warranties/<warranty>/receipt")
@members_only
@takes_files(RECEIPT_MAX)
def send_receipt(warranty: str) -> AnyResponse:
    """Take a photo of the receipt for a registration that is made already."""
    _with_owned(warranty, lambda _, __, owned: owned)
    picture = receipt_of_form()

    def act(site: Site, _: Shopper, owned: Owned) -> AnyResponse:
        if picture is not None:
            unit = owned.found.unit
            receipt_id = warranties.keep_receipt(unit, picture, now=site.now)
            warranties.attach_receipt(unit, owned.found.warranty, receipt_id, now=site.now)
        return redirect(owned.path, 303)

    return _with_owned(warranty, act, lock=True)


@pages.post("/my/warranties/<warranty>/report")
@members_only
def report_mine(warranty: str) -> AnyResponse:
    """Report the product lost or stolen, or found again."""
    kind = read_form("kind")["kind"]

    def act(site: Site, shopper: Shopper, owned: Owned) -> AnyResponse:
        if kind in ("lost", "stolen", "found"):
            warranties.report_as_owner(
                site.brand_id,
                owned.found.unit,
                kind,
                visitor_of(site),
                actor=shopper.actor,
                now=site.now,
            )
        return redirect(owned.path, 303)

    return _with_owned(warranty, act, lock=True)


def _with_owned(
    warranty: str, use: Callable[[Site, Shopper, Owned], R], *, lock: bool = False
) -> R:
    """Run ``use`` with a warranty of the member's; with ``lock`` it stays theirs meanwhile."""

    def use_case(site: Site, shopper: Shopper) -> R:
        warranty_id = ids.read("wty", warranty)
        found = warranties.get_owned(site.brand_id, warranty_id, shopper.member_id, lock=lock)
        return use(site, shopper, services.own(found, today=site.today))

    return on_my_site(use_case)


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    # Serials may be the maker's, but hold letters, digits and hyphens only.
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
