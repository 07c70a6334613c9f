"""One box for everything: whatever was typed, each look-up is by an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app import ids
from app.console.rules.looking import Typed
from app.errors import DomainError
from app.members import services as members
from app.members.services import Member
from app.orders import services as orders
from app.orders.errors import OrderNotFound
from app.orders.services import Order
from app.service_requests import services as requests
from app.service_requests.services import Case
from app.warranties import services as warranties
from app.warranties.errors import UnitNotFound
from app.warranties.services import Piece

SHOWN = 30


@dataclass(frozen=True)
class Found:
    """What was found. ``more``: there are further customers than those."""

    members: Sequence[Member]
    more: bool
    pieces: Sequence[Piece]
    orders: Sequence[Order]
    requests: Sequence[Case]

    @property
    def count(self) -> int:
        return sum(map(len, (self.members, self.pieces, self.orders, self.requests)))


def search(brand_id: UUID, typed: Typed) -> Found:
    """Return whatever the typed text names, the newest customers first, at most 30."""
    found: dict[UUID, Member] = {}
    for keys in _keys_of(typed):
        for member in members.search_members(brand_id, keys, before=None, limit=SHOWN + 1):
            found.setdefault(member.id, member)
    if (named := _by_id(brand_id, typed.text)) is not None:
        found.setdefault(named.id, named)
    shown = list(found.values())
    return Found(
        shown[:SHOWN],
        len(shown) > SHOWN,
        _pieces(brand_id, typed),
        _orders(brand_id, typed.text),
        _requests(brand_id, typed.text),
    )


def _keys_of(typed: Typed) -> list[Mapping[str, str]]:
    """Return by what customers may be found."""
    keys: list[Mapping[str, str]] = []
    if typed.last4 is not None:
        keys.append({"phone_last4": typed.last4})
    elif (phone := members.phone_of(typed.text)) is not None:
        keys.append({"phone": phone})
    if (email := members.email_of(typed.text)) is not None:
        keys.append({"email": email})
    if typed.may_be_name:
        keys.append({"name": typed.text})
    keys.append({"external_id": typed.text})
    return keys


def _by_id(brand_id: UUID, text: str) -> Member | None:
    if ids.read("mem", text) is None:
        return None
    try:
        return members.find_member(brand_id, text)
    except DomainError:
        return None


def _pieces(brand_id: UUID, typed: Typed) -> list[Piece]:
    if typed.path is not None:
        gtin, code = warranties.parse_digital_link(typed.path) or (None, typed.label or "")
        piece = warranties.find_by_code(brand_id, code, gtin=gtin) if code else None
    else:
        piece = warranties.find_by_code(brand_id, typed.text)
    if piece is None and typed.path is None:
        try:
            piece = warranties.get_unit(brand_id, typed.text)
        except UnitNotFound:
            return []
    return [] if piece is None else [piece]


def _orders(brand_id: UUID, text: str) -> list[Order]:
    order_id = ids.read("ord", text)
    try:
        if order_id is not None:
            return [orders.get_order(brand_id, order_id=order_id)]
        return [orders.get_order(brand_id, external_id=text)]
    except OrderNotFound:
        return []


def _requests(brand_id: UUID, text: str) -> list[Case]:
    request_id = requests.id_of_number(brand_id, text)
    return [] if request_id is None else [requests.get_request(brand_id, request_id)]
