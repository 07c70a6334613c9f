"""Where one member stands: to be seen, and to be set by hand."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.brands import services as brands
from app.points import services as points
from app.tiers import queries
from app.tiers.errors import TierBelowEarned, TierEndsInThePast, TierLadderNotFound, TierUnknown
from app.tiers.models import TierChange, TierPosting
from app.tiers.rules.judging import judged, judged_days, next_judgement
from app.tiers.rules.ladders import Ladder, Tier, Window
from app.tiers.rules.outcomes import TierOutcome, outcome_of
from app.tiers.rules.schedule import DAY
from app.tiers.rules.standings import (
    Standing,
    TierState,
    held_rank,
    is_manual_over,
    rank_of,
    without_manual,
)
from app.tiers.services.counting import ground_of, joined_on, read_state, record, today_of
from app.tiers.services.ladders import current_ladder


@dataclass(frozen=True)
class Stay:
    """What a tier needs to be kept: ``missing`` more until the evening of ``by``."""

    needed: int
    missing: int
    by: date


@dataclass(frozen=True)
class Projection:
    """What the next assessment makes of a tier if nothing more happens."""

    on: date
    tier: Tier | None
    amount: int


@dataclass(frozen=True)
class Status:
    """All that a member may want to know of their tier."""

    member_id: UUID
    ladder: Ladder
    standing: Standing
    tier: Tier | None
    manual: Tier | None  # the tier that is set by hand, while it lasts
    amount: int
    window: Window
    next: Tier | None
    stay: Stay | None
    projected: Projection
    since: datetime | None
    base_rate: int  # what the brand gives without a tier, in basis points

    @property
    def source(self) -> str | None:
        if self.tier is None:
            return None
        return "manual" if self.manual == self.tier else "earned"


def get_status(brand_id: UUID, member_id: UUID, *, now: datetime) -> Status:
    """Return where a member stands, what is missing, and what is to come.

    :raises TierLadderNotFound: the brand has no tiers
    """
    ladder, state = _known(brand_id, member_id, now)
    standing, today = state.standing, today_of(brand_id, now)
    settings = brands.current_settings(brand_id)
    since = standing.since
    if is_manual_over(standing, today):
        since = _since_manual(ladder, standing, ZoneInfo(settings.timezone))
        standing = without_manual(standing)
    rank, held = rank_of(ladder, standing, today), held_rank(ladder, standing)
    manual = ladder.rank(standing.manual_tier)
    on = next_judgement(ladder, standing, today, joined_on(brand_id, member_id))
    amount = queries.sum_amount(
        brand_id,
        member_id,
        ladder,
        judged_days(ladder, on, grace=standing.grace_until is not None),
        by_order_day=ladder.by_order_day,
    )
    ground = ground_of(brand_id, member_id, standing, today)
    then = judged(ladder, standing, amount, on, ground)
    stay = None
    if held > ladder.base and ladder.assessment.drop != "never":
        needed = ladder.tiers[held - 1].threshold
        stay = Stay(needed, max(0, needed - amount), on - DAY)
    return Status(
        member_id=member_id,
        ladder=ladder,
        standing=standing,
        tier=ladder.tier(rank),
        manual=ladder.tier(manual) if manual > held else None,
        amount=state.amount,
        window=ladder.period.window(today),
        next=ladder.tier(rank + 1) if rank < len(ladder.tiers) else None,
        stay=stay,
        projected=Projection(on, ladder.tier(rank_of(ladder, then, on)), amount),
        since=since if rank else None,
        base_rate=settings.accrual.rate_basis_points,
    )


def list_changes(
    brand_id: UUID, member_id: UUID, *, before_seq: int | None, limit: int
) -> list[TierChange]:
    """Return how a member came to its tier, the newest change first."""
    return queries.list_changes(brand_id, member_id, before_seq=before_seq, limit=limit)


def list_postings(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> list[TierPosting]:
    """Return what counted for a member, the latest to be recorded first."""
    return queries.list_postings(brand_id, member_id, before=before, limit=limit)


def assign_tier(
    brand_id: UUID,
    member_id: UUID,
    code: str | None,
    *,
    until: date | None,
    reason: str,
    actor: str,
    now: datetime,
) -> TierOutcome:
    """Set a tier by hand until the end of a day, or for good; None ends what was set.

    It stands beside what the member earns: the higher of both counts. It gives the
    tier's rate and prices, not what is given for reaching it. Repeating it changes
    nothing.

    :raises TierLadderNotFound: the brand has no tiers
    :raises TierUnknown: the ladder has no such tier
    :raises TierBelowEarned: the member has earned a higher one
    :raises TierEndsInThePast: the last day is over
    """
    points.lock_balance(brand_id, member_id, now=now)
    ladder, state = _known(brand_id, member_id, now)
    standing, today = state.standing, today_of(brand_id, now)
    if code is None:
        new = without_manual(standing)
    else:
        held = held_rank(ladder, standing)
        if ladder.rank(code) == 0 or code in ladder.replaced:
            known = ", ".join(tier.code for tier in ladder.tiers)
            raise TierUnknown(pointer="/tier", tier=code, known=known)
        if ladder.rank(code) < held:
            raise TierBelowEarned(pointer="/tier", earned=ladder.code(held))
        if until is not None and until < today:
            raise TierEndsInThePast(pointer="/until", today=today)
        new = replace(standing, manual_tier=code, manual_until=until)
    kind = "manual" if code else "manual_ended"
    outcome = outcome_of(ladder, standing, new, kind, state.amount, today, note=reason, actor=actor)
    if new != standing:
        brands.record_audit(
            brand_id,
            actor=actor,
            action="tier.assigned",
            subject=f"member:{ids.show('mem', member_id)}",
            now=now,
            before=_told(standing),
            after=_told(new),
        )
    return record(brand_id, member_id, outcome, now=now)


def _since_manual(ladder: Ladder, standing: Standing, zone: ZoneInfo) -> datetime | None:
    """Return since when a tier counts that stood behind one set by hand, which is over."""
    if standing.manual_until is None or ladder.rank(standing.manual_tier) <= held_rank(
        ladder, standing
    ):
        return standing.since
    return datetime.combine(standing.manual_until + DAY, time(), zone)


def _told(standing: Standing) -> dict[str, str | None]:
    until = standing.manual_until
    return {"tier": standing.manual_tier, "until": None if until is None else str(until)}


def _known(brand_id: UUID, member_id: UUID, now: datetime) -> tuple[Ladder, TierState]:
    ladder, state = current_ladder(brand_id), read_state(brand_id, member_id, now=now)
    if ladder is None or state is None:
        raise TierLadderNotFound
    return ladder, state
