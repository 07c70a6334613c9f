"""Advertising asks for consent at the moment of handing over, and keeps the night."""

from datetime import UTC, datetime, timedelta

import pytest

from app import ids
from app.consents import services as consents
from app.db import transaction
from app.members import services as members
from app.messages import services
from app.messages.jobs import carry_due
from tests.consents.asking import publish
from tests.messages.post import set_host

EVENING = datetime(2026, 11, 20, 11, 59, 59, tzinfo=UTC)  # 20:59:59 in Seoul
NIGHT = EVENING + timedelta(seconds=1)
POLICY = {"contact": "02-1234-5678", "opt_out": "무료수신거부 080-123-4567"}


@pytest.fixture
def shop(app, make_brand):
    brand = make_brand(messages=POLICY)
    brand.api.post("/v1/test-clock", {"now": "2026-11-20T00:00:00Z"}, expect=200)
    member = brand.api.put("/v1/members/ext:a", {"phone": "010-1234-5678"}, expect=201)
    for purpose in ("marketing_pi", "ad_sms"):
        publish(brand, purpose)
    with app.app_context():
        yield Shop(brand, ids.read("mem", member["id"]))


class Shop:
    def __init__(self, brand, member_id):
        self.brand = brand
        self.member_id = member_id

    def consent(self, choice="granted"):
        decisions = [
            {"purpose": purpose, "choice": choice} for purpose in ("marketing_pi", "ad_sms")
        ]
        self.brand.api.post(
            "/v1/members/ext:a/consents",
            {"decisions": decisions, "source": "my_page"},
            expect=200,
        )
        with transaction(self.brand.brand_id):
            members.verify_phone(self.brand.brand_id, self.member_id, now=EVENING)

    def advertise(self, at):
        with transaction(self.brand.brand_id):
            services.send(
                self.brand.brand_id,
                "certificate_link",
                member_id=self.member_id,
                variables={"product": "부츠", "link": "https://a.example"},
                purpose="campaign",
                now=at,
            )

    def newest(self):
        with transaction(self.brand.brand_id):
            return services.list_outbox(self.brand.brand_id, 1)[0]

    def state(self):
        message = self.newest().message
        return message.state, message.reason


def test_advertising_begins_with_the_label_and_ends_with_the_way_out(shop) -> None:
    shop.consent()
    shop.advertise(EVENING)
    carry_due(shop.brand.brand_id, EVENING)
    assert shop.state() == ("delivered", None)
    text = shop.newest().texts["sms"]["text"]
    assert text.startswith("(광고)[단골상회]")
    assert text.endswith("문의 02-1234-5678\n무료수신거부 080-123-4567")


def test_advertising_without_consent_is_never_sent(shop) -> None:
    shop.advertise(EVENING)
    carry_due(shop.brand.brand_id, EVENING)
    assert shop.state() == ("failed", "marketing_consent_missing")


def test_advertising_that_comes_to_its_turn_at_nine_waits_for_the_morning(shop) -> None:
    shop.consent()
    shop.advertise(EVENING)
    carry_due(shop.brand.brand_id, NIGHT)
    assert shop.state() == ("queued", "quiet_hours")
    carry_due(shop.brand.brand_id, NIGHT + timedelta(hours=11))
    assert shop.state()[0] == "queued"
    carry_due(shop.brand.brand_id, NIGHT + timedelta(hours=11, seconds=1))
    assert shop.state() == ("delivered", None)


def test_who_withdraws_in_the_night_gets_nothing_in_the_morning(shop) -> None:
    shop.consent()
    shop.advertise(NIGHT)
    carry_due(shop.brand.brand_id, NIGHT)
    shop.consent("withdrawn")
    carry_due(shop.brand.brand_id, NIGHT + timedelta(hours=11, seconds=1))
    assert shop.state() == ("failed", "marketing_consent_withdrawn")


def test_information_is_sent_at_night(shop) -> None:
    with transaction(shop.brand.brand_id):
        services.send(
            shop.brand.brand_id,
            "certificate_link",
            member_id=shop.member_id,
            variables={"product": "부츠", "link": "https://a.example"},
            purpose="service_status",
            now=NIGHT,
        )
    carry_due(shop.brand.brand_id, NIGHT)
    assert shop.state() == ("delivered", None)
    assert not shop.newest().texts["sms"]["text"].startswith("(광고)")


def test_with_a_host_the_way_out_is_a_link_of_this_member_and_channel(shop) -> None:
    host = set_host(shop.brand)
    shop.consent()
    shop.advertise(EVENING)
    last = shop.newest().texts["sms"]["text"].splitlines()[-1]
    way, _, token = last.rpartition("/u/")
    assert way == f"무료수신거부 https://{host}"
    link = consents.read_unsubscribe(token)
    assert link == consents.Unsubscribe(shop.brand.brand_id, shop.member_id, "sms")
    set_host(shop.brand)
    carry_due(shop.brand.brand_id, EVENING)  # judged by the way out it was written with
    assert shop.state() == ("delivered", None)


def test_who_unsubscribes_while_it_waits_gets_nothing(shop) -> None:
    set_host(shop.brand)
    shop.consent()
    shop.advertise(NIGHT)
    token = shop.newest().texts["sms"]["text"].rpartition("/u/")[2]
    with transaction(shop.brand.brand_id):
        consents.unsubscribe(consents.read_unsubscribe(token), now=NIGHT)
    carry_due(shop.brand.brand_id, NIGHT)
    assert shop.state() == ("failed", "channel_consent_withdrawn")
