"""May this be sent? The cases of warranty.md §5.2, decided with a reason for each no."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app import ids
from app.consents import services
from app.consents.rules.records import State, reconfirm_on
from app.consents.rules.sending import Message, Recipient, may_send
from app.members import services as members
from tests.consents.asking import answer, publish
from tests.support.members import make_member, member_id, unit_of_work

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 26, 12, tzinfo=SEOUL)
YES = State("granted", NOON.replace(year=2025))
ALL = dict.fromkeys(("marketing_pi", "ad_sms", "ad_kakao", "ad_email", "ad_push"), YES)
READY = Recipient(active=True, states=ALL, phone_verified=True)
BODY = "(광고) 가나상회 겨울 부츠 할인 02-123-4567 무료수신거부 080-111-2222"
AD = Message(BODY, sender="가나상회", contact="02-123-4567", opt_out="무료수신거부 080-111-2222")


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-26T{clock}").replace(tzinfo=SEOUL)


def reasons(recipient=READY, purpose="advertising", channel="sms", moment=NOON, message=AD):
    return may_send(recipient, purpose, channel, moment, message).reasons


def having(**states) -> Recipient:
    return Recipient(active=True, states={**ALL, **states}, phone_verified=True)


def test_with_every_consent_and_a_proper_text_it_may_be_sent() -> None:
    assert reasons() == ()


@pytest.mark.parametrize("channel", ["sms", "kakao", "email", "push"])
def test_a1_advertising_without_the_consent_of_its_channel_is_blocked(channel) -> None:
    without = {purpose: YES for purpose in ALL if purpose != f"ad_{channel}"}
    recipient = Recipient(active=True, states=without, phone_verified=True)
    assert reasons(recipient, channel=channel) == ("channel_consent_missing",)


@pytest.mark.parametrize("state", ["refused", "withdrawn", "expired"])
def test_a1_what_was_refused_withdrawn_or_lapsed_is_no_consent(state) -> None:
    assert reasons(having(ad_sms=State(state, NOON))) == (f"channel_consent_{state}",)
    assert reasons(having(marketing_pi=State(state, NOON))) == (f"marketing_consent_{state}",)


@pytest.mark.parametrize("channel", ["sms", "kakao", "push"])
@pytest.mark.parametrize(
    ("clock", "held"),
    [
        ("20:59:59", False), ("21:00:00", True), ("03:00:00", True), ("07:59:59", True),
        ("08:00:00", True), ("08:00:00.999999", True), ("08:00:01", False),
    ],
)  # fmt: skip
def test_a2_at_night_advertising_is_held_to_the_second(channel, clock, held) -> None:
    expected = ("quiet_hours",) if held else ()
    assert reasons(channel=channel, moment=at(clock)) == expected
    assert reasons(having(ad_night=YES), channel=channel, moment=at(clock)) == ()


def test_a2_what_is_held_is_told_until_when() -> None:
    for clock, day in (("21:00:00", 27), ("07:00:00", 26)):
        held = may_send(READY, "advertising", "sms", at(clock), AD)
        assert held.not_before == datetime(2026, 11, day, 8, 0, 1, tzinfo=SEOUL)


def test_a3_email_may_go_at_night() -> None:
    assert reasons(channel="email", moment=at("23:00:00")) == ()


def test_a4_a_message_queued_before_nine_that_is_due_after_nine_is_held() -> None:
    assert reasons(moment=at("20:55:00")) == ()
    assert reasons(moment=at("21:00:10")) == ("quiet_hours",)


@pytest.mark.parametrize("label", ["(광 고)", "[광고]", "(광/고)", "광고", " (광고)", ""])
def test_a5_any_label_but_the_exact_one_is_blocked(label) -> None:
    message = Message(BODY.replace("(광고)", label), "", AD.sender, AD.contact, AD.opt_out)
    assert "label_missing" in reasons(message=message)


@pytest.mark.parametrize("part", ["sender", "contact", "opt_out"])
def test_a6_without_sender_contact_or_way_out_it_is_blocked(part) -> None:
    parts = {"sender": AD.sender, "contact": AD.contact, "opt_out": AD.opt_out}
    shorter = BODY.replace(parts[part], "").rstrip()
    assert f"{part}_missing" in reasons(message=Message(shorter, **parts))


@pytest.mark.parametrize("purpose", ["warranty_issued", "service_status", "recall", "safety"])
def test_a13_what_serves_the_warranty_or_safety_is_no_advertising(purpose) -> None:
    stranger = Recipient(active=True)
    plain = Message("신발 수리가 끝났어요.")
    assert reasons(stranger, purpose, moment=at("23:00:00"), message=plain) == ()


def test_a13_one_coupon_line_makes_it_advertising() -> None:
    message = Message("신발 수리가 끝났어요. 10% 쿠폰도 드려요.")
    found = reasons(Recipient(active=True), "service_status", message=message)
    assert {"marketing_consent_missing", "channel_consent_missing", "label_missing"} <= set(found)


@pytest.mark.parametrize("channel", ["sms", "kakao"])
def test_a15_nobody_is_sent_advertising_to_an_unproved_number(channel) -> None:
    recipient = Recipient(active=True, states={**ALL, "ad_night": YES}, phone_verified=False)
    assert reasons(recipient, channel=channel) == ("phone_not_verified",)


def test_a9_reconfirmation_is_due_every_second_year_from_the_day_of_consent() -> None:
    day = date(2024, 11, 22)
    first = reconfirm_on(day, day)
    assert [first.isoformat(), reconfirm_on(day, first).isoformat()] == [
        "2026-11-22", "2028-11-22",
    ]  # fmt: skip
    leap = date(2024, 2, 29)
    assert reconfirm_on(leap, leap).isoformat() == "2026-02-28"


def test_a10_a_consent_past_its_second_year_stays_without_an_answer() -> None:
    old = having(ad_sms=State("granted", NOON.replace(year=2023)))
    assert reasons(old) == ()


def test_a_child_needs_the_guardian_to_have_agreed() -> None:
    child = Recipient(active=True, states=ALL, phone_verified=True, under_14=True)
    assert reasons(child) == ("guardian_consent_missing",)


def test_the_service_asks_what_the_books_say(asking) -> None:
    asking.api.put("/v1/members/ext:a", {"phone": "010-1234-5678"}, expect=201)
    path = "/v1/members/ext:a"
    answer(asking, path, marketing_pi="granted", ad_sms="granted")
    member = member_id(asking, path)

    def ask() -> tuple[str, ...]:
        with unit_of_work(asking):
            reference = ids.show("mem", member)
            return services.may_send(
                asking.brand_id, reference, "advertising", "sms", NOON, AD
            ).reasons

    assert ask() == ("phone_not_verified",)
    with unit_of_work(asking):
        assert members.verify_phone(asking.brand_id, member, now=NOON)
    assert ask() == ()
    publish(asking, "marketing_pi", retention="10년")
    assert ask() == ("marketing_text_changed",)
    asking.api.patch(path, {"phone": "010-9999-8888"})
    assert "phone_not_verified" in ask()
    asking.api.post(f"{path}/erase", {}, expect=200)
    assert ask() == ("member_gone",)


def ask(brand, member, purpose, channel, **query):
    path = f"{member}/consents/may-send?purpose={purpose}&channel={channel}"
    return brand.api.get(path + "".join(f"&{name}={value}" for name, value in query.items()))


def test_the_route_answers_with_every_reason_and_until_when_to_wait(asking, alice) -> None:
    said = ask(asking, alice, "campaign", "sms", at="2026-11-20T12:00:00Z")
    assert said["allowed"] is False
    assert said["reasons"] == [
        "marketing_consent_missing", "channel_consent_missing", "phone_not_verified",
        "quiet_hours",
    ]  # fmt: skip
    assert said["not_before"] is None
    answer(asking, alice, marketing_pi="granted", ad_push="granted")
    late = ask(asking, alice, "campaign", "push", at="2026-11-20T12:00:00Z")
    assert (late["reasons"], late["not_before"]) == (["quiet_hours"], "2026-11-20T23:00:01+00:00")
    day = ask(asking, alice, "campaign", "push", at="2026-11-20T11:59:59Z")
    assert (day["allowed"], day["advertising"], day["reasons"]) == (True, True, [])
    status = ask(asking, alice, "service_status", "sms", at="2026-11-20T12:00:00Z")
    assert (status["allowed"], status["advertising"]) == (True, False)


def test_the_route_speaks_of_the_survivor_and_of_nobody_who_is_gone(asking, alice) -> None:
    bob = make_member(asking, "bob")
    answer(asking, bob, marketing_pi="granted", ad_email="granted")
    asking.api.post(f"{bob}/merge", {"into": "ext:alice"}, expect=200)
    said = ask(asking, bob, "campaign", "email")
    assert said["member"] == asking.api.get(alice)["id"]
    assert said["reasons"] == ["marketing_consent_missing", "channel_consent_missing"]
    asking.api.post(f"{alice}/erase", expect=200)
    assert ask(asking, "/v1/members/" + said["member"], "campaign", "email")["reasons"] == [
        "member_gone"
    ]
    asking.api.refused(
        "GET", f"{bob}/consents/may-send?purpose=x&channel=fax", code="invalid_request"
    )
