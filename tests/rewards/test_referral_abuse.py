"""Invitations that look wrong: refused, or left to staff, with the reason."""

import pytest

from tests.rewards.invitations import confirm, invite, pair, referral_of, state_of
from tests.support.api import TestBrand
from tests.support.members import make_member

PHONE, EMAIL = "010-1234-5678", "kim@example.com"


def test_ones_own_code_is_refused(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    code = brand.api.get(f"{path}/referral-code")["code"]
    brand.api.patch(path, {"referred_by_code": code})
    assert state_of(brand, path) == ("refused", ["self_referral"])


@pytest.mark.parametrize(
    ("mine", "theirs", "reason"),
    [
        ({"phone": PHONE}, {"phone": "+82 10 1234 5678"}, "same_phone"),
        ({"email": EMAIL}, {"email": "Kim@Example.com"}, "same_email"),
    ],
)
def test_the_same_phone_or_email_is_the_same_person(
    brand: TestBrand, mine: dict, theirs: dict, reason: str
) -> None:
    brand.api.put("/v1/members/ext:a", mine, expect=201)
    invitee = invite(brand, "/v1/members/ext:a", "b", **theirs)
    assert state_of(brand, invitee) == ("refused", [reason])


def test_a_phone_that_is_told_later_is_found_with_the_order(brand: TestBrand) -> None:
    inviter, invitee = pair(brand)
    for path in (inviter, invitee):
        brand.api.patch(path, {"phone": PHONE})
    assert state_of(brand, invitee) == ("pending", [])

    confirm(brand, invitee)

    assert state_of(brand, invitee) == ("refused", ["same_phone"])


def test_a_second_account_of_a_customer_is_left_to_staff(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:old", {"phone": PHONE}, expect=201)
    _, invitee = pair(brand, phone=PHONE)
    assert state_of(brand, invitee) == ("review", ["known_contact"])


def test_who_lives_with_the_inviter_is_left_to_staff(brand: TestBrand) -> None:
    inviter, invitee = pair(brand)
    confirm(brand, inviter, address=b"seoul 1")

    confirm(brand, invitee, address=b"seoul 1")

    assert state_of(brand, invitee) == ("review", ["same_address"])


def test_accounts_of_one_inviter_that_live_together_are_left_to_staff(brand: TestBrand) -> None:
    inviter = make_member(brand, "a")
    first, second, elsewhere = (invite(brand, inviter, name) for name in "bcd")
    confirm(brand, first, address=b"seoul 1")
    confirm(brand, second, address=b"seoul 1")
    confirm(brand, elsewhere, address=b"busan 2")

    assert state_of(brand, first) == ("qualified", [])
    assert state_of(brand, second) == ("review", ["same_address"])
    assert state_of(brand, elsewhere) == ("qualified", [])


def test_neighbours_of_strangers_are_no_matter(brand: TestBrand) -> None:
    _, invitee = pair(brand)
    stranger = make_member(brand, "stranger")
    confirm(brand, stranger, address=b"seoul 1")
    confirm(brand, invitee, address=b"seoul 1")
    assert state_of(brand, invitee) == ("qualified", [])


@pytest.mark.parametrize("length", [2, 3, 5])
def test_a_ring_of_members_who_invite_each_other_is_refused(brand: TestBrand, length: int) -> None:
    first = last = make_member(brand, "m0")
    for number in range(1, length):
        last = invite(brand, last, f"m{number}")
        assert state_of(brand, last) == ("pending", [])
    code = brand.api.get(f"{last}/referral-code")["code"]

    brand.api.patch(first, {"referred_by_code": code})

    assert state_of(brand, first) == ("refused", ["ring"])


def test_a_brand_decides_what_is_looked_at_how(make_brand) -> None:
    brand = make_brand(
        referral={"same_contact": "review", "same_address": "allow", "existing_customer": "allow"}
    )
    brand.api.put("/v1/members/ext:a", {"phone": PHONE}, expect=201)
    same = invite(brand, "/v1/members/ext:a", "b", phone=PHONE)
    old = invite(brand, "/v1/members/ext:a", "c", joined_on="2020-01-01")
    confirm(brand, old, first=False)

    assert state_of(brand, same) == ("review", ["same_phone"])
    assert state_of(brand, old) == ("qualified", [])


def test_staff_find_the_queue_and_decide_with_a_reason(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:old", {"phone": PHONE}, expect=201)
    inviter, invitee = pair(brand, phone=PHONE)
    other = invite(brand, inviter, "other", phone=PHONE)
    confirm(brand, invitee)
    queue = brand.api.get("/v1/referrals?state=review")["data"]
    assert [each["id"] for each in queue] == [
        referral_of(brand, path)["id"] for path in (other, invitee)
    ]

    approved = brand.api.post(
        f"/v1/referrals/{queue[1]['id']}/approve", {"reason": "모녀예요"}, expect=200
    )
    refused = brand.api.post(f"/v1/referrals/{queue[0]['id']}/refuse", expect=200)

    assert (approved["state"], approved["approved"]) == ("qualified", True)
    assert refused["state"] == "refused"
    assert referral_of(brand, invitee)["note"] == "모녀예요"
    assert "note" not in approved
    assert brand.api.get("/v1/referrals?state=review")["data"] == []
    actions = [
        each["action"]
        for each in brand.api.get(f"/v1/audit-log?subject=referral:{queue[1]['id']}")["data"]
    ]
    assert actions == ["referral.approved"]


def test_what_is_approved_before_the_order_waits_for_it(brand: TestBrand) -> None:
    brand.api.put("/v1/members/ext:a", {"phone": PHONE}, expect=201)
    invitee = invite(brand, "/v1/members/ext:a", "b", phone=PHONE)
    referral = referral_of(brand, invitee)["id"]

    shown = brand.api.post(f"/v1/referrals/{referral}/approve", expect=200)
    assert shown["state"] == "pending"
    confirm(brand, invitee)

    assert referral_of(brand, invitee)["state"] == "qualified"


def test_what_is_over_cannot_be_decided(brand: TestBrand) -> None:
    _, invitee = pair(brand)
    referral = referral_of(brand, invitee)["id"]
    brand.api.refused(
        "POST", f"/v1/referrals/{referral}/approve", {}, code="referral_not_decidable"
    )
    confirm(brand, invitee)
    for action in ("approve", "refuse"):
        brand.api.refused(
            "POST", f"/v1/referrals/{referral}/{action}", {}, code="referral_not_decidable"
        )
    brand.api.refused("POST", "/v1/referrals/ref_0/approve", {}, code="referral_not_found")


def test_addresses_and_notes_of_an_erased_member_are_forgotten(brand: TestBrand, owner) -> None:
    inviter, invitee = pair(brand)
    referral = f"/v1/referrals/{referral_of(brand, invitee)['id']}"
    brand.api.post(f"{referral}/refuse", {"reason": "김단골 님과 통화"}, expect=200)
    confirm(brand, invitee, address=b"seoul 1")
    assert brand.api.get(referral)["note"] is not None

    brand.api.post(f"{inviter}/erase", expect=200)
    assert brand.api.get(referral)["note"] is None
    brand.api.post(f"{invitee}/erase", expect=200)

    left = owner.execute(
        "SELECT count(*) FROM referral_addresses WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()
    assert left == (0,)
