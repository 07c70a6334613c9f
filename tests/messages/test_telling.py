"""Members are told of their consents and of points that lapse, by day, once."""

from datetime import UTC, datetime, timedelta

import pytest

from app.consents import services as consents
from app.consents.jobs import tidy_consents
from app.db import transaction
from app.messages import services
from app.messages.jobs import carry_due, tell_consents
from app.points.jobs import prepare_notices, tell_points
from tests.consents.asking import publish
from tests.messages.post import set_host

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 18, tzinfo=UTC)
POLICY = {"contact": "02-1234-5678", "opt_out": "무료수신거부 080-123-4567"}


@pytest.fixture
def shop(app, make_brand):
    brand = make_brand(messages=POLICY, accrual={"pending": "immediate"})
    at(brand, NOON)
    brand.api.put("/v1/members/ext:a", {"phone": "010-1234-5678"}, expect=201)
    for purpose in ("ad_sms", "ad_email"):
        publish(brand, purpose)
    with app.app_context():
        yield brand


def at(brand, moment):
    brand.api.post("/v1/test-clock", {"now": moment.isoformat()}, expect=200)


def answer(brand, **choices):
    decisions = [{"purpose": purpose, "choice": choice} for purpose, choice in choices.items()]
    brand.api.post(
        "/v1/members/ext:a/consents", {"decisions": decisions, "source": "my_page"}, expect=200
    )


def texts(brand):
    with transaction(brand.brand_id):
        opened = services.list_outbox(brand.brand_id, 100)
    return [each.texts["sms"]["text"] for each in opened]


def notices(owner, brand):
    return owner.execute(
        "SELECT kind, purpose, state FROM consent_notices WHERE brand_id = %s ORDER BY due_at, seq",
        (brand.brand_id,),
    ).fetchall()


def test_several_answers_are_told_in_one_message_and_count_as_told_once_it_left(
    shop, owner
) -> None:
    answer(shop, ad_sms="granted", ad_email="refused")
    assert tell_consents(shop.brand_id, NOON) == 1
    assert tell_consents(shop.brand_id, NOON) == 0
    (text,) = texts(shop)
    assert "문자: 수신 동의 (2026-11-20)\n이메일: 수신 거부 (2026-11-20)" in text
    assert text.endswith("문의 02-1234-5678\n무료수신거부 080-123-4567")
    assert {state for _, _, state in notices(owner, shop)} == {"pending"}
    carry_due(shop.brand_id, NOON)
    assert {state for _, _, state in notices(owner, shop)} == {"sent"}


def test_nobody_is_told_at_night_of_what_has_two_weeks_of_time(shop) -> None:
    answer(shop, ad_sms="granted")
    assert tell_consents(shop.brand_id, NIGHT) == 0
    assert texts(shop) == []


def test_before_two_years_are_over_a_consent_is_told_again_and_again_after_two_more(
    shop, owner
) -> None:
    answer(shop, ad_sms="granted")
    tell_consents(shop.brand_id, NOON)
    later = NOON + timedelta(days=710)
    tidy_consents(shop.brand_id, later)
    at(shop, later)
    assert tell_consents(shop.brand_id, later) == 1
    assert "문자: 수신 동의 (2026-11-20)" in texts(shop)[0]
    carry_due(shop.brand_id, later)
    assert ("reconfirm", "ad_sms", "sent") in notices(owner, shop)
    assert owner.execute(
        "SELECT reconfirm_on::text FROM consent_states WHERE brand_id = %s AND purpose = 'ad_sms'",
        (shop.brand_id,),
    ).fetchone() == ("2030-11-20",)


def test_a9_the_confirmation_names_a_link_for_each_channel_by_which_it_ends(shop) -> None:
    host = set_host(shop)
    answer(shop, ad_sms="granted", ad_email="granted")
    tell_consents(shop.brand_id, NOON)
    lines = texts(shop)[0].splitlines()
    ways = [line.split(f" https://{host}/u/") for line in lines if "/u/" in line]
    assert {way for way, _ in ways} == {"문자 무료수신거부", "이메일 무료수신거부"}
    assert {consents.read_unsubscribe(token).channel for _, token in ways} == {"sms", "email"}


def test_a_consent_that_was_withdrawn_is_not_confirmed_again(shop, owner) -> None:
    answer(shop, ad_sms="granted")
    tell_consents(shop.brand_id, NOON)
    later = NOON + timedelta(days=710)
    tidy_consents(shop.brand_id, later)
    at(shop, later)
    answer(shop, ad_sms="withdrawn")
    tell_consents(shop.brand_id, later)
    assert "동의 철회" in texts(shop)[0]
    assert ("reconfirm", "ad_sms", "cancelled") in notices(owner, shop)


def test_who_cannot_be_reached_is_tried_once_and_stays_overdue(app, shop, owner) -> None:
    shop.api.patch("/v1/members/ext:a", {"phone": None})
    answer(shop, ad_sms="granted")
    assert tell_consents(shop.brand_id, NOON) == 1
    assert tell_consents(shop.brand_id, NOON) == 0
    assert notices(owner, shop) == [("result", "ad_sms", "pending")]


def points_notices(shop):
    return [
        (each["days_before"], each["points"], each["state"])
        for each in shop.api.get("/v1/members/ext:a/points/notices")["data"]
    ]


def test_points_that_lapse_are_told_with_what_is_left_and_once(shop) -> None:
    shop.api.post("/v1/members/ext:a/points/accruals", {"points": 5000})
    day = NOON + timedelta(days=305)
    at(shop, day)
    prepare_notices(shop.brand_id, day)
    assert points_notices(shop) == [(60, 5000, "due")]
    shop.api.post("/v1/members/ext:a/points/redemptions", {"points": 1200})
    assert tell_points(shop.brand_id, day) == 1
    assert tell_points(shop.brand_id, day) == 0
    assert [text.split("P")[0] for text in texts(shop)] == ["[단골상회] 3,800"]
    assert points_notices(shop) == [(60, 3800, "sent")]


def test_points_of_who_cannot_be_reached_are_not_told(shop) -> None:
    shop.api.patch("/v1/members/ext:a", {"phone": None})
    shop.api.post("/v1/members/ext:a/points/accruals", {"points": 5000})
    day = NOON + timedelta(days=305)
    at(shop, day)
    prepare_notices(shop.brand_id, day)
    tell_points(shop.brand_id, day)
    assert points_notices(shop) == [(60, 5000, "cancelled")]
    assert texts(shop) == []
