"""What rules give for an order, and why they give nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.benefits.services import MemberBenefits, deserved
from app.purchases import Purchase
from app.rewards.rules import Facts
from tests.rewards.model import BRAND, MEMBER, NOW, Product, ask, order, points, reasons, rule


def left(facts: Facts, *amounts: int) -> Purchase:
    """Return what of an order remains when its lines are worth ``amounts``."""
    purchase = facts.purchase
    assert purchase is not None
    lines = [
        replace(line, amount=amount, quantity=int(amount > 0))
        for line, amount in zip(purchase.lines, amounts, strict=True)
    ]
    return replace(purchase, lines=lines)


def test_fixed_points_are_given_once_for_the_order_with_the_reason_in_words() -> None:
    given = ask(rule("HI", {"points": 3000, "expires_in_days": 30}), order(30_000))
    (grant,) = given.grants
    assert (grant.source, grant.version, grant.occasion) == ("rule:HI", 1, "order/1")
    assert grant.points == 3000
    assert grant.reason.ko == "HI: 3,000P(30일 안에 사용)"
    assert not given.skipped


def test_percent_is_rounded_down_and_capped() -> None:
    five = rule("P", {"percent_basis_points": 500, "maximum_points": 1000})
    assert points(ask(five, order(13_850))) == {"P": 692}
    assert points(ask(five, order(20_019))) == {"P": 1000}
    (grant,) = ask(five, order(13_850)).grants
    assert grant.reason.ko == "P: 13,850 × 5% = 692P"


def test_a_multiplier_gives_what_lies_above_the_usual_accrual_on_lines_that_earn() -> None:
    double = rule("X2", {"multiplier_percent": 200})
    facts = order(10_000, 3_850, rate_basis_points=150, accruing=frozenset({1}))
    given = ask(double, facts)
    assert points(given) == {"X2": 150}
    assert given.grants[0].reason.ko == "X2: 10,000 × 1.5% × 100% = 150P"
    assert points(ask(double, order(10_000, 3_850, rate_basis_points=150))) == {"X2": 207}


def test_a_refund_finds_in_the_terms_what_is_still_deserved() -> None:
    facts = order(20_000, 10_000)
    by_both = rule(
        "R", {"points": 500}, {"percent_basis_points": 300}, conditions={"minimum_amount": 15_000}
    )
    (grant,) = ask(by_both, facts).grants
    assert grant.points == 500 + 900
    assert deserved(grant.terms, left(facts, 20_000, 10_000)) == 1400
    assert deserved(grant.terms, left(facts, 20_000, 0)) == 1100
    assert deserved(grant.terms, left(facts, 0, 10_000)) is None
    assert deserved(grant.terms, None) is None


def test_the_spending_guard_gives_no_more_than_its_part_of_the_margin() -> None:
    guarded = rule("G", {"points": 3000}, limits={"maximum_margin_percent": 50})
    facts = order(10_000, 5_000, products={"A": Product(cost=6_000), "B": Product()})
    (grant,) = ask(guarded, facts).grants
    assert grant.points == 2000  # half of 10,000 - 6,000; what B costs is not known
    assert "마진 한도까지 2,000P" in grant.reason.ko
    assert deserved(grant.terms, left(facts, 10_000, 5_000)) == 2000
    assert deserved(grant.terms, left(facts, 0, 5_000)) == 666
    dear = order(10_000, products={"A": Product(cost=10_000)})
    assert reasons(ask(guarded, dear)) == {"G": "spending_guard"}
    assert reasons(ask(guarded, order(10_000))) == {"G": "spending_guard"}


@pytest.mark.parametrize(
    ("conditions", "facts", "reason"),
    [
        ({"minimum_amount": 30_000}, order(29_999), "minimum_not_met"),
        ({"minimum_amount": 30_000}, order(30_000), None),
        ({"maximum_amount": 30_000}, order(30_001), "maximum_exceeded"),
        ({"maximum_amount": 30_000}, order(30_000), None),
        ({"selection": {"skus": ["Z"]}}, order(10), "no_chosen_goods"),
        ({"selection": {"skus": ["B"]}, "minimum_amount": 6}, order(10, 5), "minimum_not_met"),
        ({"selection": {"categories": ["goods"]}}, order(10), None),
        ({"channels": ["app"]}, order(10, channel="web"), "not_for_channel"),
        ({"channels": ["app"]}, order(10), "not_for_channel"),
        ({"channels": ["app"]}, order(10, channel="app"), None),
        ({"tiers": ["LV2"]}, order(10, tier="LV1"), "not_for_tier"),
        ({"tiers": ["LV2", "NONE"]}, order(10), None),
        ({"tags_any": ["vip", "old"]}, order(10), "not_for_tags"),
        ({"tags_any": ["vip", "vvip"]}, order(10, tier=None), "not_for_tags"),
        ({"tags_none": ["staff"]}, order(10), "not_for_tags"),
        ({"first_order_only": True}, order(10, number=2), "not_first_order"),
        ({"first_order_only": True}, order(10), None),
    ],
)
def test_conditions(conditions: dict[str, object], facts: Facts, reason: str | None) -> None:
    member = MemberBenefits(tags=frozenset({"staff"}))
    given = ask(rule("R", conditions=conditions), facts, member)
    assert reasons(given) == ({"R": reason} if reason else {})
    assert len(given.grants) == (reason is None)


@pytest.mark.parametrize(
    ("days", "fits"), [(None, False), (29, False), (30, True), (90, True), (91, False)]
)
def test_days_since_the_last_order_are_days_of_the_brand(days: int | None, fits: bool) -> None:
    wanted = rule("R", conditions={"days_since_last_order": {"at_least": 30, "at_most": 90}})
    # 23:59 in Seoul, so that hours do not help.
    last = None if days is None else datetime(2026, 5, 15, 14, 59, tzinfo=UTC) - timedelta(days)
    given = ask(wanted, order(10, number=2, last_order_at=last))
    assert reasons(given) == ({} if fits else {"R": "last_order_days"})


def test_the_nth_order_and_every_nth() -> None:
    second = rule("SECOND", on="nth_order", trigger={"n": 2})
    tenth = rule("TENTH", on="nth_order", trigger={"every": 10})
    given = {n: set(points(ask([second, tenth], order(10, number=n)))) for n in (1, 2, 9, 10, 20)}
    assert given == {1: set(), 2: {"SECOND"}, 9: set(), 10: {"TENTH"}, 20: {"TENTH"}}


def test_each_kind_of_repurchase_counts_its_own_lines_only() -> None:
    rules = [
        rule(kind, {"percent_basis_points": 1000}, on="repurchase",
             trigger={"kind": kind, "within_days": 30})
        for kind in ("same_product", "add_on", "upgrade")
    ]  # fmt: skip
    facts = order(
        1_000, 2_000, 4_000,
        number=2,
        products={"B": Product(complements=frozenset({"X"})),
                  "C": Product(upgrades=frozenset({"X", "Y"}))},
        purchases={"A": NOW - timedelta(30), "X": NOW - timedelta(31), "Y": NOW - timedelta(1)},
    )  # fmt: skip
    given = ask(rules, facts)
    assert points(given) == {"same_product": 100, "upgrade": 400}
    assert not given.skipped  # nothing was bought again that B belongs to: nobody asked
    assert [grant.terms["line_nos"] for grant in given.grants] == [[1], [3]]


def test_what_it_is_about_decides_whether_a_rule_is_asked() -> None:
    tier = rule("T", on="tier_reached", trigger={"tiers": ["LV2"]})
    card = rule("C", {"tag": "fan"}, on="stamp_card_completed", trigger={"programmes": ["TEA"]})
    review = rule("E", on="event", trigger={"type": "review_written"})
    inviter = rule("I", on="referral_qualified", trigger={"to": "inviter"})
    both = rule("B", on="referral_qualified", trigger={"to": "both"})
    about = Facts(BRAND, MEMBER, occasion="once")

    def given(happened: str, **facts: str) -> set[str]:
        every = [tier, card, review, inviter, both]
        evaluation = ask(every, replace(about, **facts), happened=happened)
        assert not evaluation.skipped
        return {grant.source[5:] for grant in evaluation.grants}

    assert given("tier_reached", tier="LV2") == {"T"}
    assert given("tier_reached", tier="LV1") == set()
    assert given("stamp_card_completed", programme="TEA") == {"C"}
    assert given("event", event="review_written") == {"E"}
    assert given("event", event="survey") == set()
    assert given("referral_qualified", side="inviter") == {"I", "B"}
    assert given("referral_qualified", side="invitee") == {"B"}


def test_what_was_given_for_the_occasion_is_not_given_again() -> None:
    member = MemberBenefits(occasions={"rule:R": frozenset({"birthday/2026"})})
    birthday = rule("R", on="birthday", trigger={"valid_days": 30})
    for occasion, reason in (("birthday/2026", {"R": "already_given"}), ("birthday/2027", {})):
        facts = Facts(BRAND, MEMBER, occasion=occasion)
        assert reasons(ask(birthday, facts, member, happened="birthday")) == reason
    assert birthday.effects[0].expires_in_days == 30


def test_a_schedule_and_a_window_are_asked_at_the_time_of_the_purchase() -> None:
    may = {"starts_at": "2026-05-01T00:00:00+09:00", "ends_at": "2026-06-01T00:00:00+09:00"}
    scheduled = rule("S", schedule=may)
    window = rule("W", conditions={"window": {**may, "weekdays": ["fri"], "from_time": "12:00"}})
    given = {
        at: reasons(ask([scheduled, window], order(10, at=at), now=NOW))
        for at in (NOW, NOW - timedelta(minutes=1), datetime(2026, 5, 31, 15, tzinfo=UTC))
    }
    assert list(given.values()) == [
        {}, {"W": "outside_window"}, {"S": "outside_schedule", "W": "outside_window"},
    ]  # fmt: skip


def test_stamps_are_told_by_programme_and_stay_among_the_benefits() -> None:
    rules = [
        rule(code, {"stamps": 2, "programme": "TEA"}, {"coupon": "C10"}) for code in ("A", "B")
    ]
    given = ask(rules, order(10))
    assert given.stamps == {"TEA": 4}
    assert [b.kind for grant in given.grants for b in grant.benefits] == ["stamps", "coupon"] * 2


def test_too_small_a_purchase_gives_nothing_and_says_so() -> None:
    assert reasons(ask(rule("R", {"percent_basis_points": 100}), order(99))) == {
        "R": "nothing_to_give"
    }


def test_a_holdout_is_stable_and_about_as_large_as_asked() -> None:
    rules = [rule("A", holdout_percent=30), rule("B", holdout_percent=30)]
    members = [UUID(int=number) for number in range(400)]

    def held(of_brand: int) -> dict[str, set[UUID]]:
        out: dict[str, set[UUID]] = {"A": set(), "B": set()}
        for member in members:
            facts = replace(order(10), member_id=member)
            for skip in ask(rules, facts, holdout_percent=of_brand).skipped:
                assert skip.reason == "holdout"
                out[skip.rule].add(member)
        return out

    own = held(0)
    assert 90 < len(own["A"]) < 150
    assert own["A"] != own["B"]  # each rule has a group of its own
    assert own == held(0)
    both = held(10)
    everywhere = both["A"] & both["B"]
    assert own["A"] < both["A"]
    assert len(everywhere) > len(own["A"] & own["B"])
