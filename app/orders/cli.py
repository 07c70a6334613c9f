"""``flask import orders``: orders that were paid elsewhere, or before Dangol came."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate

from app import imports
from app.brands import services as brands
from app.csvfile import Column, whole_number
from app.errors import DomainError
from app.imports import Importer
from app.members import services as members
from app.members.services import MemberRef
from app.orders import services
from app.orders.errors import OrderAlreadyExists, OrderRowsDiffer, TooManyLines
from app.orders.rules import AMOUNT_MAX, CartLine
from app.orders.schemas import LINES_MAX, OrderLineIn, show_receipt
from app.orders.services import Cart, Receipt, StoredAnswer
from app.web.fields import Count, PlainString
from app.web.messages import say
from app.web.responses import dump

ACTOR = "import"
YES = ("y", "yes", "true", "1", "o", "예", "확정", "구매확정")
NO = ("n", "no", "false", "0", "x", "아니요", "미확정")
YEARS = range(1970, 3000)

NOT_AN_INSTANT = say(
    "Not a date and time such as 2026-11-22 10:15.",
    "2026-11-22 10:15처럼 날짜와 시각을 써 주세요.",
)
NOT_A_MEMBER = say(
    "Not the id of a member.", "회원 번호로 쓸 수 없는 값이에요. 쇼핑몰의 회원 번호를 써 주세요."
)
NOT_CONFIRMED_OR_NOT = say("Neither Y nor N.", "구매확정이면 Y, 아니면 N으로 써 주세요.")

_INSTANT = re.compile(
    r"(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*[.일]?"
    r"(?:[\sT]\s*(?P<half>오전|오후|AM|PM)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.\d+)?)?)?",
    re.ASCII | re.IGNORECASE,
)

COLUMNS = (
    Column("order_id", ("주문번호", "주문ID", "external_id"), required=True),
    Column(
        "member",
        ("회원번호", "회원ID", "회원아이디", "주문자ID", "아이디", "고객번호", "고객ID",
         "customer_id", "member_id"),
    ),
    Column(
        "placed_at",
        ("주문일시", "주문일", "주문일자", "주문시각", "결제일시", "결제일", "결제일자",
         "ordered_at"),
        required=True,
    ),
    Column(
        "sku",
        ("상품코드", "품목코드", "자체상품코드", "상품번호", "옵션코드", "품번"),
        required=True,
    ),
    Column("name", ("상품명", "품목명", "제품명", "product_name")),
    Column("category", ("카테고리", "상품분류", "분류")),
    Column("quantity", ("수량", "주문수량", "구매수량"), required=True),
    Column("unit_price", ("단가", "판매가", "상품단가", "판매단가", "price")),
    Column("amount", ("금액", "상품금액", "상품구매금액", "합계", "합계금액", "total")),
    Column("discount", ("할인", "할인액", "할인금액", "상품할인금액")),
    Column("shipping_fee", ("배송비", "배송료", "총배송비", "shipping")),
    Column("channel", ("채널", "판매채널", "주문경로", "쇼핑몰")),
    Column("confirmed", ("구매확정", "구매확정여부", "확정여부")),
)  # fmt: skip


@dataclass(frozen=True)
class OrderHead:
    """What a row says of its order. An empty cell says nothing."""

    placed_at: datetime
    member: MemberRef | None = None
    channel: str | None = None
    shipping_fee: int | None = None
    confirmed: bool | None = None


@dataclass(frozen=True)
class OrderRow:
    """A row of the file: one line of an order."""

    order_id: str
    head: OrderHead
    line: CartLine


class Placed(fields.Field[datetime]):
    """An instant; without an offset it is of the brand's time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        instant = read_instant(value)
        if instant is None or instant.year not in YEARS:
            raise ValidationError(NOT_AN_INSTANT)
        return instant


