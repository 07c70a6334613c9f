"""Named reads of referrals and codes, and the lock."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.rewards.models import MemberEvent, Referral, ReferralAddress, ReferralCode

_ANEW = {"populate_existing": True}
RING_MAX = 100  # a longer chain of invitations is no ring of people who know each other


def find_code(brand_id: UUID, code: str) -> ReferralCode | None:
    return db.session.get(ReferralCode, (brand_id, code))


def find_code_of(brand_id: UUID, member_id: UUID) -> ReferralCode | None:
    return db.session.scalar(
        select(ReferralCode).where(
            ReferralCode.brand_id == brand_id, ReferralCode.member_id == member_id
        )
    )


def add_code(brand_id: UUID, member_id: UUID, code: str, now: datetime) -> None:
    """Give a member a code unless it has one, or somebody else has this one."""
    db.session.execute(
        insert(ReferralCode)
        .values(brand_id=brand_id, code=code, member_id=member_id, created_at=now)
        .on_conflict_do_nothing()
    )


def find_referral(brand_id: UUID, referral_id: UUID) -> Referral | None:
    return db.session.get(Referral, (brand_id, referral_id), populate_existing=True)


def find_by_invitee(brand_id: UUID, invitee_id: UUID) -> Referral | None:
    return db.session.scalar(
        select(Referral).where(Referral.brand_id == brand_id, Referral.invitee_id == invitee_id),
        execution_options=_ANEW,
    )


def find_by_order(brand_id: UUID, order_id: UUID) -> Referral | None:
    return db.session.scalar(
        select(Referral).where(Referral.brand_id == brand_id, Referral.order_id == order_id),
        execution_options=_ANEW,
    )


def lock_referral(brand_id: UUID, referral_id: UUID) -> Referral:
    """Return the referral, held against other changes. Lock both accounts first."""
    return db.session.scalars(
        select(Referral)
        .where(Referral.brand_id == brand_id, Referral.id == referral_id)
        .with_for_update(key_share=True),
        execution_options=_ANEW,
    ).one()


def list_referrals(
    brand_id: UUID,
    *,
    state: str | None,
    inviter_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> list[Referral]:
    """Return referrals, the newest first."""
    statement = select(Referral).where(Referral.brand_id == brand_id)
    if state is not None:
        statement = statement.where(Referral.state == state)
    if inviter_id is not None:
        statement = statement.where(Referral.inviter_id == inviter_id)
    if before is not None:
        statement = statement.where(Referral.id < before)
    statement = statement.order_by(Referral.id.desc()).limit(limit)
    return list(db.session.scalars(statement, execution_options=_ANEW))


def list_waiting(brand_id: UUID, member_ids: Collection[UUID]) -> list[Referral]:
    """Return the referrals of invited members that no order has qualified yet."""
    return list(
        db.session.scalars(
            select(Referral)
            .where(
                Referral.brand_id == brand_id,
                Referral.invitee_id.in_(member_ids),
                Referral.state.in_(("pending", "review")),
                Referral.order_id.is_(None),
            )
            .order_by(Referral.invitee_id),
            execution_options=_ANEW,
        )
    )


def count_by_state(brand_id: UUID, inviter_id: UUID) -> dict[str, int]:
    rows = db.session.execute(
        select(Referral.state, func.count())
        .where(Referral.brand_id == brand_id, Referral.inviter_id == inviter_id)
        .group_by(Referral.state)
    )
    return {row[0]: row[1] for row in rows}


def count_qualified(brand_id: UUID, inviter_id: UUID, since: datetime | None) -> int:
    """Return how many of an inviter's referrals are rewarded; lock its account first."""
    statement = select(func.count()).where(
        Referral.brand_id == brand_id,
        Referral.inviter_id == inviter_id,
        Referral.state == "qualified",
    )
    if since is not None:
        statement = statement.where(Referral.qualified_at >= since)
    return int(db.session.scalar(statement) or 0)


_LEADS_BACK = text(
    "WITH RECURSIVE chain AS ("
    " SELECT CAST(:inviter_id AS uuid) AS member_id, 1 AS step"
    " UNION ALL"
    " SELECT r.inviter_id, c.step + 1 FROM chain c JOIN referrals r"
    "   ON r.brand_id = :brand_id AND r.invitee_id = c.member_id AND r.id < :referral_id"
    "  WHERE c.step < :most AND c.member_id <> :invitee_id)"
    " SELECT EXISTS (SELECT 1 FROM chain WHERE member_id = :invitee_id)"
)


