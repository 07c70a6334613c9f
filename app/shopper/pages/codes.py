"""Signing in, and answering the code that a form waits for."""

import unicodedata

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids
from app.errors import DomainError
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.registering import note_claim_of_owned
from app.shopper.pages.visitors import said_of, sender_of, shopper_of, sign_in, sign_out
from app.shopper.rules.forms import CODE, PHONE, masked_phone, own_path
from app.shopper.rules.words import Said
from app.verifications import services as verifications
from app.verifications.errors import VerificationPhoneInvalid
from app.verifications.services import Waiting
from app.warranties.errors import WarrantyTaken
from app.web.pages import Site, device_hash, ip_hash, on_site, read_form, render

CODE_LENGTH = 6


@pages.get("/login")
def login_form() -> AnyResponse:
    def use_case(site: Site) -> AnyResponse:
        if shopper_of(site) is not None:
            return redirect(own_path(request.args.get("next", "")), 303)
        return render("shopper/login.html", next=own_path(request.args.get("next", "")), phone="")

    return on_site(use_case)


@pages.post("/login")
def login() -> AnyResponse:
    values = read_form("phone", "next")

    def use_case(site: Site) -> AnyResponse:
        challenge_id = services.begin_login(
            site.brand_id,
            values["phone"],
            own_path(values["next"]),
            sender_of(site),
            now=site.now,
        )
        return redirect(f"/code/{ids.show('chl', challenge_id)}", 303)

    try:
        return on_site(use_case)
    except VerificationPhoneInvalid:
        return on_site(
            lambda _: render(
                "shopper/login.html",
                422,
                next=own_path(values["next"]),
                phone=values["phone"],
                fault=PHONE,
            )
        )


@pages.get("/login/unknown")
def login_unknown() -> Response:
    return on_site(lambda _: render("shopper/login_unknown.html"))


@pages.post("/logout")
def logout() -> AnyResponse:
    response = on_site(lambda _: render("shopper/logged_out.html"))
    sign_out(response)
    return response


@pages.get("/code/<challenge>")
def code_form(challenge: str) -> Response:
    return on_site(lambda site: _drawn(_waiting(site, challenge)))


@pages.post("/code/<challenge>")
def answer_code(challenge: str) -> AnyResponse:
    """Take the code back, and do what waited for it."""
    values = read_form("code")
    # Korean keyboards may write full-width digits; spaces and hyphens come from pasting.
    typed = "".join(
        each for each in unicodedata.normalize("NFKC", values["code"]) if each.isdigit()
    )
    waiting: list[Waiting] = []

    def use_case(site: Site) -> AnyResponse:
        waiting[:] = [_waiting(site, challenge)]
        outcome = verifications.answer(
            site.brand_id,
            waiting[0].challenge_id,
            typed,
            purpose=waiting[0].purpose,
            device_hash=device_hash(site.brand_id),
            ip_hash=ip_hash(),
            now=site.now,
        )
        if outcome.found is None:  # counted, so this must be committed
            left = _waiting(site, challenge).tries_left
            return _drawn(_waiting(site, challenge), fault=_wrong(typed, left))
        done = services.follow(
            site.brand_id,
            outcome.found,
            base_url=site.base_url,
            today=site.today,
            now=site.now,
        )
        response = redirect(done.path, 303)
        if done.member is not None:
            sign_in(response, site, done.member, outcome.found.phone)
        return response

    try:
        return on_site(use_case)
    except WarrantyTaken:
        if code := waiting[0].content.get("code"):
            note_claim_of_owned(code)
        raise


@pages.post("/code/<challenge>/again")
def send_code_again(challenge: str) -> AnyResponse:
    """Send a further code; what was typed is kept."""

    def use_case(site: Site) -> AnyResponse:
        started = verifications.begin_again(
            site.brand_id,
            _waiting(site, challenge).challenge_id,
            device_hash=device_hash(site.brand_id),
            ip_hash=ip_hash(),
            now=site.now,
        )
        return redirect(f"/code/{ids.show('chl', started.challenge_id)}", 303)

    try:
        return on_site(use_case)
    except DomainError as refusal:
        fault = said_of(refusal)
        return on_site(lambda site: _drawn(_waiting(site, challenge), fault=fault))


def _waiting(site: Site, challenge: str) -> Waiting:
    return verifications.get_waiting(
        site.brand_id,
        ids.read("chl", challenge),
        device_hash=device_hash(site.brand_id),
        now=site.now,
    )


def _drawn(waiting: Waiting, fault: Said | None = None) -> Response:
    return render(
        "shopper/code.html",
        422 if fault else 200,
        waiting=waiting,
        challenge=ids.show("chl", waiting.challenge_id),
        phone=masked_phone(waiting.phone),
        fault=fault,
    )


def _wrong(typed: str, left: int) -> Said:
    if len(typed) != CODE_LENGTH:
        return CODE
    if left <= 0:
        return Said(
            "시간이 지났거나 너무 많이 틀렸어요. 새 인증번호를 받아 주세요.",
            "The code is too old, or was missed too often. Ask for a new one.",
        )
    return Said(
        f"인증번호가 달라요. {left}번 더 입력할 수 있어요.",
        f"That is not the code. You can try {left} more time{'s' if left > 1 else ''}.",
    )
