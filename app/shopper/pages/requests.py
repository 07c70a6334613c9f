"""A/S: asking for it, following it, answering a quote by one button."""

from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids, photos
from app.errors import DomainError
from app.service_requests import services as service_requests
from app.service_requests.services import Case
from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.visitors import members_only, on_my_site
from app.shopper.rules.forms import REQUEST_FIELDS, Form, Request, read_request
from app.shopper.rules.words import METHODS, PHASES, Said
from app.shopper.services import Shopper
from app.warranties import services as warranties
from app.web.pages import Site, read_form, render, takes_files

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
    contents = _photos()

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        form = read_request(values, today=site.today)
        if form.read is None:
            return _form_drawn(site, shopper, warranty, form)
        case = services.ask_for_repair(
            site.brand_id,
            shopper,
            ids.read("wty", warranty),
            form.read,
            contents,
            today=site.today,
            now=site.now,
        )
        return redirect(f"/my/requests/{case.request.number}", 303)

    try:
        return on_my_site(use_case)
    except DomainError as refusal:
        if (name := FIELDS.get(refusal.code)) is None:
            raise
        fault = Said(refusal.sentence("ko"), refusal.sentence("en"))
        refused: Form[Request] = Form(values, faults={name: fault})
        return on_my_site(lambda site, shopper: _form_drawn(site, shopper, warranty, refused))


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
    contents = _photos()

    def act(site: Site, shopper: Shopper, case: Case) -> AnyResponse:
        brand_id, request_id = site.brand_id, case.request.id
        if contents:
            service_requests.add_photos(
                brand_id, request_id, contents, actor=shopper.actor, now=site.now
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


def _photos() -> list[bytes]:
    """Return what was picked. An empty picker sends a file without a name."""
    return [each.read() for each in request.files.getlist("photos") if each.filename]


def _with_case(number: str, use: Callable[[Site, Shopper, Case], AnyResponse]) -> AnyResponse:
    """Run ``use`` with a request of the member's."""

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
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
