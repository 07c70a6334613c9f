"""Why a coupon does not apply: every reason, and in which order they are looked at."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.coupons import services
from app.coupons.rules.definitions import Templates
from app.coupons.rules.state import CouponRow, CouponsState, TemplateState, Wanted
from app.coupons.rules.wording import REFUSALS, refusal_of
from tests.coupons.shop import NOON, SEOUL, cart, decide_purely, reasons, template

ALICE, BOB, HOLD = uuid4(), uuid4(), uuid4()


def coupon_of(one, **changes) -> CouponRow:
    row = CouponRow(
        id=uuid4(), template_id=one.id, version=1, member_id=ALICE, code=None, generic=False,
        status="issued", reserved_by=None, reserved_until=None,
        valid_from=NOON - timedelta(days=1), valid_until=NOON + timedelta(days=1),
    )  # fmt: skip
    return replace(row, **changes)


def judge(one, row=None, *, member=ALICE, status="active", left=None, has=0, now=NOON, hold=None):
    """Return the reason for which one coupon is rejected, None if it applies."""
    state = CouponsState(
        member_id=member,
        wanted=[Wanted("X", one.id, row)],
        templates={one.id: TemplateState(1, status, left, has)},
    )
    outcome = services.apply_coupons(
        state, cart(20_000), shipping_fee=0, tier=None, is_first_order=False, hold_id=hold,
        templates=Templates([(one, status)], load=None), now=now,
    )  # fmt: skip
    return reasons(outcome).get("X")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"status": "revoked"}, "revoked"),
        ({"status": "redeemed"}, "already_used"),
        ({"status": "released", "generic": True}, "not_found"),
        ({"member_id": BOB}, "belongs_to_another"),
        ({"member_id": BOB, "status": "redeemed"}, "belongs_to_another"),
        ({"member_id": None}, None),
        ({"valid_from": NOON}, None),
        ({"valid_from": NOON + timedelta(seconds=1)}, "not_yet_valid"),
        ({"valid_until": NOON}, "expired"),
        ({"valid_until": NOON + timedelta(microseconds=1)}, None),
        ({"valid_until": None}, None),
    ],
)
def test_what_a_coupon_is_decides_whether_it_can_be_used(changes, reason) -> None:
    one = template()
    assert judge(one, coupon_of(one, **changes)) == reason


def test_a_reservation_holds_against_everybody_else_until_its_time() -> None:
    one = template()
    row = coupon_of(
        one, status="reserved", reserved_by=HOLD, reserved_until=NOON + timedelta(minutes=5)
    )
    assert judge(one, row) == "reserved_elsewhere"
    assert judge(one, row, hold=uuid4()) == "reserved_elsewhere"
    assert judge(one, row, hold=HOLD) is None
    late = NOON + timedelta(minutes=5)
    assert judge(one, row, hold=HOLD, now=late) is None  # a coupon of her own again
    assert judge(one, replace(row, generic=True), now=late) == "not_found"


def test_a_paused_template_stops_all_and_an_ended_one_only_what_nobody_owns() -> None:
    one = template(generic_code="CODE")
    for status, owned, unclaimed, entered in (
        ("paused", "paused", "paused", "paused"),
        ("ended", None, "ended", "ended"),
    ):
        assert judge(one, coupon_of(one), status=status) == owned
        assert judge(one, coupon_of(one, member_id=None), status=status) == unclaimed
        assert judge(one, None, status=status) == entered


def test_limits_count_for_codes_and_not_for_what_a_member_owns() -> None:
    one = template(generic_code="CODE", per_member_limit=2, total_limit=5)
    assert judge(one, left=1, has=1) is None
    assert judge(one, left=0, has=1) == "limit_reached"
    assert judge(one, left=1, has=2) == "member_limit_reached"
    assert judge(one, coupon_of(one), left=0, has=2) is None
    assert judge(one, coupon_of(one, member_id=None), left=0, has=1) is None
    assert judge(one, coupon_of(one, member_id=None), left=0, has=2) == "member_limit_reached"


@pytest.mark.parametrize(
    "condition", [{"tiers": ["VIP"]}, {"first_order_only": True}, {"per_member_limit": 1}]
)
def test_what_asks_about_a_member_needs_one(condition) -> None:
    one = template(generic_code="CODE", **condition)
    assert judge(one, member=None) == "member_required"
    assert judge(template(generic_code="CODE"), member=None) is None


@pytest.mark.parametrize(
    ("definition", "order", "reason"),
    [
        ({"channels": ["app"]}, {"channel": "web"}, "not_for_channel"),
        ({"channels": ["app"]}, {}, "not_for_channel"),
        ({"channels": ["app", "web"]}, {"channel": "web"}, None),
        ({"tiers": ["VIP"]}, {"tier": "LV1"}, "not_for_tier"),
        ({"tiers": ["VIP"]}, {}, "not_for_tier"),
        ({"tiers": ["VIP"]}, {"tier": "VIP"}, None),
        ({"first_order_only": True}, {}, "not_first_order"),
        ({"first_order_only": True}, {"is_first_order": True}, None),
        ({"selection": {"skus": ["Z"]}}, {}, "no_eligible_goods"),
        ({"excludes": {"categories": ["tea", "cup"]}}, {}, "no_eligible_goods"),
        ({"selection": {"skus": ["B"]}, "excludes": {"skus": ["A"]}}, {}, None),
        ({"minimum_order_amount": 30_000}, {}, None),
        ({"minimum_order_amount": 30_001}, {}, "minimum_not_met"),
        ({"minimum_order_amount": 20_000, "selection": {"skus": ["A"]}}, {}, None),
        (
            {
                "minimum_order_amount": 20_000, "selection": {"skus": ["A"]},
                "minimum_of": "selection",
            },
            {},
            "minimum_not_met",
        ),
    ],
)  # fmt: skip
def test_conditions_are_asked_of_the_order(definition, order, reason) -> None:
    channel = order.pop("channel", None)
    outcome = decide_purely(
        [template(**definition)], cart(10_000, 20_000, channel=channel), member_id=ALICE, **order
    )
    assert reasons(outcome).get("T") == reason


def test_what_is_missing_is_told_in_both_languages() -> None:
    outcome = decide_purely([template(minimum_order_amount=30_000)], cart(28_800))
    rejected = outcome.rejected[0]
    assert rejected.params == {"minimum": 30_000, "amount": 28_800, "missing": 1200}
    assert rejected.ko == "30,000 이상 살 때 쓸 수 있어요. 1,200만 더 담아 주세요."
    assert rejected.en == "This coupon needs goods of at least 30,000; 1,200 are missing."


def test_every_refusal_can_be_told() -> None:
    params = {
        "minimum": 1, "missing": 1, "limit": 1, "channels": ["app"], "tiers": ["VIP"],
        "with_name": "T", "valid_from": "…", "valid_until": "…", "reserved_until": "…",
    }  # fmt: skip
    for reason in REFUSALS:
        told = refusal_of(reason, params)
        assert "{" not in told.ko + told.en
        assert told.ko.endswith("요.")


def test_the_same_coupon_named_twice_counts_once() -> None:
    one = template()
    outcome = decide_purely([one, one], cart(20_000))
    assert [each.discount for each in outcome.applied] == [5000]
    assert [each.reason for each in outcome.rejected] == ["named_twice"]


def test_days_from_issue_count_the_day_itself_and_end_at_midnight() -> None:
    week = template(validity={"days_from_issue": 7})
    late = NOON.replace(hour=23, minute=59)
    _, until = week.validity(late, SEOUL)
    assert until.isoformat() == "2026-12-02T00:00:00+09:00"
    capped = template(validity={"days_from_issue": 7, "ends_at": "2026-11-27T00:00:00+09:00"})
    assert capped.validity(NOON, SEOUL)[1].isoformat() == "2026-11-27T00:00:00+09:00"
    soon = template(validity={"starts_at": "2026-12-01T00:00:00+09:00"})
    assert soon.validity(NOON, SEOUL)[0].isoformat() == "2026-12-01T00:00:00+09:00"
