"""Telling where a member stands with everything a brand offers, and all that is held on one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import exports, ids
from app.brands import services as brands
from app.coupons import services as coupons
from app.coupons.services import InHand
from app.members import services as members
from app.parts import Read, read_part
from app.points import services as points
from app.points.services import Statement
from app.rewards import services as rewards
from app.rewards.services import Coming, ReferralCard
from app.stamps import services as stamps
from app.stamps.services import CardView
from app.tiers import services as tiers
from app.tiers.services import Status


@dataclass(frozen=True)
class Export:
    """What is held on a person: by the name of each part, its rows from ``after`` on."""

    member_id: UUID
    at: datetime
    after: int
    parts: Mapping[str, Read]


def export_person(
    brand_id: UUID,
    reference: str,
    *,
    reason: str,
    only: str | None,
    after: int,
    actor: str,
    now: datetime,
) -> Export:
    """Return everything that is held on a member and on who was merged into it.

    A part has up to 1,000 rows; ``only`` one part and ``after`` so many rows go on. Who
    took it and why is written down.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    person = members.ids_of_person(brand_id, reference)
    parts = {only: exports.PARTS[only]} if only else exports.PARTS
    brands.record_audit(
        brand_id,
        actor=actor,
        action="member.exported",
        subject=f"member:{ids.show('mem', person[0])}",
        now=now,
        after={"reason": reason, "part": only},
    )
    read = {name: read_part(part, brand_id, person, after=after) for name, part in parts.items()}
    return Export(person[0], now, after, read)


@dataclass(frozen=True)
class Summary:
    """What a member has and what is to come; ``tier`` None: the brand has no tiers."""

    member_id: UUID
    at: datetime
    points: Statement
    tier: Status | None
    cards: Sequence[CardView]
    coupons: Sequence[InHand]
    referral: ReferralCard
    coming: Sequence[Coming]


def summarise(brand_id: UUID, reference: str, *, now: datetime) -> Summary:
    """Return all that a member's own page shows, of who it was merged into if it was.

    The number of queries does not depend on how much the member has. The referral code
    is made if it is asked for the first time.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    member = members.resolve(brand_id, reference, keep=True)
    tier = None
    if tiers.current_ladder(brand_id) is not None:
        tier = tiers.get_status(brand_id, member.id, now=now)
    return Summary(
        member_id=member.id,
        at=now,
        points=points.get_statement(brand_id, member.id, now=now),
        tier=tier,
        cards=_cards(brand_id, member.id, now),
        coupons=coupons.list_in_hand(brand_id, member.id, now=now),
        referral=rewards.card_of(brand_id, ids.show("mem", member.id), now=now),
        coming=rewards.list_coming(
            brand_id, member, tier=tier.tier.code if tier and tier.tier else None, now=now
        ),
    )


def _cards(brand_id: UUID, member_id: UUID, now: datetime) -> list[CardView]:
    programmes = stamps.programmes_of(brand_id, brands.programme_version(brand_id))
    if not programmes:
        return []
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    state = stamps.read_state(brand_id, member_id, zone, now=now)
    return stamps.cards_of(programmes, state, now)
