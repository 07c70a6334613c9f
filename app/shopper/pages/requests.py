"""A/S: asking for it, following it, answering a quote by one button."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids, photos
from app.errors import DomainError
from app.photos import Picture
from app.service_requests import services as service_requests
from app.service_requests.services import Case
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.visitors import members_only, on_my_site, said_of
from app.shopper.rules.forms import REQUEST_FIELDS, Form, Request, read_request
from app.shopper.rules.words import METHODS, PHASES
from app.shopper.services import Shopper
from app.warranties import services as warranties
from app.web.pages import Site, read_form, render, takes_files

R = TypeVar("R")

PHOTOS_MAX = 5
# Photos as large as phones make them; what the form itself says is little beside them.
BODY_MAX = PHOTOS_MAX * photos.BYTES_MAX + 256 * 1024
# Beside which field a refusal is said.
FIELDS = {
    "service_photos_too_many": "photos",
    "service_photo_invalid": "photos",
    "service_photo_too_large": "photos",
    "service_symptom_unknown": "symptom",
    "service_day_impossible": "incident_on",
}


@pages.get("/my/warranties/<warranty>/service")
@members_only
def request_form(warranty: str) -> AnyResponse:
    return on_my_site(lambda site, shopper: _form_drawn(site, shopper, warranty, Form({})))


@pages.post("/my/warranties/<warranty>/service")
@members_only
@takes_files(BODY_MAX)
def ask(warranty: str) -> AnyResponse:
    """Ask for repair of a unit; the photos are made harmless before they are kept."""
    values = read_form(*REQUEST_FIELDS)

    def check(site: Site, shopper: Shopper) -> AnyResponse | None:
        form = read_request(values, today=site.today)
        warranties.get_owned(site.brand_id, ids.read("wty", warranty), shopper.member_id)
        return None if form.read else _form_drawn(site, shopper, warranty, form)

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        form = read_request(values, today=site.today)
        if form.read is None:
            return _form_drawn(site, shopper, warranty, form)
        case = services.ask_for_repair(
            site.brand_id,
            shopper,
            ids.read("wty", warranty),
            form.read,
            pictures,
            today=site.today,
            now=site.now,
        )
        return redirect(f"/my/requests/{case.request.number}", 303)

    try:
        # Who may not ask is refused before the photos are looked at, which takes a while.
        if (refused := on_my_site(check)) is not None:
            return refused
        pictures = _pictures()
        return on_my_site(use_case)
    except DomainError as refusal:
        if (name := FIELDS.get(refusal.code)) is None:
            raise
        faulty: Form[Request] = Form(values, faults={name: said_of(refusal)})
        return on_my_site(lambda site, shopper: _form_drawn(site, shopper, warranty, faulty))


@pages.get("/my/requests/<number>")
@members_only
def follow_request(number: str) -> AnyResponse:
    return _with_case(number, lambda site, _, case: _case_drawn(case))


@pages.get("/my/requests/<number>/photos/<int(max=100):photo>")
@members_only
def request_photo(number: str, photo: int) -> AnyResponse:
    def draw(site: Site, _: Shopper, case: Case) -> AnyResponse:
        content = service_requests.read_photo(site.brand_id, case.request.id, photo)
        return Response(content, mimetype="image/jpeg")

    return _with_case(number, draw)


@pages.post("/my/requests/<number>/quote")
@members_only
def answer_quote(number: str) -> AnyResponse:
    """Accept or decline the very quote that was shown."""
    values = read_form("answer", "version", "text")

    def act(site: Site, shopper: Shopper, case: Case) -> AnyResponse:
        version = int(values["version"]) if values["version"].isdecimal() else 0
        if values["answer"] == "accept":
            service_requests.accept_quote(
                site.brand_id,
                case.request.id,
                version,
                text_sha256=values["text"],
                actor=shopper.actor,
                now=site.now,
            )
        elif values["answer"] == "decline":
            service_requests.decline_quote(
                site.brand_id, case.request.id, version, actor=shopper.actor, now=site.now
            )
        return redirect(f"/my/requests/{number}", 303)

    return _with_case(number, act)


@pages.post("/my/requests/<number>/answer")
@members_only
@takes_files(BODY_MAX)
def answer_question(number: str) -> AnyResponse:
    """Answer what the brand asked, with more photos if there are any."""
    note = read_form("note")["note"]
    _with_case(number, lambda _, __, case: case)
    pictures = _pictures()

    def act(site: Site, shopper: Shopper, case: Case) -> AnyResponse:
        brand_id, request_id = site.brand_id, case.request.id
        if pictures:
            service_requests.add_photos(
                brand_id, request_id, pictures, actor=shopper.actor, now=site.now
            )
        if service_requests.may_as_member(case, "answer"):
            service_requests.move(
                brand_id,
                request_id,
                "answer",
                reason=note or None,
                visibility="customer",
                actor=shopper.actor,
                now=site.now,
            )
        return redirect(f"/my/requests/{number}", 303)

    return _with_case(number, act)


@pages.post("/my/requests/<number>/cancel")
@members_only
def cancel_request(number: str) -> AnyResponse:
    def act(site: Site, shopper: Shopper, case: Case) -> AnyResponse:
        service_requests.cancel(site.brand_id, case.request.id, actor=shopper.actor, now=site.now)
        return redirect(f"/my/requests/{number}", 303)

    return _with_case(number, act)


@pages.post("/my/requests/<number>/reopen")
@members_only
def reopen_request(number: str) -> AnyResponse:
    """Say that the same fault is back."""
    note = read_form("note")["note"]

    def act(site: Site, shopper: Shopper, case: Case) -> AnyResponse:
        service_requests.move(
            site.brand_id,
            case.request.id,
            "reopen",
            reason=note or None,
            visibility="customer",
            actor=shopper.actor,
            now=site.now,
        )
        return redirect(f"/my/requests/{number}", 303)

    return _with_case(number, act)


def _pictures() -> list[Picture]:
    """Return what was picked, made harmless. An empty picker sends a file without a name."""
    picked = [each for each in request.files.getlist("photos") if each.filename]
    # A sixth is enough to be refused; more of them are not read.
    return service_requests.clean_photos([each.read() for each in picked[: PHOTOS_MAX + 1]])


def _with_case(number: str, use: Callable[[Site, Shopper, Case], R]) -> R:
    """Run ``use`` with a request of the member's."""

    def use_case(site: Site, shopper: Shopper) -> R:
        case = service_requests.get_of_member(site.brand_id, shopper.member_id, number)
        return use(site, shopper, case)

    return on_my_site(use_case)


def _case_drawn(case: Case) -> Response:
    return render(
        "shopper/request.html",
        case=case,
        phases=PHASES,
        methods=METHODS,
        timeline=service_requests.timeline(case),
        may={
            step: service_requests.may_as_member(case, step)
            for step in ("accept_quote", "answer", "cancel", "reopen")
        },
    )


def _form_drawn(site: Site, shopper: Shopper, warranty: str, form: Form[Request]) -> Response:
    found = warranties.get_owned(site.brand_id, ids.read("wty", warranty), shopper.member_id)
    return render(
        "shopper/service.html",
        422 if form.faults else 200,
        owned=services.own(found, today=site.today),
        symptoms=service_requests.symptoms_of(site.brand_id, found.batch.sku),
        methods=METHODS,
        shopper=shopper,
        form=form,
    )