def leads_back(brand_id: UUID, inviter_id: UUID, invitee_id: UUID, *, referral_id: UUID) -> bool:
    """Return whether the invited member, in the end, had invited the inviter.

    Only earlier referrals are followed: the last one closes the ring.
    """
    values = {
        "brand_id": brand_id,
        "inviter_id": inviter_id,
        "invitee_id": invitee_id,
        "referral_id": referral_id,
        "most": RING_MAX,
    }
    return bool(db.session.execute(_LEADS_BACK, values).scalar_one())


def add_address(brand_id: UUID, member_id: UUID, address_index: bytes, now: datetime) -> None:
    db.session.execute(
        insert(ReferralAddress)
        .values(brand_id=brand_id, member_id=member_id, address_index=address_index, seen_at=now)
        .on_conflict_do_nothing()
    )


_SHARES_ADDRESS = text(
    "SELECT EXISTS (SELECT 1 FROM referral_addresses mine"
    " JOIN referral_addresses theirs ON theirs.brand_id = mine.brand_id"
    "  AND theirs.address_index = mine.address_index AND theirs.member_id <> mine.member_id"
    " WHERE mine.brand_id = :brand_id AND mine.member_id = :invitee_id"
    "   AND (theirs.member_id = :inviter_id OR theirs.member_id IN ("
    "        SELECT invitee_id FROM referrals"
    "         WHERE brand_id = :brand_id AND inviter_id = :inviter_id)))"
)


def shares_address(brand_id: UUID, inviter_id: UUID, invitee_id: UUID) -> bool:
    """Return whether goods of the invited member went where those of the inviter, or of
    another one the inviter has invited, went.
    """
    values = {"brand_id": brand_id, "inviter_id": inviter_id, "invitee_id": invitee_id}
    return bool(db.session.execute(_SHARES_ADDRESS, values).scalar_one())


def list_event_types(brand_id: UUID, member_id: UUID, types: Collection[str]) -> set[str]:
    """Return which of the types of events a member has."""
    return set(
        db.session.scalars(
            select(MemberEvent.type)
            .where(
                MemberEvent.brand_id == brand_id,
                MemberEvent.member_id == member_id,
                MemberEvent.type.in_(types),
            )
            .distinct()
        )
    )


_MOVE_ADDRESSES = text(
    "WITH gone AS (DELETE FROM referral_addresses"
    "  WHERE brand_id = :brand_id AND member_id = :source RETURNING address_index, seen_at)"
    " INSERT INTO referral_addresses (brand_id, member_id, address_index, seen_at)"
    " SELECT :brand_id, :target, address_index, seen_at FROM gone ON CONFLICT DO NOTHING"
)
_FORGET_ADDRESSES = text(
    "DELETE FROM referral_addresses WHERE brand_id = :brand_id AND member_id = :member_id"
)


def move_addresses(brand_id: UUID, source: UUID, target: UUID) -> None:
    db.session.execute(_MOVE_ADDRESSES, {"brand_id": brand_id, "source": source, "target": target})


def forget_addresses(brand_id: UUID, member_id: UUID) -> None:
    db.session.execute(_FORGET_ADDRESSES, {"brand_id": brand_id, "member_id": member_id})


def forget_notes(brand_id: UUID, member_id: UUID) -> None:
    """Forget what staff wrote of a member's referrals, on either side."""
    db.session.execute(
        update(Referral)
        .where(
            Referral.brand_id == brand_id,
            or_(Referral.inviter_id == member_id, Referral.invitee_id == member_id),
            Referral.note.is_not(None),
        )
        .values(note=None)
        .execution_options(synchronize_session=False)
    )


def move_inviter(brand_id: UUID, source: UUID, target: UUID) -> None:
    """Hand what a member has invited to another one."""
    db.session.execute(
        update(Referral)
        .where(Referral.brand_id == brand_id, Referral.inviter_id == source)
        .values(inviter_id=target)
        .execution_options(synchronize_session=False)
    )
