"""Correcting points: up to a limit alone, above it once another person has agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import crypto, ids
from app.brands import services as brands
from app.db import db
from app.desk import queries, rules
from app.desk.errors import ApprovalByAsker, ApprovalDecided, ApprovalNotFound
from app.desk.models import StaffApproval
from app.ids import new_id
from app.members import services as members
from app.members.services import Member
from app.points import services as points
from app.points.services import Balance


@dataclass(frozen=True)
class Corrected:
    """The balance before and after; ``approval`` if somebody else has to agree first."""

    before: Balance
    after: Balance
    approval: StaffApproval | None = None


@dataclass(frozen=True)
class Asked:
    """A request for approval with why it was asked for, None once that was forgotten."""

    approval: StaffApproval
    reason: str | None


def correct_points(
    brand_id: UUID,
    key: str,
    member: Member,
    amount: int,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> Corrected:
    """Add points, or take them if ``amount`` is below 0; or ask somebody else to agree.

    What one person moved for one customer within a day counts together.

    :raises InsufficientPoints: there are fewer than are to be taken
    """
    before = points.lock_balance(brand_id, member.id, now=now)
    earlier = queries.sum_points(brand_id, member.id, actor, since=now - rules.COUNTED)
    limit = brands.current_settings(brand_id).desk.points_limit
    if rules.needs_approval(amount, earlier, limit):
        # What would be refused afterwards need not wait for anybody.
        after = _try(brand_id, member, amount, reason=reason, actor=actor, now=now)
        return Corrected(before, after, _ask(brand_id, member, amount, reason, actor, now))
    after = _post(brand_id, member, amount, f"desk/{key}", reason=reason, actor=actor, now=now)
    queries.count_points(brand_id, key, amount)
    return Corrected(before, after)


def approve(brand_id: UUID, approval_id: UUID | None, *, actor: str, now: datetime) -> Asked:
    """Agree to a correction, which is carried out at once.

    :raises ApprovalNotFound: the brand has no such request
    :raises ApprovalDecided: it was decided before
    :raises ApprovalByAsker: whoever asks cannot agree
    :raises InsufficientPoints: there are fewer by now
    """
    found = _open(brand_id, approval_id, actor)
    member = members.resolve(brand_id, ids.show("mem", found.approval.member_id), keep=True)
    found = _open(brand_id, approval_id, actor, lock=True)
    approval = found.approval
    _post(
        brand_id,
        member,
        approval.points,
        f"approval/{ids.show('apr', approval.id)}",
        reason=found.reason or "",
        actor=approval.actor,
        now=now,
        approved_by=actor,
    )
    _decide(approval, "approved", actor, now)
    return found


def refuse(brand_id: UUID, approval_id: UUID | None, *, actor: str, now: datetime) -> Asked:
    """Do not agree to a correction.

    :raises ApprovalNotFound, ApprovalDecided, ApprovalByAsker: see :func:`approve`
    """
    found = _open(brand_id, approval_id, actor, lock=True)
    _decide(found.approval, "refused", actor, now)
    return found


def list_approvals(brand_id: UUID, *, is_open: bool, limit: int) -> Sequence[Asked]:
    """Return requests: open ones the oldest first, decided ones the newest first."""
    return [
        Asked(each, _reason_of(each))
        for each in queries.list_approvals(brand_id, is_open=is_open, limit=limit)
    ]


def points_waiting(brand_id: UUID, member_id: UUID) -> int | None:
    """Return how many points of a customer wait for approval; None if nothing does."""
    return queries.sum_waiting(brand_id, member_id)


def _post(
    brand_id: UUID,
    member: Member,
    amount: int,
    cause: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
    approved_by: str | None = None,
) -> Balance:
    before = points.lock_balance(brand_id, member.id, now=now)
    posted = points.adjust(
        brand_id,
        member.id,
        amount,
        reason="desk",
        note=None,
        expires_at=None,
        actor=actor,
        cause=cause,
        now=now,
    )
    brands.record_audit(
        brand_id,
        actor=approved_by or actor,
        action="points.corrected",
        subject=f"member:{ids.show('mem', member.id)}",
        now=now,
        before={"available": before.available, "debt": before.debt},
        after={
            "available": posted.balance.available,
            "debt": posted.balance.debt,
            "points": amount,
            **({"asked_by": actor} if approved_by else {}),
        },
        reason=reason,
    )
    return posted.balance


def _try(
    brand_id: UUID, member: Member, amount: int, *, reason: str, actor: str, now: datetime
) -> Balance:
    """Return the balance as it would be, and leave everything as it is."""
    savepoint = db.session.begin_nested()
    try:
        return _post(
            brand_id, member, amount, f"try/{new_id()}", reason=reason, actor=actor, now=now
        )
    finally:
        savepoint.rollback()


def _ask(
    brand_id: UUID, member: Member, amount: int, reason: str, actor: str, now: datetime
) -> StaffApproval:
    approval_id = new_id()
    approval = StaffApproval(
        brand_id=brand_id,
        id=approval_id,
        member_id=member.id,
        points=amount,
        reason_sealed=crypto.seal(reason, _cell(brand_id, approval_id)),
        state="open",
        actor=actor,
        created_at=now,
        decided_by=None,
        decided_at=None,
    )
    db.session.add(approval)
    _record(approval, "approval.asked", actor, now)
    db.session.flush()  # autoflush is off
    return approval


def _open(brand_id: UUID, approval_id: UUID | None, actor: str, *, lock: bool = False) -> Asked:
    approval = queries.find_approval(brand_id, approval_id, lock=lock) if approval_id else None
    if approval is None:
        raise ApprovalNotFound
    if approval.state != "open":
        raise ApprovalDecided(state=approval.state)
    if approval.actor == actor:
        raise ApprovalByAsker
    return Asked(approval, _reason_of(approval))


def _decide(approval: StaffApproval, state: str, actor: str, now: datetime) -> None:
    approval.state = state
    approval.decided_by = actor
    approval.decided_at = now
    _record(approval, f"approval.{state}", actor, now)
    db.session.flush()  # autoflush is off


def _record(approval: StaffApproval, action: str, actor: str, now: datetime) -> None:
    brands.record_audit(
        approval.brand_id,
        actor=actor,
        action=action,
        subject=f"member:{ids.show('mem', approval.member_id)}",
        now=now,
        after={"approval": ids.show("apr", approval.id), "points": approval.points},
    )


def _reason_of(approval: StaffApproval) -> str | None:
    if approval.reason_sealed is None:
        return None
    try:
        return crypto.unseal(approval.reason_sealed, _cell(approval.brand_id, approval.id))
    except crypto.SealBroken:
        return None


def _cell(brand_id: UUID, approval_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, StaffApproval.__tablename__, "reason", approval_id)
