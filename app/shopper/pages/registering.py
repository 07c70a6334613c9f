"""Registering a unit, first step: who, from where, since when."""

from collections.abc import Mapping

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids, photos
from app.errors import DomainError
from app.photos import Picture
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.visitors import sender_of, shopper_of, visitor_of
from app.shopper.rules.forms import REGISTRATION_FIELDS, Form, Registration, read_registration
from app.shopper.rules.words import PLACES, Said
from app.warranties import services as warranties
from app.warranties.errors import WarrantyReceiptInvalid, WarrantyTaken
from app.warranties.services import Piece
from app.web.pages import Site, on_site, read_form, render, takes_files
from app.web.problems import language

RECEIPT_MAX = photos.BYTES_MAX + 256 * 1024
# Where a refusal is said: beside the field that it is about.
FIELDS = {"/phone": "phone", "/order_number": "order_number", "/purchased_on": "purchased_on"}


@pages.get("/q/<code>/register")
def register_form(code: str) -> Response:
    def use_case(site: Site) -> Response:
        piece = warranties.find_by_code(site.brand_id, code)
        shopper = shopper_of(site)
        known = {"name": shopper.name or "", "phone": shopper.phone} if shopper else {}
        return _drawn(site, code, piece, Form(known))

    return on_site(use_case)


@pages.post("/q/<code>/register")
@takes_files(RECEIPT_MAX)
def register(code: str) -> AnyResponse:
    """Send a code to the phone that was typed, and go on to where it is asked for."""
    values = read_form(*REGISTRATION_FIELDS)
    try:
        receipt = receipt_of_form()
    except WarrantyReceiptInvalid as refusal:
        return _drawn_with_fault(code, values, "receipt", refusal)

    def use_case(site: Site) -> AnyResponse:
        piece = warranties.find_by_code(site.brand_id, code)
        form = read_registration(values, today=site.today)
        if piece is None or form.read is None:
            return _drawn(site, code, piece, form)
        challenge_id = services.begin_registration(
            site.brand_id,
            piece,
            code,
            form.read,
            receipt,
            sender_of(site),
            today=site.today,
            now=site.now,
        )
        return redirect(f"/code/{ids.show('chl', challenge_id)}", 303)

    try:
        return on_site(use_case)
    except WarrantyTaken:
        note_claim_of_owned(code)
        raise
    except DomainError as refusal:
        if (name := FIELDS.get(refusal.pointer or "")) is None:
            raise
        return _drawn_with_fault(code, values, name, refusal)


def receipt_of_form() -> Picture | None:
    """Return the photo that was picked, made harmless; it takes a while.

    :raises WarrantyReceiptInvalid: it is none that is taken
    """
    picked = request.files.get("receipt")
    if picked is None or not picked.filename:
        return None
    return warranties.read_receipt(picked.read())


def note_claim_of_owned(code: str) -> None:
    """Remember that a unit that has an owner was to be registered: evidence, no verdict."""

    def use_case(site: Site) -> None:
        piece = warranties.find_by_code(site.brand_id, code)
        if piece is not None:
            visitor = visitor_of(site)
            warranties.report(
                site.brand_id, piece.unit, "claimed_again", visitor, note="", now=site.now
            )

    on_site(use_case)


def _drawn_with_fault(
    code: str, values: Mapping[str, str], name: str, refusal: DomainError
) -> Response:
    fault = Said(refusal.sentence("ko"), refusal.sentence("en"))
    refused: Form[Registration] = Form(values, faults={name: fault})
    return on_site(
        lambda site: _drawn(site, code, warranties.find_by_code(site.brand_id, code), refused)
    )


def _drawn(site: Site, code: str, piece: Piece | None, form: Form[Registration]) -> Response:
    if piece is None:
        return render("shopper/unknown.html", 404, is_form=True)
    return render(
        "shopper/register.html",
        422 if form.faults else 200,
        code=code,
        piece=piece,
        form=form,
        places=PLACES,
        notice=services.notice_of(site.brand_id, language()),
    )
