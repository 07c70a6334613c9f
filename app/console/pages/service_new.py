"""A request made at the counter or on the telephone, for a unit or for a product."""

from datetime import date

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted
from app.console.pages.once import once_on_desk
from app.console.pages.service_case import BODY_MAX, picked_photos
from app.console.pages.service_queue import HOME, WORK
from app.console.rules import service as words
from app.errors import DomainError
from app.members import services as members
from app.products import services as products
from app.service_requests import services as requests
from app.warranties import services as warranties
from app.web.json_input import is_clean
from app.web.pages import read_form, render, takes_files

FIELDS = (
    "serial", "product", "member", "symptom", "description", "method", "address", "contact",
    "incident_on",
)  # fmt: skip
TELL = ("무엇이 문제인지 적어 주세요.", "Say what is wrong.")
PRODUCTS_MAX = 500


@pages.get("/service/new")
@permitted(WORK)
def new_service() -> AnyResponse:
    """Ask for the unit or the product first, then for what is wrong with it."""
    values = {name: request.args.get(name, "").strip()[:100] for name in ("serial", "product")}
    values = {name: value if is_clean(value) else "" for name, value in values.items()}
    try:
        return on_desk(lambda desk: _drawn(desk, values))
    except DomainError as error:
        refusal = error
        return on_desk(lambda desk: _drawn(desk, {**values, "serial": ""}, refusal, values))


@pages.post("/service/new")
@permitted(WORK)
@takes_files(BODY_MAX)
def open_service() -> AnyResponse:
    """Make the request; whoever owns the unit is asking."""
    values = read_form(*FIELDS)
    if not values["description"]:
        return on_desk(lambda desk: _drawn(desk, values, untold=True))
    try:
        pictures = picked_photos()

        def use_case(desk: Desk) -> AnyResponse:
            named = values["member"]
            member = (
                members.resolve(desk.brand_id, named, pointer="/member", keep=True)
                if named
                else None
            )
            method = values["method"] if values["method"] in requests.METHODS else "visit"
            case = requests.open_request(
                desk.brand_id,
                serial=values["serial"] or None,
                sku=values["product"] or None,
                member_id=member.id if member else None,
                symptom=values["symptom"],
                told=requests.Told(
                    values["description"], values["address"] or None, values["contact"] or None
                ),
                method=method,
                incident_on=_day(values["incident_on"]),
                photos=pictures,
                actor=desk.actor,
                today=desk.today,
                now=desk.now,
            )
            return redirect(f"{HOME}/{case.request.number}?done=case_opened", 303)

        return once_on_desk(use_case)
    except DomainError as error:
        refusal = error
        return on_desk(lambda desk: _drawn(desk, values, refusal))


def _drawn(
    desk: Desk,
    values: dict[str, str],
    refusal: DomainError | None = None,
    typed: dict[str, str] | None = None,
    *,
    untold: bool = False,
) -> AnyResponse:
    piece = owner = None
    sku = values.get("product", "")
    if values.get("serial"):
        piece = warranties.get_unit(desk.brand_id, values["serial"])
        sku = piece.batch.sku
        owned = warranties.list_warranties(
            desk.brand_id, serial=piece.unit.serial, ended=False, limit=1
        )
        owner = owned[0].warranty.member_id if owned else None
    product = products.get_product(desk.brand_id, sku) if sku else None
    return render(
        "console/service_new.html",
        422 if refusal or untold else 200,
        values=typed or values,
        piece=piece,
        owner=owner,
        coverage=warranties.coverage_of(piece, on=desk.today) if piece else None,
        product=product,
        symptoms=requests.symptoms_of(desk.brand_id, sku) if product else [],
        catalogue=[]
        if product
        else products.list_products(
            desk.brand_id, category=None, active=True, after=None, limit=PRODUCTS_MAX
        ),
        refusal=refusal,
        untold=TELL if untold else None,
        words=words,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
