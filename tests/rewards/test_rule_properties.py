"""Whatever rules there are and whatever happens: limits and exclusive groups hold."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.benefits.services import Grant, MemberBenefits, deserved
from app.rewards.rules import Facts, Rule
from tests.rewards.model import Product, ask, order, rule

AMOUNTS = st.lists(st.integers(0, 50_000), min_size=1, max_size=3)
GROUPS = {"G": "best", "H": "priority"}

effects = st.one_of(
    st.builds(lambda n: {"points": n}, st.integers(1, 3_000)),
    st.builds(
        lambda bp, most: {"percent_basis_points": bp, **({"maximum_points": most} if most else {})},
        st.integers(1, 3_000),
        st.none() | st.integers(1, 1_000),
    ),
    st.builds(lambda percent: {"multiplier_percent": percent}, st.integers(101, 500)),
    st.just({"coupon": "C"}),
    st.just({"stamps": 2, "programme": "TEA"}),
)


@st.composite
def rules(draw: st.DrawFn, code: str) -> Rule:
    limits: dict[str, object] = {}
    if draw(st.booleans()):
        limits["per_member"] = {
            "times": draw(st.integers(1, 3)),
            "period": draw(st.sampled_from(["total", "year", "month", "day"])),
        }
    if draw(st.booleans()):
        limits["total_grants"] = draw(st.integers(1, 4))
    if draw(st.booleans()):
        limits["total_points"] = draw(st.integers(1, 4_000))
    if draw(st.integers(0, 3)) == 0:
        limits["maximum_margin_percent"] = draw(st.integers(1, 100))
    stacking: dict[str, object] = {}
    if group := draw(st.sampled_from(["", *GROUPS])):
        stacking = {
            "group": group, "mode": GROUPS[group], "priority": draw(st.integers(0, 3)),
        }  # fmt: skip
    selection = draw(st.sampled_from([[], ["A"], ["A", "C"], ["Z"]]))
    return rule(
        code,
        *draw(st.lists(effects, min_size=1, max_size=3)),
        limits=limits,
        stacking=stacking,
        conditions={
            "selection": {"skus": selection},
            "minimum_amount": draw(st.sampled_from([0, 0, 10_000])),
        },
        holdout_percent=draw(st.sampled_from([0, 0, 30])),
    )


@dataclass
class Books:
    """The plain model of what was given: every grant, and nothing clever."""

    given: list[tuple[UUID, int, Grant]] = field(default_factory=list)

    def seen_by(self, member: UUID, day: int) -> MemberBenefits:
        """Return what ``benefits_state`` would tell; a month has ten days, a year thirty."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        used: dict[str, tuple[int, int]] = {}
        occasions: dict[str, frozenset[str]] = {}
        for who, on, grant in self.given:
            grants, points = used.get(grant.source, (0, 0))
            used[grant.source] = (grants + 1, points + grant.points)
            if who == member:
                counts[grant.source]["all"] += 1
                counts[grant.source]["year"] += on // 30 == day // 30
                counts[grant.source]["month"] += on // 10 == day // 10
                counts[grant.source]["day"] += on == day
                occasions[grant.source] = occasions.get(grant.source, frozenset()) | {
                    grant.occasion
                }
        return MemberBenefits(
            counts={
                source: (each["all"], each["year"], each["month"], each["day"])
                for source, each in counts.items()
            },
            counters=used,
            occasions=occasions,
        )


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_limits_and_groups_hold_over_any_orders(data: st.DataObject) -> None:
    codes = "ABCDE"[: data.draw(st.integers(1, 5))]
    every = {code: data.draw(rules(code)) for code in codes}
    books, day = Books(), 0
    for number in range(data.draw(st.integers(1, 8))):
        day += data.draw(st.sampled_from([0, 0, 1, 5, 30]))
        member = UUID(int=data.draw(st.integers(1, 3)))
        facts = _order(data, member, f"order/{number}")
        known = books.seen_by(member, day)
        evaluation = ask(list(every.values()), facts, known)
        again = ask(list(reversed(every.values())), facts, known)
        assert {g.source: g for g in again.grants} == {g.source: g for g in evaluation.grants}
        told = [grant.source[5:] for grant in evaluation.grants]
        told += [skip.rule for skip in evaluation.skipped]
        assert sorted(told) == sorted(codes)  # each rule gives, or says why not, once
        for group in GROUPS:
            members = [
                grant for grant in evaluation.grants
                if every[grant.source[5:]].stacking.group == group
            ]  # fmt: skip
            assert len(members) <= 1
        books.given += [(member, day, grant) for grant in evaluation.grants]
        later = books.seen_by(member, day)
        assert not ask(list(every.values()), facts, later).grants  # told twice, given once
        _check_limits(every, books)
        _check_terms(facts, evaluation.grants)


def _order(data: st.DataObject, member: UUID, ref: str) -> Facts:
    costs = st.none() | st.integers(0, 30_000)
    products = {sku: Product(cost=data.draw(costs)) for sku in "ABC"}
    amounts = data.draw(AMOUNTS)
    facts = order(*amounts, products=products, rate_basis_points=data.draw(st.integers(0, 500)))
    return replace(facts, member_id=member, order_ref=ref)


def _check_limits(every: dict[str, Rule], books: Books) -> None:
    for code, one in every.items():
        mine = [(who, on, g) for who, on, g in books.given if g.source == f"rule:{code}"]
        limits = one.limits
        if limits.total_grants is not None:
            assert len(mine) <= limits.total_grants
        if limits.total_points is not None:
            assert sum(grant.points for _, _, grant in mine) <= limits.total_points
        if limits.times is not None:
            span = {None: 10**6, "year": 30, "month": 10, "day": 1}[limits.period]
            often = Counter((who, on // span) for who, on, _ in mine)
            assert max(often.values(), default=0) <= limits.times


def _check_terms(facts: Facts, grants: list[Grant]) -> None:
    """What is deserved for the whole order is what was given; for less goods not more."""
    assert facts.purchase is not None
    for grant in grants:
        assert deserved(grant.terms, facts.purchase) == grant.points
        rest = [replace(line, amount=line.amount // 2) for line in facts.purchase.lines]
        less = deserved(grant.terms, replace(facts.purchase, lines=rest))
        assert less is None or less <= grant.points


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=4), st.data())
def test_the_guard_never_gives_more_than_its_part_of_the_margin(
    amounts: list[int], data: st.DataObject
) -> None:
    percent = data.draw(st.integers(1, 100))
    costs = {chr(65 + n): data.draw(st.integers(0, 20_000)) for n in range(len(amounts))}
    products = {sku: Product(cost=cost) for sku, cost in costs.items()}
    guarded = rule(
        "R", {"points": 5_000}, {"percent_basis_points": 3_000},
        limits={"maximum_margin_percent": percent},
    )  # fmt: skip
    facts = order(*amounts, products=products)
    given = sum(grant.points for grant in ask(guarded, facts).grants)
    margin = sum(amounts) - sum(costs.values())
    assert given <= max(0, margin) * percent / 100
