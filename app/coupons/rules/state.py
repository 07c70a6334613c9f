"""What is known of coupons when an order is decided; see ``sql/10_state.sql``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app import ids
from app.coupons.rules.codes import normalised, unique_code


@dataclass(frozen=True)
class CouponRow:
    id: UUID
    template_id: UUID
    version: int
    member_id: UUID | None
    code: str | None
    generic: bool
    status: str
    reserved_by: UUID | None
    reserved_until: datetime | None
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class Wanted:
    """What a name stands for: nothing, a coupon, or (no coupon) a new use of a code."""

    name: str
    template_id: UUID | None = None
    coupon: CouponRow | None = None


@dataclass(frozen=True)
class TemplateState:
    """A template as it is now: how many are left for all, how many the member has."""

    version: int
    status: str
    left: int | None
    has: int


@dataclass(frozen=True)
class CouponsState:
    member_id: UUID | None = None
    wanted: Sequence[Wanted] = ()
    owned: Sequence[CouponRow] = ()
    held: Sequence[CouponRow] = ()
    templates: Mapping[UUID, TemplateState] = field(default_factory=dict)
    exhausted: frozenset[UUID] = frozenset()


def wanted_of(names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what ``coupons_state`` looks for: coupons by id (``cpn_…``) or by code.

    >>> wanted_of(["welcome-10"])
    [{'name': 'welcome-10', 'code': 'WELCOME10'}]
    """
    wanted = []
    for name in names:
        coupon_id = ids.read("cpn", name.strip())
        if coupon_id is not None:
            wanted.append({"name": name, "id": str(coupon_id)})
            continue
        code = normalised(name)
        unique = unique_code(code)
        wanted.append({"name": name, "code": code, **({"unique": unique} if unique else {})})
    return wanted


def state_of(raw: Mapping[str, Any] | None) -> CouponsState:
    """Return the state as ``coupons_state`` tells it."""
    if raw is None:
        return CouponsState()
    return CouponsState(
        member_id=_id(raw["member_id"]),
        wanted=[
            Wanted(
                each["name"],
                _id(each.get("template_id")),
                _row(each["coupon"]) if each.get("coupon") else None,
            )
            for each in raw["wanted"]
        ],
        owned=[_row(each) for each in raw["owned"]],
        held=[_row(each) for each in raw["held"]],
        templates={UUID(key): TemplateState(**each) for key, each in raw["templates"].items()},
        exhausted=frozenset(UUID(each) for each in raw["exhausted"]),
    )


def _row(raw: Mapping[str, Any]) -> CouponRow:
    return CouponRow(
        id=UUID(raw["id"]),
        template_id=UUID(raw["template_id"]),
        version=raw["version"],
        member_id=_id(raw["member_id"]),
        code=raw["code"],
        generic=raw["generic"],
        status=raw["status"],
        reserved_by=_id(raw["reserved_by"]),
        reserved_until=_instant(raw["reserved_until"]),
        valid_from=datetime.fromisoformat(raw["valid_from"]),
        valid_until=_instant(raw["valid_until"]),
    )


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
