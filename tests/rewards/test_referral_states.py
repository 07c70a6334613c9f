"""An invitation: from the code to an order that qualifies it, or to a refusal."""

from functools import partial

import pytest

from tests.rewards.invitations import (
    confirm,
    invite,
    pair,
    referral_of,
    refund,
    state_of,
)
from tests.support.api import TestBrand
from tests.support.members import advance, make_member
from tests.support.parallel import at_once

LINK = "https://shop.example.com/join?ref={code}"


def test_a_member_has_one_code_and_a_link(make_brand) -> None:
    brand = make_brand(referral={"link": LINK})
    path = make_member(brand, "a")

    first = brand.api.get(f"{path}/referral-code")

    assert brand.api.get(f"{path}/referral-code") == first
    assert first["link"] == LINK.replace("{code}", first["code"])
    assert len(first["code"]) == 8
    assert set(first["invited"].values()) == {0}
    assert first["referred_by"] == {"code": None, "referral": None, "state": None}


def test_first_askers_at_the_same_moment_get_the_same_code(busy: TestBrand) -> None:
    path = make_member(busy, "a")
    codes = at_once([lambda: busy.api.get(f"{path}/referral-code")["code"]] * 12)
    assert len(set(codes)) == 1


def test_an_invitation_waits_until_the_first_order_is_confirmed(brand: TestBrand) -> None:
    inviter, invitee = pair(brand)
    assert state_of(brand, invitee) == ("pending", [])

    order_id = confirm(brand, invitee)

    shown = referral_of(brand, invitee)
    assert (shown["state"], shown["order_amount"]) == ("qualified", 30_000)
    assert brand.api.get(f"{inviter}/referral-code")["invited"]["qualified"] == 1
    assert confirm(brand, invitee, order_id=order_id) == order_id
    assert referral_of(brand, invitee) == shown


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-", "ｌ{}"])
def test_a_code_is_read_however_it_is_typed(brand: TestBrand, typed: str) -> None:
    inviter = make_member(brand, "inviter")
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    if typed.startswith("ｌ"):  # full width, small, hyphens
        typed = "".join(chr(ord(each) + 0xFEE0) for each in f"{code[:4]}-{code[4:]}".lower())
    else:
        typed = typed.format(code.lower())

    brand.api.put("/v1/members/ext:b", {"referred_by_code": typed}, expect=201)

    assert state_of(brand, "/v1/members/ext:b") == ("pending", [])


