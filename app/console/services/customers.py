"""All that is known of a customer, on one page: the number of queries does not grow with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import ids
from app.consents import services as consents
from app.coupons import services as coupons
from app.coupons.services import Coupon
from app.members import services as members
from app.members.services import Member, Profile
from app.orders import services as orders
from app.orders.services import Effect, Order
from app.service_requests import services as requests
from app.service_requests.services import Case
from app.summaries import services as summaries
from app.summaries.services import Summary
from app.warranties import services as warranties
from app.warranties.services import Coverage, Piece, Registered

SHOWN = 10
COVERED = 5  # whose coverage is worked out: the newest


@dataclass(frozen=True)
class Owned:
    """A registration of theirs; the product and its coverage of the newest ones."""

    found: Registered
    piece: Piece | None
    coverage: Coverage | None


@dataclass(frozen=True)
class Customer:
    """Somebody as staff see them. ``duplicates`` have the same phone or e-mail."""

    member: Member
    profile: Profile
    tags: Sequence[str]
    summary: Summary
    coupons: Sequence[tuple[Coupon, str, str]]  # with name and status of today
    owned: Sequence[Owned]
    orders: Sequence[Order]
    effects: Mapping[UUID, Sequence[Effect]]
    requests: Sequence[Case]
    standings: Sequence[consents.Standing]
    duplicates: Sequence[UUID]

    @property
    def reference(self) -> str:
        return ids.show("mem", self.member.id)


def show_customer(
    brand_id: UUID, member: Member, language: str, *, today: date, now: datetime
) -> Customer:
    """Return what a customer has: of each the newest ten."""
    reference = ids.show("mem", member.id)
    found_orders = orders.list_orders(brand_id, member=reference, before=None, limit=SHOWN)
    return Customer(
        member=member,
        profile=members.profile_of(member),
        tags=[
            each.tag for each in members.list_tags(brand_id, reference, after=None, limit=SHOWN * 2)
        ],
        summary=summaries.summarise(brand_id, reference, now=now),
        coupons=_coupons(brand_id, member.id, now),
        owned=_owned(brand_id, member.id, today),
        orders=found_orders,
        effects=orders.effects_of(brand_id, [each.id for each in found_orders]),
        requests=requests.list_of_member(brand_id, member.id, SHOWN),
        standings=consents.list_standings(brand_id, member.id, language, now=now),
        duplicates=[
            each.member_id
            for each in members.list_sharing_contact(brand_id, member.id)
            if each.member_id != member.id
        ],
    )


def _coupons(brand_id: UUID, member_id: UUID, now: datetime) -> list[tuple[Coupon, str, str]]:
    found = coupons.list_of_member(
        brand_id, member_id, status=None, before=None, limit=SHOWN, now=now
    )
    return [
        (
            each,
            coupons.template_version(brand_id, each.template_id, each.version).name,
            coupons.status_at(each, now),
        )
        for each in found
    ]


def _owned(brand_id: UUID, member_id: UUID, today: date) -> list[Owned]:
    found = warranties.list_warranties(brand_id, member_id=member_id, limit=SHOWN)
    owned = []
    for number, each in enumerate(found):
        if number >= COVERED or each.warranty.ended_at is not None:
            owned.append(Owned(each, None, None))
            continue
        piece = warranties.piece_of(each.unit)
        owned.append(Owned(each, piece, warranties.coverage_of(piece, on=today)))
    return owned
