"""Adjustments: what counts without an order of ours."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.brands import services as brands
from app.ids import new_id
from app.points import services as points
from app.tiers import queries
from app.tiers.errors import SpendAdjustmentAlreadyExists, SpendAdjustmentInTheFuture
from app.tiers.models import TierPosting
from app.tiers.rules.outcomes import Posting, TierOutcome, after_posting
from app.tiers.services.counting import after_taking, read_state, record, today_of
from app.tiers.services.ladders import current_ladder


@dataclass(frozen=True)
class Adjusted:
    """An adjustment as it stands in the books, and what it did to the tier, if anything."""

    posting: TierPosting
    outcome: TierOutcome | None


def adjust_spend(
    brand_id: UUID,
    member_id: UUID,
    *,
    external_id: str,
    amount: int,
    orders: int,
    occurred_at: datetime | None,
    reason: str,
    actor: str,
    now: datetime,
) -> Adjusted:
    """Let won and orders count that no order of ours stands for: offline, migrated, returned.

    Below zero it is a return: it lowers what was paid, not what was ordered. A brand
    without tiers may record adjustments too; they count once it has some. The same
    again under the same ``external_id`` changes nothing.

    :raises SpendAdjustmentAlreadyExists: the external id belongs to another one
    :raises SpendAdjustmentInTheFuture: it has not happened yet
    """
    points.lock_balance(brand_id, member_id, now=now)
    if occurred_at is not None and occurred_at > now:
        raise SpendAdjustmentInTheFuture(pointer="/occurred_at")
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    on = (occurred_at or now).astimezone(zone).date()
    earlier = queries.find_adjustment(brand_id, external_id)
    if earlier is not None:
        if not _is_same(earlier, member_id, amount, orders, occurred_at and on, reason):
            raise SpendAdjustmentAlreadyExists(pointer="/external_id", external_id=external_id)
        return Adjusted(earlier, None)
    posting = Posting(
        "adjustment",
        counted_on=on,
        order_on=on,
        net=amount,
        gross=max(amount, 0),
        orders=orders,
        points=0,
        id=new_id(),
        external_id=external_id,
        reason=reason,
        actor=actor,
    )
    ladder, state = current_ladder(brand_id), read_state(brand_id, member_id, now=now)
    outcome = None
    if ladder is None or state is None:
        queries.write(brand_id, member_id, posting.changes(), None, now)
    else:
        if amount < 0 or orders < 0:
            outcome = after_taking(brand_id, member_id, ladder, state, posting, now=now)
        else:
            outcome = after_posting(ladder, state, posting, today_of(brand_id, now))
        record(brand_id, member_id, outcome, now=now)
        benefits.grant(brand_id, member_id, outcome.grants, actor=actor, now=now)
        _take_back(brand_id, member_id, outcome, posting, actor=actor, now=now)
    written = queries.find_adjustment(brand_id, external_id)
    assert written is not None  # noqa: S101 - it was written above
    return Adjusted(written, outcome)


def _take_back(
    brand_id: UUID,
    member_id: UUID,
    outcome: TierOutcome,
    posting: Posting,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Take back what was given for tiers that are no longer reached."""
    if not outcome.undone:
        return
    rows = benefits.find(
        brand_id,
        member_id,
        outcome.undone,
        occasions={f"tier/{occasion}" for _, occasion in outcome.undone},
    )
    taken = benefits.take_back(rows, lambda _: None)
    settings = brands.current_settings(brand_id)
    operations = [
        points.claw_back(
            each.points,
            lots=[] if each.row.lot_no is None else [each.row.lot_no],
            policy=settings.refund.clawback,
            meta={
                "rule": each.row.source,
                "rule_version": each.row.source_version,
                "reason": each.row.reason_ko,
                "actor": actor,
                "cause": f"adjustment/{posting.id}/{each.row.id}",
            },
        )
        for each in taken
        if each.points
    ]
    if operations:
        points.post(brand_id, member_id, operations, now=now)
    benefits.record_taken_back(taken, now=now)


def _is_same(
    earlier: TierPosting,
    member_id: UUID,
    amount: int,
    orders: int,
    on: date | None,
    reason: str,
) -> bool:
    told = (earlier.member_id, earlier.net, earlier.orders, earlier.reason)
    return told == (member_id, amount, orders, reason) and on in (None, earlier.counted_on)