def test_a_code_nobody_has_is_kept_and_changes_nothing(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:b", {"referred_by_code": "FRIEND10"}, expect=201)

    shown = brand.api.get("/v1/members/ext:b/referral-code")["referred_by"]
    assert shown == {"code": "FRIEND10", "referral": None, "state": None}
    assert brand.api.get("/v1/referrals")["data"] == []


def test_a_code_may_be_entered_after_joining(brand: TestBrand) -> None:
    inviter = make_member(brand, "a")
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    make_member(brand, "soon")
    brand.api.patch("/v1/members/ext:soon", {"referred_by_code": code})
    brand.api.put("/v1/members/ext:late", {"joined_on": "2020-01-01"}, expect=201)
    brand.api.patch("/v1/members/ext:late", {"referred_by_code": code})

    assert state_of(brand, "/v1/members/ext:soon") == ("pending", [])
    assert state_of(brand, "/v1/members/ext:late") == ("refused", ["joined_earlier"])


def test_an_order_below_the_minimum_lets_a_later_one_qualify(make_brand) -> None:
    brand = make_brand(referral={"minimum_amount": 20_000})
    _, invitee = pair(brand)

    confirm(brand, invitee, 19_999)
    assert state_of(brand, invitee) == ("pending", [])
    confirm(brand, invitee, 20_000, first=False)

    assert state_of(brand, invitee) == ("qualified", [])


def test_who_had_bought_before_is_no_new_customer(brand: TestBrand) -> None:
    _, invitee = pair(brand)
    confirm(brand, invitee, first=False)
    assert state_of(brand, invitee) == ("refused", ["existing_customer"])


def test_an_invitation_waits_for_the_quiz(make_brand) -> None:
    brand = make_brand(referral={"gates": ["quiz_passed"]})
    _, invitee = pair(brand)
    confirm(brand, invitee)
    waiting = referral_of(brand, invitee)
    assert (waiting["state"], waiting["missing_events"]) == ("pending", ["quiz_passed"])
    event = {"member": "ext:invitee", "external_id": "1"}
    assert brand.api.post("/v1/events", {**event, "type": "survey"})["referral"] is None

    told = brand.api.post("/v1/events", {**event, "type": "quiz_passed"})

    assert told["referral"]["state"] == "qualified"
    assert referral_of(brand, invitee)["missing_events"] == []


def test_the_quiz_may_be_passed_before_the_order(make_brand) -> None:
    brand = make_brand(referral={"gates": ["quiz_passed"]})
    _, invitee = pair(brand)
    event = {"type": "quiz_passed", "member": "ext:invitee", "external_id": "1"}
    assert brand.api.post("/v1/events", event)["referral"] is None

    confirm(brand, invitee)

    assert state_of(brand, invitee) == ("qualified", [])


def test_an_inviter_is_rewarded_only_so_often_in_a_month(make_brand) -> None:
    brand = make_brand(referral={"inviter_limit": 2, "inviter_limit_period": "month"})
    brand.api.post("/v1/test-clock", {"now": "2026-05-31T23:30:00+09:00"}, expect=200)
    inviter = make_member(brand, "a")
    invited = [invite(brand, inviter, f"b{number}") for number in range(4)]
    for invitee in invited[:3]:
        confirm(brand, invitee)
    advance(brand, "PT1H")  # the first of June in Seoul
    confirm(brand, invited[3])

    states = [state_of(brand, invitee) for invitee in invited]
    assert states == [
        ("qualified", []),
        ("qualified", []),
        ("refused", ["inviter_limit"]),
        ("qualified", []),
    ]


def test_orders_confirmed_at_the_same_moment_do_not_pass_the_limit(busy: TestBrand) -> None:
    busy.api.patch("/v1/brand", {"referral": {"inviter_limit": 3}})
    inviter = make_member(busy, "a")
    invited = [invite(busy, inviter, f"b{number}") for number in range(10)]

    at_once([partial(confirm, busy, path) for path in invited])

    counts = busy.api.get(f"{inviter}/referral-code")["invited"]
    assert (counts["qualified"], counts["refused"]) == (3, 7)


def test_a_refund_reverses_an_invitation_for_good(brand: TestBrand) -> None:
    _, invitee = pair(brand)
    order_id = confirm(brand, invitee)

    assert refund(brand, order_id) is not None

    assert state_of(brand, invitee) == ("reversed", [])
    assert refund(brand, order_id) is None
    confirm(brand, invitee, first=False)
    assert state_of(brand, invitee) == ("reversed", [])


def test_what_is_left_of_the_order_may_be_enough(make_brand) -> None:
    brand = make_brand(referral={"minimum_amount": 20_000})
    _, invitee = pair(brand)
    order_id = confirm(brand, invitee, 50_000)
    brand.api.patch("/v1/brand", {"referral": {"minimum_amount": 40_000}})

    assert refund(brand, order_id, left=20_000) is None
    assert state_of(brand, invitee) == ("qualified", [])
    assert refund(brand, order_id, left=19_999) is not None
    assert state_of(brand, invitee) == ("reversed", [])


def test_an_order_given_back_while_it_waits_leaves_the_invitation_waiting(make_brand) -> None:
    brand = make_brand(referral={"gates": ["quiz_passed"]})
    _, invitee = pair(brand)
    order_id = confirm(brand, invitee)

    refund(brand, order_id)

    assert referral_of(brand, invitee)["order"] is None
    brand.api.post(
        "/v1/events", {"type": "quiz_passed", "member": "ext:invitee", "external_id": "1"}
    )
    assert state_of(brand, invitee) == ("pending", [])
    confirm(brand, invitee, first=False)
    assert state_of(brand, invitee) == ("qualified", [])


def test_a_merged_members_code_and_invitations_go_to_the_survivor(brand: TestBrand) -> None:
    inviter, invitee = pair(brand)
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    survivor = make_member(brand, "survivor")
    other = make_member(brand, "other")
    brand.api.post(f"{inviter}/merge", {"into": "ext:survivor"}, expect=200)
    brand.api.post(f"{invitee}/merge", {"into": "ext:other"}, expect=200)

    brand.api.put("/v1/members/ext:late", {"referred_by_code": code}, expect=201)
    confirm(brand, other)

    assert brand.api.get(f"{survivor}/referral-code")["invited"] == {
        "pending": 1, "review": 0, "refused": 0, "qualified": 1, "reversed": 0,
    }  # fmt: skip
    assert state_of(brand, other) == ("qualified", [])


def test_of_two_invitations_of_one_person_the_survivors_counts(brand: TestBrand) -> None:
    inviter = make_member(brand, "a")
    first, second = (invite(brand, inviter, name) for name in ("one", "two"))
    brand.api.post(f"{first}/merge", {"into": "ext:two"}, expect=200)

    assert state_of(brand, second) == ("pending", [])
    states = {each["state"] for each in brand.api.get("/v1/referrals?inviter=ext:a")["data"]}
    assert states == {"pending", "refused"}


def test_who_turns_out_to_be_their_own_inviter_is_refused(brand: TestBrand) -> None:
    _, invitee = pair(brand)
    brand.api.post(f"{invitee}/merge", {"into": "ext:inviter"}, expect=200)
    assert state_of(brand, "/v1/members/ext:inviter") == ("refused", ["self_referral"])


def test_an_erased_member_invites_and_is_invited_no_more(brand: TestBrand) -> None:
    inviter, invitee = pair(brand)
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    referral = referral_of(brand, invitee)["id"]

    brand.api.post(f"{invitee}/erase", expect=200)
    brand.api.post(f"{inviter}/erase", expect=200)
    brand.api.put("/v1/members/ext:new", {"referred_by_code": code}, expect=201)

    shown = brand.api.get(f"/v1/referrals/{referral}")
    assert shown["state"] == "refused"
    assert shown["reasons"][0]["code"] == "member_erased"
    assert brand.api.get("/v1/members/ext:new/referral-code")["referred_by"]["state"] is None
