"""Members who invite each other, and orders that are confirmed or given back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app import clock
from app.brands import services as brands
from app.db import transact
from app.ids import new_id
from app.rewards import services as rewards
from tests.support.api import TestBrand
from tests.support.members import make_member, member_id, unit_of_work


def invite(brand: TestBrand, inviter: str, name: str, **fields: Any) -> str:
    """Register a member with the code of another one, and return its path."""
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    path = f"/v1/members/ext:{name}"
    brand.api.put(path, {"referred_by_code": code, **fields}, expect=201)
    return path


def pair(brand: TestBrand, **fields: Any) -> tuple[str, str]:
    """Return an inviter and an invited member; ``fields`` are the latter's."""
    inviter = make_member(brand, "inviter")
    return inviter, invite(brand, inviter, "invitee", **fields)


def referral_of(brand: TestBrand, invitee: str) -> dict[str, Any]:
    """Return the referral that brought a member here."""
    shown = brand.api.get(f"{invitee}/referral-code")["referred_by"]["referral"]
    return brand.api.get(f"/v1/referrals/{shown}")  # type: ignore[no-any-return]


def state_of(brand: TestBrand, invitee: str) -> tuple[str, list[str]]:
    referral = referral_of(brand, invitee)
    return referral["state"], [each["code"] for each in referral["reasons"]]


def confirm(
    brand: TestBrand,
    invitee: str,
    amount: int = 30_000,
    *,
    first: bool = True,
    address: bytes | None = None,
    order_id: UUID | None = None,
) -> UUID:
    """Tell that an order of a member is confirmed, and return its id."""
    order_id = order_id or new_id()
    who = member_id(brand, invitee)
    with brand.app.app_context():
        transact(
            brand.brand_id,
            lambda: rewards.qualify_referral(
                brand.brand_id,
                who,
                order_id=order_id,
                amount=amount,
                is_first_order=first,
                confirmed_at=now_of(brand),
                address_index=address,
                actor="test",
                now=now_of(brand),
            ),
        )
    return order_id


def refund(brand: TestBrand, order_id: UUID, *, left: int = 0) -> rewards.ReferralReversal | None:
    """Tell that an order is given back, and ``left`` won of it are not."""
    with unit_of_work(brand):
        return rewards.reverse_referral(
            brand.brand_id, order_id, amount_left=left, actor="test", now=now_of(brand)
        )


def now_of(brand: TestBrand) -> datetime:
    return brands.brand_now(brand.brand_id, clock.now())
