"""A customer on one page, an order and a unit on theirs."""

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import clock, ids
from app.console import services
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.rules import batches as unit_words
from app.console.rules.forms import key_of
from app.console.rules.names import PURPOSES
from app.console.rules.timeline import KINDS, word_of
from app.desk import services as desk_services
from app.members import services as members
from app.members.services import Member
from app.orders import services as orders
from app.service_requests import services as requests
from app.staff import services as staff
from app.warranties import services as warranties
from app.web.pages import render
from app.web.problems import language

PAGE = 20


@pages.get("/members/<member>")
@permitted("members:read")
def customer(member: str) -> AnyResponse:
    """Show all that is known of a customer, contact data behind a mask."""
    only = request.args.get("only", "")
    places = {name: request.args[name] for name in KINDS if name in request.args}

    def use_case(desk: Desk) -> AnyResponse:
        found = members.find_member(desk.brand_id, _reference(member))
        if found.merged_into_id is not None:
            return redirect(f"/console/members/{ids.show('mem', found.merged_into_id)}", 303)
        _note_seen(desk, found)
        if found.status == "erased":
            return render("console/member_erased.html", member=found)
        shown = services.show_customer(
            desk.brand_id, found, language(), today=desk.today, now=desk.now
        )
        moments, following = services.read_timeline(found, places, only, PAGE, now=desk.now)
        return render(
            "console/member.html",
            customer=shown,
            id=shown.reference,
            moments=moments,
            following=urlencode({"only": only, **following}) if following else None,
            only=only,
            kinds=KINDS,
            purposes=PURPOSES,
            word=word_of,
            names=staff.names_of(desk.brand_id),
            notes=desk_services.list_notes(desk.brand_id, found.id, limit=PAGE),
            waiting=desk_services.points_waiting(desk.brand_id, found.id),
            new_key=lambda: key_of(""),
        )

    return on_desk(use_case)


@pages.get("/orders/<order>")
@permitted("orders:read")
def order(order: str) -> AnyResponse:
    """Show an order, and what it brought about and why."""
    order_id = read_id("ord", order)

    def use_case(desk: Desk) -> AnyResponse:
        found = orders.get_order(desk.brand_id, order_id=order_id)
        receipt = orders.receipt_of(found, now=desk.now)
        return render("console/order.html", order=found, receipt=receipt, id=order, word=word_of)

    return on_desk(use_case)


@pages.get("/units/<serial>")
@permitted("members:read")
def unit(serial: str) -> AnyResponse:
    """Show a unit: what it is covered by, whose it is, and what became of it."""

    def use_case(desk: Desk) -> AnyResponse:
        piece = warranties.get_unit(desk.brand_id, serial)
        owners = warranties.list_warranties(desk.brand_id, serial=serial, limit=PAGE)
        return render(
            "console/unit.html",
            piece=piece,
            coverage=warranties.coverage_of(piece, on=desk.today),
            owners=owners,
            events=warranties.list_events(desk.brand_id, serial, before=None, limit=50),
            requests=requests.list_requests(desk.brand_id, serial=serial, limit=PAGE),
            names=staff.names_of(desk.brand_id),
            word=word_of,
            words=unit_words,
        )

    return on_desk(use_case)


def _reference(text: str) -> str:
    """Return the reference of an address; only ids stand in addresses."""
    if ids.read("mem", text) is None:
        raise NotFound
    return text


def _note_seen(desk: Desk, member: Member) -> None:
    staff.record_access(
        desk.brand_id,
        actor=desk.actor,
        ip=desk.ip,
        action="seen",
        subject=ids.show("mem", member.id),
        items=["points", "orders", "warranties", "requests", "consents", "messages"],
        now=clock.now(),
    )
