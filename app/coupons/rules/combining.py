"""What several coupons take off together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.coupons.rules.definitions import GROUPS
from app.coupons.rules.judging import Candidate, Refusal
from app.purchases import Purchase, apportion


@dataclass(frozen=True)
class Taken:
    candidate: Candidate
    base: int
    discount: int
    shipping_discount: int
    shares: Mapping[int, int]

    @property
    def worth(self) -> int:
        """What is compared within a group; a gift is worth itself."""
        return (
            self.discount
            + self.shipping_discount
            + (self.candidate.template.pricing.kind == "gift")
        )


def combine(
    candidates: Iterable[Candidate], purchase: Purchase, shipping_fee: int
) -> tuple[list[Taken], list[tuple[Candidate, Refusal]]]:
    """Return what applies, in its order, and what does not go with it."""
    amounts = {line.line_no: line.amount for line in purchase.lines}
    taken: list[Taken] = []
    left: list[tuple[Candidate, Refusal]] = []
    spent: set[UUID] = set()
    in_turn = sorted(candidates, key=lambda each: each.turn)
    for group in GROUPS:
        members = [each for each in in_turn if each.template.pricing.group == group]
        usable: dict[UUID, Candidate] = {}
        for each in members:
            if not _take([each], amounts, shipping_fee):
                left.append((each, Refusal("nothing_to_discount")))
            elif each.template.id in usable or each.template.id in spent:
                # Of one template one coupon at a time.
                left.append((each, Refusal("not_stackable", {"with_name": each.template.name})))
            else:
                usable[each.template.id] = each
        won = _best_of(list(usable.values()), amounts, shipping_fee)
        used = {each.candidate.template.id for each in won}
        alone = any(each.candidate.template.exclusive for each in won)
        for template_id, each in usable.items():
            if template_id in used:
                continue
            if alone or each.template.exclusive:
                name = won[0].candidate.template.name
                left.append((each, Refusal("not_stackable", {"with_name": name})))
            else:
                left.append((each, Refusal("nothing_to_discount")))
        for each_taken in won:
            for line_no, share in each_taken.shares.items():
                amounts[line_no] -= share
        taken += won
        spent |= used
    return taken, left


def _best_of(
    members: Sequence[Candidate], amounts: Mapping[int, int], shipping_fee: int
) -> list[Taken]:
    """Return what takes off most: all that is stackable, or one exclusive coupon."""
    stackable = [each for each in members if not each.template.exclusive]
    alternatives = [stackable, *([each] for each in members if each.template.exclusive)]
    best: list[Taken] = []
    for alternative in alternatives:
        taken = _take(alternative, amounts, shipping_fee)
        if sum(each.worth for each in taken) > sum(each.worth for each in best):
            best = taken
    return best


def _take(
    members: Sequence[Candidate], amounts: Mapping[int, int], shipping_fee: int
) -> list[Taken]:
    """Return what coupons of one group take off together; those for nothing are left out."""
    remaining = dict(amounts) if len(members) > 1 else amounts
    fee = shipping_fee
    taken = []
    for each in members:
        pricing = each.template.pricing
        weights = [remaining[line_no] for line_no in each.lines]
        base = sum(weights)
        discount, off_shipping = pricing.off(base), pricing.off_shipping(fee)
        parts = zip(each.lines, apportion(discount, weights), strict=True)
        shares = {line_no: share for line_no, share in parts if share}
        result = Taken(
            each, fee if pricing.group == "shipping" else base, discount, off_shipping, shares
        )
        if not result.worth:
            continue
        taken.append(result)
        fee -= off_shipping
        if len(members) > 1:
            remaining = {**remaining, **{no: remaining[no] - won for no, won in shares.items()}}
    return taken
