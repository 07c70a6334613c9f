"""Following what happens to members: two become one, and one is forgotten."""

from dataclasses import replace

from app.benefits import services as benefits
from app.members.events import MemberErased, MemberMerged
from app.tiers import queries
from app.tiers.rules.ladders import Ladder
from app.tiers.rules.outcomes import grants_of, outcome_of
from app.tiers.rules.standings import Standing, after_gain, held_rank, is_manual_over
from app.tiers.services.counting import read_state, record, today_of
from app.tiers.services.ladders import current_ladder


def move_to_survivor(event: MemberMerged) -> None:
    """Let all that counted for a merged member count for the survivor.

    The survivor keeps the higher of both tiers, or reaches what both together earn.
    """
    brand_id, now = event.brand_id, event.now
    ladder, today = current_ladder(brand_id), today_of(brand_id, now)
    source = read_state(brand_id, event.member_id, now=now)
    queries.move_postings(brand_id, event.member_id, event.into_id)
    survivor = read_state(brand_id, event.into_id, now=now)
    if ladder is None or source is None or survivor is None:
        return
    old = survivor.standing
    kept = _better(ladder, old, source.standing)
    if not is_manual_over(source.standing, today) and ladder.rank(source.standing.manual_tier) > (
        0 if is_manual_over(old, today) else ladder.rank(old.manual_tier)
    ):
        kept = replace(
            kept,
            manual_tier=source.standing.manual_tier,
            manual_until=source.standing.manual_until,
        )
    new = after_gain(ladder, kept, survivor.amount, today)
    outcome = outcome_of(ladder, old, new, "merged", survivor.amount, today, actor=event.actor)
    record(brand_id, event.into_id, outcome, now=now)
    # What either had reached before was given for then.
    reached = grants_of(ladder, held_rank(ladder, kept), held_rank(ladder, new), today)
    benefits.grant(brand_id, event.into_id, reached, actor=event.actor, now=now)
    gone = Standing(since=source.standing.since, changes=source.standing.changes)
    emptied = outcome_of(ladder, source.standing, gone, "merged", 0, today, actor=event.actor)
    queries.write(brand_id, event.member_id, emptied.changes, None, now)


def forget(event: MemberErased) -> None:
    """Drop what staff wrote about an erased member; what counted stays in the books."""
    queries.forget_texts(event.brand_id, event.member_id)


def _better(ladder: Ladder, survivor: Standing, source: Standing) -> Standing:
    """Return the survivor's standing with the higher of both earned tiers."""
    if held_rank(ladder, source) <= held_rank(ladder, survivor):
        return survivor
    return replace(
        survivor,
        tier=source.tier,
        grounded_on=source.grounded_on,
        ladder_version=source.ladder_version,
        unearned_on=source.unearned_on,
        grace_until=source.grace_until,
    )
