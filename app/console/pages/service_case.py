"""One A/S case: what happened, what can be done next, who it is about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, photos
from app.console import services
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.pages.once import once_on_desk
from app.console.pages.service_queue import HOME, READ, WORK, colleague, team_of
from app.console.rules import service as words
from app.errors import Conflict, DomainError, NotFound
from app.labels import SHEETS, Label, sheet_pdf
from app.service_requests import services as requests
from app.service_requests.errors import ServiceStepRefused
from app.service_requests.services import Case
from app.staff import services as staff
from app.web.pages import read_form, render, takes_files

DONE = {
    "case_assigned": ("담당자를 바꿨어요.", "Somebody else looks after it."),
    "case_moved": ("상태를 바꿨어요.", "The status is changed."),
    "case_noted": ("메모를 남겼어요. 고객에게는 보이지 않아요.", "The note is kept among staff."),
    "case_told": ("고객에게 메시지를 남겼어요.", "The customer is told."),
    "case_held": ("보류했어요. 그날이나 고객이 답하면 돌아와요.", "It is put on hold."),
    "case_back": ("보류를 풀었어요.", "It is on hold no more."),
    "case_photos": ("사진을 올렸어요.", "The photos are added."),
    "case_opened": ("접수했어요.", "The request is made."),
}
PHOTOS_MAX = 5
BODY_MAX = PHOTOS_MAX * photos.BYTES_MAX + 256 * 1024


@dataclass(frozen=True)
class Draft:
    """What somebody was about to say; it stays in the page while a refusal is read."""

    text: str = ""
    visibility: str = "internal"
    step: str = ""
    values: dict[str, str] = field(default_factory=dict)


@pages.get("/service/<number>")
@permitted(READ)
def service_case(number: str) -> AnyResponse:
    """Show a case; who else looks at it is said."""
    return on_desk(lambda desk: _drawn(desk, number))


@pages.get("/requests/<request_id>")
@permitted(READ)
def service_of_id(request_id: str) -> AnyResponse:
    """Lead from the id of a request to its case."""
    found = read_id("srq", request_id)

    def use_case(desk: Desk) -> AnyResponse:
        return redirect(f"{HOME}/{requests.get_request(desk.brand_id, found).request.number}", 303)

    return on_desk(use_case)


@pages.post("/service/<number>/draft")
@permitted(WORK)
def draft_message(number: str) -> AnyResponse:
    """Put a macro into the message that is being written. Nothing is sent."""
    values = read_form("text", "visibility", "macro")

    def use_case(desk: Desk) -> AnyResponse:
        case = case_of(desk, number)
        text = values["text"]
        if values["macro"]:
            macro = requests.get_macro(desk.brand_id, read_id("mac", values["macro"]))
            customer = services.name_for(desk.brand_id, case)
            written = requests.write_macro(macro, case, customer)
            text = f"{text}\n{written}".strip()
        return _drawn(desk, number, draft=Draft(text, values["visibility"]))

    return on_desk(use_case)


@pages.post("/service/<number>/notes")
@permitted(WORK)
def add_service_note(number: str) -> AnyResponse:
    """Write a note among staff, or a message to the customer."""
    values = read_form("text", "visibility", "version")
    to_customer = values["visibility"] == "customer"

    def do(desk: Desk, case: Case) -> str:
        if values["text"]:
            requests.add_note(
                desk.brand_id,
                case.request.id,
                values["text"],
                visibility="customer" if to_customer else "internal",
                actor=desk.actor,
                now=desk.now,
            )
        return "case_told" if to_customer else "case_noted"

    return _change(number, do, Draft(values["text"], values["visibility"]))


@pages.post("/service/<number>/steps")
@permitted(WORK)
def take_step(number: str) -> AnyResponse:
    """Let the case take a step, or go back to an earlier status with a reason."""
    values = read_form("step", "reason", "visibility", "tracking", "vendor", "by", "to")

    def do(desk: Desk, case: Case) -> str:
        if values["step"] not in words.STEPS:
            raise ServiceStepRefused(state=case.request.status, step=values["step"])
        requests.move(
            desk.brand_id,
            case.request.id,
            values["step"],
            to=values["to"] or None,
            reason=values["reason"] or None,
            visibility="customer" if values["visibility"] == "customer" else "internal",
            by=values["by"][:100] or None,
            tracking=values["tracking"][:100] or None,
            vendor=values["vendor"][:100] or None,
            actor=desk.actor,
            now=desk.now,
        )
        return "case_moved"

    return _change(number, do, Draft(step=values["step"], values=values))


@pages.post("/service/<number>/assignee")
@permitted(WORK)
def assign_service(number: str) -> AnyResponse:
    """Give the case to somebody of the staff, or to nobody."""
    who = read_form("who")["who"]

    def do(desk: Desk, case: Case) -> str:
        requests.assign(
            desk.brand_id,
            case.request.id,
            colleague(desk, who),
            actor=desk.actor,
            now=desk.now,
        )
        return "case_assigned"

    return _change(number, do)


@pages.post("/service/<number>/hold")
@permitted(WORK)
def hold_service(number: str) -> AnyResponse:
    """Put the case aside until a day, or take it back."""
    until = _day(read_form("until")["until"])

    def do(desk: Desk, case: Case) -> str:
        requests.put_aside(
            desk.brand_id,
            case.request.id,
            until,
            today=desk.today,
            actor=desk.actor,
            now=desk.now,
        )
        return "case_held" if until else "case_back"

    return _change(number, do, Draft(step="hold"))


@pages.post("/service/<number>/photos")
@permitted(WORK)
@takes_files(BODY_MAX)
def add_service_photos(number: str) -> AnyResponse:
    """Add photos; they are made harmless before anybody waits for the case."""
    draft = Draft(step="photos")
    try:
        pictures = picked_photos()
    except DomainError as error:
        refusal = error
        return on_desk(lambda desk: _drawn(desk, number, refusal=refusal, draft=draft))

    def do(desk: Desk, case: Case) -> str:
        if pictures:
            requests.add_photos(
                desk.brand_id, case.request.id, pictures, actor=desk.actor, now=desk.now
            )
        return "case_photos"

    return _change(number, do, draft)


@pages.get("/service/<number>/photos/<int(max=100):photo>")
@permitted(READ)
def service_photo(number: str, photo: int) -> AnyResponse:
    """Show one photo of a case."""

    def use_case(desk: Desk) -> AnyResponse:
        content = requests.read_photo(desk.brand_id, case_of(desk, number).request.id, photo)
        return Response(content, mimetype="image/jpeg")

    return on_desk(use_case)


@pages.get("/service/<number>/label.pdf")
@permitted(READ)
def service_label(number: str) -> AnyResponse:
    """Print a label for the goods: number, product, and a code that opens the case."""

    def use_case(desk: Desk) -> AnyResponse:
        case = case_of(desk, number)
        name = case.request.number
        address = url_for("console.service_case", number=name, _external=True)
        label = Label(address, case.product, name, case.request.serial or "")
        pdf = sheet_pdf([label], SHEETS["24"], error="M", crop=True)
        response = Response(pdf, mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        return response

    return on_desk(use_case)


def picked_photos() -> list[photos.Picture]:
    """Return the photos of the form, made harmless. An empty picker sends a nameless file.

    :raises ServicePhotosTooMany, ServicePhotoInvalid, ServicePhotoTooLarge: see ``clean_photos``
    """
    picked = [each for each in request.files.getlist("photos") if each.filename]
    return requests.clean_photos([each.read() for each in picked[: PHOTOS_MAX + 1]])


def case_of(desk: Desk, number: str) -> Case:
    return requests.get_request(desk.brand_id, requests.id_of_number(desk.brand_id, number))


def change_case(
    number: str,
    do: Callable[[Desk, Case], str],
    refused: Callable[[Desk, DomainError], AnyResponse],
    *,
    back: str = "",
) -> AnyResponse:
    """Change a case that is as it was seen, once however often the form is sent.

    ``do`` returns what is said afterwards; ``refused`` draws the page with a refusal.
    """
    given = request.form.get("version", "")
    version = int(given) if given.isdecimal() and len(given) < 9 else -1

    def use_case(desk: Desk) -> AnyResponse:
        case = case_of(desk, number)
        requests.check_version(desk.brand_id, case.request.id, version)
        said = do(desk, case)
        return redirect(f"{HOME}/{case.request.number}{back}?done={said}", 303)

    try:
        return once_on_desk(use_case)
    except NotFound as error:
        if error.code == "service_request_not_found":
            raise
        refusal: DomainError = error
    except DomainError as error:
        refusal = error
    return on_desk(lambda desk: refused(desk, refusal))


def _change(number: str, do: Callable[[Desk, Case], str], draft: Draft = Draft()) -> AnyResponse:
    return change_case(
        number, do, lambda desk, refusal: _drawn(desk, number, refusal=refusal, draft=draft)
    )


def _drawn(
    desk: Desk,
    number: str,
    *,
    refusal: DomainError | None = None,
    draft: Draft = Draft(),
) -> AnyResponse:
    opened = services.open_case(
        desk.brand_id,
        number,
        person_id=desk.visit.account.person_id,
        actor=desk.actor,
        ip=desk.ip,
        today=desk.today,
        now=desk.now,
        wall=clock.now(),
    )
    name_of = staff.names_of(desk.brand_id)
    status = 200 if refusal is None else 409 if isinstance(refusal, Conflict) else 422
    return render(
        "console/service_case.html",
        status,
        opened=opened,
        case=opened.case,
        r=opened.case.request,
        names=name_of,
        people=[name_of.get(staff.actor_of(each), "?") for each in opened.beside],
        team=team_of(desk),
        macros=requests.list_macros(desk.brand_id),
        can_quote=opened.case.request.status in requests.LINES_CHANGEABLE | {"quoted"},
        is_over=opened.case.request.status in requests.STATUSES_OVER,
        total=requests.total_of(map(requests.decided_of, opened.case.lines)),
        line_rules=requests.LINE_RULES,
        refusal=refusal,
        draft=draft,
        words=words,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
