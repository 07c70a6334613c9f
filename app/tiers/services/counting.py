"""What counts: what takes something away, and the way it is all written down."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.benefits import services as benefits
from app.brands import services as brands
from app.events import publish
from app.members import services as members
from app.tiers import queries
from app.tiers.events import TierChanged
from app.tiers.rules.ladders import Ladder
from app.tiers.rules.outcomes import Posting, TierOutcome, outcome_of
from app.tiers.rules.schedule import DAY, anniversary
from app.tiers.rules.standings import Ground, Standing, TierState, after_loss, state_of
from app.tiers.services.ladders import current_ladder, ladder_at


def read_state(brand_id: UUID, member_id: UUID, *, now: datetime) -> TierState | None:
    """Return where a member stands, None without a ladder; lock the account first."""
    zone = brands.current_settings(brand_id).timezone
    return state_of(queries.read_state(brand_id, member_id, zone, now))


def is_counted(brand_id: UUID, member_id: UUID, order_id: UUID) -> bool:
    """Return whether an order counts for the tier already."""
    return queries.find_posting(brand_id, member_id, order_id) is not None


def post_refund(
    brand_id: UUID,
    member_id: UUID,
    *,
    order_id: UUID,
    refund_id: UUID,
    refunded_on: date,
    net: int,
    gross: int = 0,
    orders: int,
    points: int,
    now: datetime,
) -> TierOutcome | None:
    """Take back what an order counted for: ``net`` won, ``orders``, ``points``.

    ``orders`` is 1 if no goods of the order are left. What was ordered (``gross``) stays
    as it was, unless the order was cancelled before it was one. None: there is no
    ladder, or the order never counted.
    """
    ladder, state = current_ladder(brand_id), read_state(brand_id, member_id, now=now)
    order = queries.find_posting(brand_id, member_id, order_id)
    if ladder is None or state is None or order is None:
        return None
    posting = Posting(
        "refund",
        refunded_on,
        order.counted_on,
        net=-net,
        gross=-gross,
        orders=-orders,
        points=-points,
        id=refund_id,
        order_id=order_id,
    )
    outcome = after_taking(brand_id, member_id, ladder, state, posting, now=now)
    return record(brand_id, member_id, outcome, order_id=order_id, now=now)


def after_taking(
    brand_id: UUID,
    member_id: UUID,
    ladder: Ladder,
    state: TierState,
    posting: Posting,
    *,
    now: datetime,
) -> TierOutcome:
    """Return what a posting does that takes something away; it is not written yet."""
    today = today_of(brand_id, now)
    amount = state.amount + posting.amount(ladder, today)
    ground = ground_of(brand_id, member_id, state.standing, today)
    grounded_rank = 0
    if ground is not None:
        by = ladder_at(brand_id, ground.version)
        window = by.period.window(ground.on)
        # As if it had never been: refunds lower the day of their order.
        earned = queries.sum_amount(brand_id, member_id, by, window, by_order_day=True)
        if window.has(posting.order_on):
            earned += posting.measure(by.basis)
        grounded_rank = ladder.rank(by.code(by.earned(earned)))
    standing = after_loss(
        ladder, state.standing, amount, today, ground=ground, grounded_rank=grounded_rank
    )
    outcome = outcome_of(
        ladder,
        state.standing,
        standing,
        posting.kind,
        amount,
        today,
        posting=posting,
        actor=posting.actor,
    )
    undone = _undone(brand_id, member_id, ladder, outcome, posting, now=now)
    return replace(outcome, undone=undone)


def _undone(
    brand_id: UUID,
    member_id: UUID,
    ladder: Ladder,
    outcome: TierOutcome,
    posting: Posting,
    *,
    now: datetime,
) -> tuple[tuple[str, str], ...]:
    """Return which benefits of tiers the member no longer has were reached by what is lost.

    Whatever was given on reaching a tier, by the ladder or by a rule, names the tier and
    the period. It goes if with the posting the tier was never reached in that period,
    and without it was.
    """
    zone = brands.current_settings(brand_id).timezone
    occasions = benefits.read_state(brand_id, member_id, zone, now=now).occasions
    given = {
        occasion.removeprefix("tier/")
        for source, each in occasions.items()
        for occasion in each
        if source.startswith("tier:") or occasion.startswith("tier/")
    }
    has = outcome.after.rank if outcome.after else 0
    undone = []
    for occasion in sorted(given):
        code, _, key = occasion.partition("/")
        rank = ladder.rank(code)
        if rank <= has:
            continue
        threshold = ladder.tiers[rank - 1].threshold
        before, after = queries.peaks(
            brand_id,
            member_id,
            ladder,
            # What a merge left twice for one period has an id behind a # besides.
            ladder.period.days_of(key.partition("#")[0]),
            on=posting.order_on,
            more=posting.measure(ladder.basis),
        )
        if after < threshold <= before:
            undone.append((f"tier:{code}", occasion))
    return tuple(undone)


def ground_of(brand_id: UUID, member_id: UUID, standing: Standing, today: date) -> Ground | None:
    """Return the last day on which a member's tier was known to be earned."""
    if standing.grounded_on is None or standing.ladder_version is None:
        return None
    known = [Ground(standing.grounded_on, standing.ladder_version)]
    if standing.unearned_on is None:
        after, before = standing.grounded_on, today + DAY
        found = [queries.last_assessment(brand_id, "scheduled/", after=after, before=before)]
        if (day := anniversary(joined_on(brand_id, member_id), today)) is not None and day > after:
            found.append(queries.find_assessment(brand_id, f"anniversary/{day}"))
        known += [
            Ground(each.last_day, each.ladder_version)
            for each in found
            if each is not None and each.finished_at is not None
        ]
    return max(known)


def record(
    brand_id: UUID,
    member_id: UUID,
    outcome: TierOutcome,
    *,
    order_id: UUID | None = None,
    now: datetime,
) -> TierOutcome:
    """Write an outcome down and tell the others; returns it."""
    queries.write(brand_id, member_id, outcome.changes, None, now)
    if outcome.changed:
        publish(
            TierChanged(
                brand_id,
                member_id,
                outcome.before.code if outcome.before else None,
                outcome.after.code if outcome.after else None,
                outcome.kind,
                order_id,
                now,
            )
        )
    return outcome


def today_of(brand_id: UUID, now: datetime) -> date:
    """Return the day it is in the brand's time zone."""
    return now.astimezone(ZoneInfo(brands.current_settings(brand_id).timezone)).date()


def joined_on(brand_id: UUID, member_id: UUID) -> date:
    """Return the day on which a member joined."""
    return members.find_member(brand_id, ids.show("mem", member_id)).joined_on
