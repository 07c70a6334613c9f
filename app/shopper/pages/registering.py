"""Registering a unit, first step: who, from where, since when."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids, photos
from app.errors import DomainError
from app.photos import Picture
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.visitors import said_of, sender_of, shopper_of, visitor_of
from app.shopper.rules.forms import REGISTRATION_FIELDS, Form, Registration, read_registration
from app.shopper.rules.words import PLACES
from app.warranties import services as warranties
from app.warranties.errors import WarrantyTaken, WarrantyTriesTooMany
from app.warranties.services import Piece
from app.web.pages import Site, ip_hash, on_site, read_form, render, takes_files
from app.web.problems import language

RECEIPT_MAX = photos.BYTES_MAX + 256 * 1024
# Where a refusal is said: beside the field that it is about.
FIELDS = {
    "/phone": "phone",
    "/order_number": "order_number",
    "/purchased_on": "purchased_on",
    "/receipt": "receipt",
}


@pages.get("/q/<code>/register")
def register_form(code: str) -> AnyResponse:
    def use_case(site: Site) -> AnyResponse:
        piece = _scanned(site, code)
        if piece is not None and not warranties.is_free(piece.unit):
            return redirect(f"/q/{code}", 303)  # which says what can be done instead
        shopper = shopper_of(site)
        known = {"name": shopper.name or "", "phone": shopper.phone} if shopper else {}
        return _drawn(site, code, piece, Form(known))

    return on_site(use_case)


@pages.post("/q/<code>/register")
@takes_files(RECEIPT_MAX)
def register(code: str) -> AnyResponse:
    """Send a code to the phone that was typed, and go on to where it is asked for."""
    values = read_form(*REGISTRATION_FIELDS)

    def check(site: Site) -> AnyResponse | None:
        piece = _scanned(site, code)
        form = read_registration(values, today=site.today)
        if piece is None or form.read is None:
            return _drawn(site, code, piece, form)
        if (mine := _owned_by(site, piece)) is not None:  # back, and the button once more
            return redirect(f"/my/warranties/{ids.show('wty', mine)}", 303)
        if _is_picked():
            warranties.count_receipt(site.brand_id, ip_hash(site.brand_id), now=site.now)
        return None

    def use_case(site: Site) -> AnyResponse:
        piece = _scanned(site, code)
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
        # A photo takes a while to be read: not for whom the rest is refused already.
        if (answer := on_site(check)) is not None:
            return answer
        receipt = receipt_of_form()
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
    return warranties.read_receipt(request.files["receipt"].read()) if _is_picked() else None


def note_claim_of_owned(code: str) -> None:
    """Remember that a unit that has an owner was to be registered: evidence, no verdict."""

    def use_case(site: Site) -> None:
        piece = warranties.find_by_code(site.brand_id, code)
        visitor = visitor_of(site)
        if piece is not None and _owned_by(site, piece) is None:
            warranties.report(
                site.brand_id, piece.unit, "claimed_again", visitor, note="", now=site.now
            )

    with suppress(WarrantyTriesTooMany):  # enough is written down
        on_site(use_case)


def _is_picked() -> bool:
    picked = request.files.get("receipt")
    return picked is not None and bool(picked.filename)


def _scanned(site: Site, code: str) -> Piece | None:
    return warranties.find_scanned(site.brand_id, code, ip_hash(site.brand_id), now=site.now)


def _owned_by(site: Site, piece: Piece) -> UUID | None:
    """Return the registration of a unit if it belongs to who is signed in."""
    shopper = shopper_of(site)
    if shopper is None:
        return None
    found = warranties.find_current(site.brand_id, piece.unit.id)
    return found.id if found is not None and found.member_id == shopper.member_id else None


def _drawn_with_fault(
    code: str, values: Mapping[str, str], name: str, refusal: DomainError
) -> Response:
    refused: Form[Registration] = Form(values, faults={name: said_of(refusal)})
    return on_site(lambda site: _drawn(site, code, _scanned(site, code), refused))


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
