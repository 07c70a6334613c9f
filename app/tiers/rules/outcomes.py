"""Outcomes: what something that counts does to a member's tier, and what is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.benefits.services import Grant, Text
from app.tiers.rules.ladders import Ladder, Tier
from app.tiers.rules.standings import (
    Standing,
    TierState,
    after_gain,
    held_rank,
    is_manual_over,
    rank_of,
    without_manual,
)

NO_TIER = Text("등급 없음", "no tier")
CAUSES = {
    "order": Text("주문", "an order"),
    "refund": Text("환불", "a refund"),
    "adjustment": Text("실적 조정", "an adjustment"),
    "assessment": Text("정기 심사", "the assessment"),
    "ladder": Text("등급표 변경", "a new ladder"),
    "manual": Text("직접 지정", "set by hand"),
    "manual_ended": Text("직접 지정 종료", "what was set by hand has ended"),
    "merged": Text("회원 통합", "members became one"),
}
MEASURED = {
    "net_paid": Text("실결제 {:,}", "{:,} paid"),
    "gross": Text("주문 금액 {:,}", "{:,} ordered"),
    "orders": Text("주문 {:,}건", "{:,} orders"),
    "points_earned": Text("적립 {:,}P", "{:,} points earned"),
}


@dataclass(frozen=True)
class Posting:
    """Something that counts, with all that any ladder may measure.

    ``id`` and ``order_id`` None: the order that is being placed.
    """

    kind: str  # order | refund | adjustment
    counted_on: date
    order_on: date
    net: int
    gross: int
    orders: int
    points: int
    id: UUID | None = None
    order_id: UUID | None = None
    external_id: str | None = None
    reason: str | None = None
    actor: str | None = None

    def measure(self, basis: str) -> int:
        return {
            "net_paid": self.net,
            "gross": self.gross,
            "orders": self.orders,
            "points_earned": self.points,
        }[basis]

    def amount(self, ladder: Ladder, today: date) -> int:
        """Return what the posting adds to the period that ends today."""
        day = self.order_on if ladder.by_order_day else self.counted_on
        return self.measure(ladder.basis) if ladder.period.window(today).has(day) else 0

    def changes(self) -> dict[str, Any]:
        """Return what ``tiers_write`` writes of the posting."""
        return {"posting": _plain(vars(self))}


@dataclass(frozen=True)
class TierOutcome:
    """What became of a member's tier. ``amount`` is what counts for it afterwards.

    ``grants`` are the benefits of tiers that were reached; ``undone`` names, as
    (source, occasion), earlier ones that are no longer deserved. ``changes`` is what
    ``tiers_write`` writes.
    """

    kind: str  # as of tier_changes
    before: Tier | None
    after: Tier | None
    amount: int
    reason: Text
    grants: tuple[Grant, ...] = ()
    undone: tuple[tuple[str, str], ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return (self.before and self.before.code) != (self.after and self.after.code)


def post_order(
    ladder: Ladder,
    state: TierState,
    *,
    order_id: UUID | None,
    on: date,
    net: int,
    gross: int,
    points: int,
    today: date,
) -> TierOutcome:
    """Return what an order does that counts from now on.

    It counts on the day it was placed, ``on``, however late it is confirmed. ``net``
    is what was paid in money for goods, ``gross`` what they cost before anything was
    taken off, ``points`` what they earned.
    """
    posting = Posting("order", on, on, net, gross, 1, points, id=order_id, order_id=order_id)
    return after_posting(ladder, state, posting, today)


def after_posting(ladder: Ladder, state: TierState, posting: Posting, today: date) -> TierOutcome:
    """Return what a posting does that takes nothing away."""
    amount = state.amount + posting.amount(ladder, today)
    standing = after_gain(ladder, state.standing, amount, today)
    return outcome_of(
        ladder, state.standing, standing, posting.kind, amount, today, posting=posting
    )


def outcome_of(
    ladder: Ladder,
    old: Standing,
    new: Standing,
    kind: str,
    amount: int,
    today: date,
    *,
    posting: Posting | None = None,
    note: str | None = None,
    actor: str | None = None,
) -> TierOutcome:
    """Return what is told and written when a standing becomes another."""
    rows = []
    settled = old
    if is_manual_over(old, today):
        settled = without_manual(old)
        if new.manual_until == old.manual_until:
            new = without_manual(new)
        rows.append(_end_of_manual(ladder, old))
    ranks = rank_of(ladder, settled, today), rank_of(ladder, new, today)
    rows.append(
        {
            "from_tier": ladder.code(ranks[0]),
            "to_tier": ladder.code(ranks[1]),
            "kind": kind,
            "changed_on": today,
            "amount": amount,
            "posting_id": posting and posting.id,
            "note": note,
            "actor": actor,
        }
    )
    rows = [row for row in rows if row["from_tier"] != row["to_tier"]]
    changes: dict[str, Any] = {}
    if posting is not None:
        changes.update(posting.changes())
    if new != old:
        total = old.changes + len(rows)
        since = None if rows else old.since  # None: now
        changes["standing"] = _plain(vars(replace(new, since=since, changes=total)))
        changes["changes"] = [
            _plain({**row, "seq": seq, "ladder_version": ladder.version})
            for seq, row in enumerate(rows, old.changes + 1)
        ]
    before, after = (ladder.tier(rank) for rank in ranks)
    return TierOutcome(
        kind=kind,
        before=before,
        after=after,
        amount=amount,
        reason=reason_of(ladder, kind, before, after, amount),
        grants=grants_of(ladder, held_rank(ladder, old), held_rank(ladder, new), today),
        changes=changes,
    )


def grants_of(ladder: Ladder, before: int, after: int, on: date) -> tuple[Grant, ...]:
    """Return what is given for reaching the tiers above ``before`` up to ``after``."""
    return tuple(
        Grant(
            source=f"tier:{tier.code}",
            version=ladder.version,
            occasion=f"{tier.code}/{ladder.period.key(on)}",
            benefits=tier.on_reaching,
            reason=Text(f"{tier.name} 등급 달성", f"Reached {tier.name}"),
            terms={"kind": "tier", "tier": tier.code},
        )
        for tier in ladder.tiers[before:after]
        if tier.on_reaching
    )


def reason_of(
    ladder: Ladder, kind: str, before: Tier | None, after: Tier | None, amount: int | None
) -> Text:
    """Return why a tier changed, in words."""
    told = CAUSES[kind]
    why_ko, why_en = told.ko, told.en
    if amount is not None:
        measured = MEASURED[ladder.basis]
        why_ko += f", {measured.ko.format(amount)}"
        why_en += f", {measured.en.format(amount)}"
        if after is not None:
            why_ko += f" (기준 {after.threshold:,})"
            why_en += f" (needs {after.threshold:,})"
    names = [(tier.name, tier.name) if tier else NO_TIER for tier in (before, after)]
    return Text(
        f"{names[0][0]} → {names[1][0]}: {why_ko}", f"{names[0][1]} → {names[1][1]}: {why_en}"
    )


def _end_of_manual(ladder: Ladder, standing: Standing) -> dict[str, Any]:
    held, until = held_rank(ladder, standing), standing.manual_until
    assert until is not None  # noqa: S101 - it is over
    return {
        "from_tier": ladder.code(max(held, ladder.rank(standing.manual_tier))),
        "to_tier": ladder.code(held),
        "kind": "manual_ended",
        "changed_on": until + timedelta(days=1),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that JSON can hold."""
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in values.items()
    }