class Customer(fields.Field[MemberRef]):
    """A member by the shop's own id, or as ``mem_…`` or ``ext:…``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> MemberRef:
        reference = value if value.startswith(("mem_", "ext:")) else f"ext:{value}"
        try:
            return members.parse_reference(reference)
        except DomainError as error:
            raise ValidationError(NOT_A_MEMBER) from error


class Confirmed(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value.casefold() in YES:
            return True
        if value.casefold() in NO:
            return False
        raise ValidationError(NOT_CONFIRMED_OR_NOT)


class HeadIn(Schema):
    order_id = PlainString(required=True, validate=validate.Length(1, 128))
    placed_at = Placed(required=True)
    member = Customer()
    channel = PlainString(validate=validate.Length(1, 50))
    shipping_fee = Count(most=AMOUNT_MAX)
    confirmed = Confirmed()


_HEAD = HeadIn()
_LINE = OrderLineIn()


def read_row(cells: dict[str, str]) -> OrderRow:
    """Return a line and what its row says of the order, as the API would take them.

    With both a price and an amount, the amount counts: it is what was charged.

    :raises ValidationError: naming the columns at fault
    """
    values: dict[str, Any] = {
        **cells,
        **{
            name: whole_number(cells[name])
            for name in ("quantity", "unit_price", "amount", "discount", "shipping_fee")
            if name in cells
        },
    }
    if "amount" in values:
        values.pop("unit_price", None)
    faults: dict[str, Any] = {}
    loaded: list[Any] = []
    for schema in (_HEAD, _LINE):
        try:
            loaded.append(schema.load({n: v for n, v in values.items() if n in schema.fields}))
        except ValidationError as error:
            faults |= error.normalized_messages()  # type: ignore[no-untyped-call]
    if faults:
        raise ValidationError(faults)
    head, line = loaded
    return OrderRow(head.pop("order_id"), OrderHead(**head), line)


def read_instant(text: str) -> datetime | None:
    """Return a date and time in one of the forms that shops export, or None.

    >>> read_instant("2026. 11. 22. 오후 3:05").isoformat()
    '2026-11-22T15:05:00'
    >>> read_instant("2026-11-22T10:15:00+09:00").isoformat()
    '2026-11-22T10:15:00+09:00'
    """
    match = _INSTANT.fullmatch(text)
    try:
        if match is None:
            return datetime.fromisoformat(text)
        part = match.groupdict()
        hour = int(part["hour"] or 0)
        if part["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if part["half"].upper() in ("오후", "PM") else 0)
        return datetime(  # noqa: DTZ001 - the brand's time zone is not known here
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            hour,
            int(part["minute"] or 0),
            int(part["second"] or 0),
        )
    except ValueError:
        return None


def _head_of(rows: Sequence[OrderRow]) -> OrderHead:
    """Return what the rows of one order say of it together.

    :raises OrderRowsDiffer: two of them say different things
    """
    agreed: dict[str, Any] = {}
    for row in rows:
        for name, value in vars(row.head).items():
            if value is not None and agreed.setdefault(name, value) != value:
                raise OrderRowsDiffer(column=name)
    return OrderHead(**agreed)


def _fingerprint(rows: Sequence[OrderRow], head: OrderHead) -> bytes:
    """Return what tells the order of these rows from another one.

    A confirmation comes later to the same order, so it is left out.
    """
    told = {**vars(head), "confirmed": None}
    content = ["import", rows[0].order_id, told, [asdict(row.line) for row in rows]]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).digest()


def _apply(brand_id: UUID, rows: Sequence[OrderRow], now: datetime) -> str:
    """Import one order: place it unless it is there, and confirm it if the file says so."""
    if len(rows) > LINES_MAX:
        raise TooManyLines(maximum=LINES_MAX)
    head = _head_of(rows)
    placed, is_new = _place(brand_id, rows, head, now)
    confirmed = placed
    if head.confirmed and placed.status not in ("refunded", "cancelled"):
        assert placed.order_id is not None  # noqa: S101 - it is placed
        confirmed = services.confirm_order(brand_id, placed.order_id, actor=ACTOR, now=now)
    if is_new:
        return "created"
    return "unchanged" if confirmed.confirmed_at == placed.confirmed_at else "changed"


def _place(
    brand_id: UUID, rows: Sequence[OrderRow], head: OrderHead, now: datetime
) -> tuple[Receipt, bool]:
    """Return the order, and whether it was placed just now.

    :raises OrderAlreadyExists: there is one of this number with other content
    """
    order_id = rows[0].order_id
    fingerprint = _fingerprint(rows, head)
    placed_at = head.placed_at
    if placed_at.tzinfo is None:
        zone = ZoneInfo(brands.current_settings(brand_id).timezone)
        placed_at = placed_at.replace(tzinfo=zone)
    member = head.member or MemberRef()
    cart = Cart(
        member_id=member.member_id,
        member_external=member.external_id,
        channel=head.channel,
        placed_at=placed_at,
        lines=tuple(row.line for row in rows),
        shipping_fee=head.shipping_fee or 0,
        redeem_points=None,
        hold_id=None,
        external_id=order_id,
    )
    is_new = False

    def render(receipt: Receipt) -> str:
        nonlocal is_new
        is_new = True
        return dump(show_receipt(receipt))

    placed = services.place_order(
        brand_id,
        cart,
        key=f"import/{order_id}",
        fingerprint=fingerprint,
        actor=ACTOR,
        render=render,
        now=now,
    )
    if isinstance(placed, StoredAnswer):
        if placed.fingerprint != fingerprint.hex():
            raise OrderAlreadyExists(external_id=order_id)
        order = services.get_order(brand_id, external_id=order_id)
        return services.receipt_of(order, now=now), False
    return placed, is_new


def _record(brand_id: UUID, counts: Mapping[str, int], digest: str, now: datetime) -> None:
    brands.record_audit(
        brand_id,
        actor="cli",
        action="orders.imported",
        subject="orders",
        now=now,
        after={"sha256": digest, **counts},
    )


imports.command(
    Importer(
        kind="orders",
        columns=COLUMNS,
        key_column="order_id",
        read=read_row,
        apply=_apply,
        record=_record,
        several=True,
    )
)
