"""Registrations: one owner at a time, whoever tries."""

from typing import Any

import pytest

from app import events
from app.warranties.events import UnitMoved, WarrantyEnded, WarrantyRegistered
from app.warranties.rules.claims import UNITS_OF_ORDER_MAX
from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.support.parallel import at_once
from tests.support.statements import noted
from tests.warranties.shop import audit, make_batch, open_shop, register, serials_of

NOW = "2026-11-22T10:00:00+09:00"


@pytest.fixture
def boots(brand: TestBrand) -> list[str]:
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    open_shop(brand)
    for name in ("mina", "jun"):
        make_member(brand, name)
    return serials_of(brand, make_batch(brand, 3, manufactured_on="2026-01-15"))


def points(brand: TestBrand, member: str) -> int:
    available: int = brand.api.get(f"/v1/members/ext:{member}/points")["available"]
    return available


def test_a_unit_is_registered_and_covered_from_what_is_told(
    brand: TestBrand, boots: list[str]
) -> None:
    told = {"purchased_on": "2026-11-18", "delivered_on": "2026-11-20"}
    made = register(brand, boots[0], "mina", channel="coupang", **told)
    assert (made["unit"], made["status"], made["proof"]) == (boots[0], "active", "told")
    assert made["certificate"] == f"{boots[0]}-1"
    # Nobody has looked at it yet, and the unit's own dates give less.
    coverage = made["coverage"]
    assert (coverage["basis"], coverage["provisional"]) == ("manufactured", True)

    path = f"/v1/warranties/{made['id']}"
    proven = brand.api.post(f"{path}/proof", {"proof": "proven", "reason": "주문 확인"}, expect=200)
    assert proven["coverage"]["basis"] == "delivered"
    assert (proven["coverage"]["ends_on"], proven["coverage"]["provisional"]) == (
        "2027-11-20", False,
    )  # fmt: skip
    assert brand.api.get(path) == proven
    assert brand.api.get(f"/v1/units/{boots[0]}")["coverage"] == proven["coverage"]
    assert audit(brand) == []


def test_of_fifty_who_claim_one_unit_at_once_one_gets_it(
    brand: TestBrand, boots: list[str]
) -> None:
    people = [f"p{number}" for number in range(50)]
    for person in people:
        make_member(brand, person)

    def call(person: str) -> Any:
        body = {"unit": boots[0], "member": f"ext:{person}", "channel": "naver"}
        return brand.api.send("POST", "/v1/warranties", body)

    answers = at_once([lambda person=person: call(person) for person in people])

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {answer.get_json(force=True)["code"] for answer in refused} == {"warranty_taken"}
    assert len(brand.api.get(f"/v1/warranties?unit={boots[0]}")["data"]) == 1
    assert audit(brand) == []


def test_the_same_member_again_hears_what_is_registered(brand: TestBrand, boots: list[str]) -> None:
    first = register(brand, boots[0], "mina")
    body = {"unit": boots[0].lower(), "member": "ext:mina", "channel": "gift"}
    assert brand.api.post("/v1/warranties", body, expect=200) == first


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"purchased_on": "2026-11-23"}, "/purchased_on"),
        ({"delivered_on": "2026-11-23"}, "/delivered_on"),
        ({"delivered_on": "2026-01-14"}, "/delivered_on"),
        ({"purchased_on": "2025-02-01", "delivered_on": "2026-03-01"}, "/delivered_on"),
        ({"purchased_on": "2025-01-01"}, "/purchased_on"),  # more than a year before it was made
    ],
)
def test_days_that_cannot_be_are_refused(
    brand: TestBrand, boots: list[str], told: dict[str, str], pointer: str
) -> None:
    body = {"unit": boots[0], "member": "ext:mina", "channel": "offline", **told}
    refused = brand.api.refused("POST", "/v1/warranties", body, code="warranty_day_impossible")
    assert refused["errors"][0]["pointer"] == pointer
    assert brand.api.get(f"/v1/units/{boots[0]}")["state"] == "generated"


def test_a_unit_that_is_reported_void_or_not_known_is_not_registered(
    brand: TestBrand, boots: list[str]
) -> None:
    flag = {"flag": "stolen", "reason": "신고"}
    brand.api.post(f"/v1/units/{boots[0]}/flags", flag, expect=200)
    void = {"step": "void", "reason": "오인쇄"}
    brand.api.post(f"/v1/units/{boots[1]}/steps", void, expect=200)
    for serial, code in (
        (boots[0], "warranty_unit_reported"),
        (boots[1], "unit_step_refused"),
        ("000-000-00Z", "unit_not_found"),
    ):
        body = {"unit": serial, "member": "ext:mina", "channel": "gift"}
        brand.api.refused("POST", "/v1/warranties", body, code=code)
    assert brand.api.get("/v1/warranties")["data"] == []


def test_one_order_registers_no_more_units_than_a_household_buys(brand: TestBrand) -> None:
    open_shop(brand)
    make_member(brand, "mina")
    boots = serials_of(brand, make_batch(brand, UNITS_OF_ORDER_MAX + 1))
    for serial in boots[:-1]:
        register(brand, serial, "mina", channel="coupang", order_number="123-4567 890")
    body = {
        "unit": boots[-1], "member": "ext:mina", "channel": "coupang", "order_number": "1234567890",
    }  # fmt: skip
    brand.api.refused("POST", "/v1/warranties", body, code="warranty_order_overused")
    made = register(brand, boots[-1], "mina", channel="naver", order_number="1234567890")
    assert made["has_order_number"] is True


def test_a_unit_is_handed_over_with_its_coverage_and_without_its_order_number(
    brand: TestBrand, boots: list[str]
) -> None:
    told = {"delivered_on": "2026-11-01", "order_number": "777", "proven": True}
    first = register(brand, boots[0], "mina", channel="musinsa", **told)
    months = {"months": 6, "reason": "사과"}
    longer = brand.api.post(f"/v1/warranties/{first['id']}/extensions", months, expect=200)
    assert longer["coverage"]["ends_on"] == "2028-05-01"

    body = {"to": "ext:jun", "reason": "중고 거래"}
    second = brand.api.post(f"/v1/warranties/{first['id']}/transfer", body, expect=200)

    assert second["certificate"] == f"{boots[0]}-2"
    assert second["coverage"] == longer["coverage"]
    assert (second["has_order_number"], second["proof"]) == (False, "proven")
    former = brand.api.get(f"/v1/warranties/{first['id']}")
    assert (former["status"], former["end_cause"]) == ("ended", "transferred")
    assert brand.api.get("/v1/warranties?member=ext:mina&status=active")["data"] == []
    brand.api.refused("POST", f"/v1/warranties/{first['id']}/transfer", body, code="warranty_over")
    steps = [each["step"] for each in brand.api.get(f"/v1/units/{boots[0]}/events")["data"]]
    assert steps == ["transfer", "extend", "claim", "make"]
    assert audit(brand) == []


def test_terms_may_forbid_a_transfer(brand: TestBrand, boots: list[str]) -> None:
    terms = {"name": "1년 보증", "months": 12, "transferable": False}
    brand.api.put("/v1/warranty-terms/BASE", terms)
    later = serials_of(brand, make_batch(brand, 1))
    body = {"to": "ext:jun", "reason": "중고 거래"}
    bound = register(brand, later[0], "mina")
    brand.api.refused(
        "POST", f"/v1/warranties/{bound['id']}/transfer", body, code="warranty_not_transferable"
    )
    # Shorter terms never touch what exists, and neither do these.
    free = register(brand, boots[0], "mina")
    brand.api.post(f"/v1/warranties/{free['id']}/transfer", body, expect=200)


@pytest.mark.parametrize(("step", "cause"), [("release", "released"), ("void", "void")])
def test_a_step_that_parts_a_unit_from_its_owner_ends_the_registration(
    brand: TestBrand, boots: list[str], step: str, cause: str
) -> None:
    made = register(brand, boots[0], "mina")
    body = {"step": step, "reason": "오등록"}
    brand.api.post(f"/v1/units/{boots[0]}/steps", body, expect=200)
    assert brand.api.get(f"/v1/warranties/{made['id']}")["end_cause"] == cause
    assert audit(brand) == []


def test_the_unit_given_in_exchange_belongs_to_the_same_member(
    brand: TestBrand, boots: list[str]
) -> None:
    made = register(brand, boots[0], "mina", delivered_on="2026-02-01", proven=True)
    body = {"step": "replace", "by": boots[1], "reason": "교환"}
    brand.api.post(f"/v1/units/{boots[0]}/steps", body, expect=200)
    assert brand.api.get(f"/v1/warranties/{made['id']}")["end_cause"] == "replaced"
    owned = brand.api.get("/v1/warranties?member=ext:mina&status=active")["data"]
    assert [each["unit"] for each in owned] == [boots[1]]
    coverage = brand.api.get(f"/v1/warranties/{owned[0]['id']}")["coverage"]
    assert (coverage["basis"], coverage["ends_on"]) == ("exchanged", "2027-11-22")
    assert audit(brand) == []


def test_registrations_follow_a_merge_and_an_erasure_frees_the_unit(
    brand: TestBrand, boots: list[str]
) -> None:
    made = register(brand, boots[0], "mina", order_number="42")
    brand.api.post("/v1/members/ext:mina/merge", {"into": "ext:jun"}, expect=200)
    assert len(brand.api.get("/v1/warranties?member=ext:jun")["data"]) == 1

    brand.api.post("/v1/members/ext:jun/erase", expect=200)

    gone = brand.api.get(f"/v1/warranties/{made['id']}")
    assert (gone["end_cause"], gone["has_order_number"]) == ("erased", False)
    assert brand.api.get(f"/v1/units/{boots[0]}")["state"] == "released"
    assert audit(brand) == []
    make_member(brand, "next")
    assert register(brand, boots[0], "next")["certificate"] == f"{boots[0]}-2"


def test_the_first_registration_of_a_unit_is_rewarded_once(
    brand: TestBrand, boots: list[str]
) -> None:
    rule = {
        "name": "정품 등록",
        "trigger": {"on": "warranty_registered"},
        "effects": [{"points": 3000}],
    }
    brand.api.put("/v1/reward-rules/GENUINE", rule, expect=201)
    brand.api.post("/v1/reward-rules/GENUINE/activate", expect=200)
    made = register(brand, boots[0], "mina")
    assert points(brand, "mina") == 3000
    register(brand, boots[1], "mina")
    assert points(brand, "mina") == 6000  # another unit

    body = {"to": "ext:jun", "reason": "선물"}
    brand.api.post(f"/v1/warranties/{made['id']}/transfer", body, expect=200)
    brand.api.post(
        f"/v1/units/{boots[0]}/steps", {"step": "release", "reason": "오등록"}, expect=200
    )
    register(brand, boots[0], "jun")
    assert (points(brand, "mina"), points(brand, "jun")) == (6000, 0)


def test_claims_transfers_and_voids_at_once_leave_one_truth(
    brand: TestBrand, boots: list[str]
) -> None:
    made = register(brand, boots[0], "mina")
    transfer = {"to": "ext:jun", "reason": "중고"}
    void = {"step": "void", "reason": "분실"}
    claim = {"unit": boots[0], "member": "ext:jun", "channel": "gift"}
    requests = [
        (f"/v1/warranties/{made['id']}/transfer", transfer),
        (f"/v1/units/{boots[0]}/steps", void),
        ("/v1/warranties", claim),
    ] * 4

    def call(path: str, body: dict[str, str]) -> int:
        return brand.api.send("POST", path, body).status_code

    answers = at_once([lambda each=each: call(*each) for each in requests])

    assert set(answers) <= {200, 201, 409}
    assert brand.api.get(f"/v1/units/{boots[0]}")["state"] == "void"
    assert audit(brand) == []


def test_every_change_of_owner_is_told_once(
    brand: TestBrand, boots: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    for kind in (UnitMoved, WarrantyEnded, WarrantyRegistered):
        monkeypatch.setitem(events.HANDLERS, kind, [heard.append])

    def told() -> list[str]:
        names = [
            each.step if isinstance(each, UnitMoved) else type(each).__name__ for each in heard
        ]
        heard.clear()
        return names

    made = register(brand, boots[0], "mina")
    assert told() == ["WarrantyRegistered", "claim"]
    transfer = {"to": "ext:jun", "reason": "중고 거래"}
    brand.api.post(f"/v1/warranties/{made['id']}/transfer", transfer, expect=200)
    assert told() == ["WarrantyEnded", "WarrantyRegistered"]
    replace = {"step": "replace", "by": boots[1], "reason": "교환"}
    brand.api.post(f"/v1/units/{boots[0]}/steps", replace, expect=200)
    assert told() == ["WarrantyEnded", "WarrantyRegistered", "claim", "replace"]
    brand.api.post("/v1/members/ext:jun/erase", expect=200)
    assert told() == ["WarrantyEnded", "release"]


# Each breaks one thing behind the application's back.
BROKEN = {
    "claimed_units_have_one_owner": """
        UPDATE warranties SET ended_at = now(), end_cause = 'void' WHERE ended_at IS NULL
    """,
    "registrations_are_numbered": "UPDATE warranties SET seq = seq + 1 WHERE true",
    "extensions_have_their_event": """
        INSERT INTO warranty_extensions
        SELECT brand_id, gen_random_uuid(), unit_id, 1, 'all', 'x', 'x', now()
          FROM warranties WHERE true
    """,
}


@pytest.mark.parametrize("check", BROKEN)
def test_the_audit_finds_what_is_broken(
    brand: TestBrand, boots: list[str], owner: Any, check: str
) -> None:
    made = register(brand, boots[0], "mina")
    months = {"months": 6, "reason": "사과"}
    brand.api.post(f"/v1/warranties/{made['id']}/extensions", months, expect=200)
    assert audit(brand) == []
    owner.execute(f"{BROKEN[check]} AND brand_id = %s", (brand.brand_id,))
    assert [finding.check for finding in audit(brand)] == [check]


def test_a_list_asks_no_more_for_many_than_for_one(brand: TestBrand, boots: list[str]) -> None:
    register(brand, boots[0], "mina")
    with noted(brand.app) as one:
        brand.api.get("/v1/warranties")
    for serial in boots[1:]:
        register(brand, serial, "mina")
    with noted(brand.app) as three:
        assert len(brand.api.get("/v1/warranties")["data"]) == 3
    assert len(three) == len(one)


def test_c7_a_phone_is_never_needed_for_what_does_not_need_it(brand: TestBrand) -> None:
    open_shop(brand)
    (serial,) = serials_of(brand, make_batch(brand, 1))
    shown = brand.api.put("/v1/members/ext:bare", {}, expect=201)
    assert (shown["name"], shown["phone"], shown["email"]) == (None, None, None)
    register(brand, serial, "bare", purchased_on="2026-05-01")
    brand.api.post("/v1/members/ext:bare/points/accruals", {"points": 100})
    assert brand.api.get(f"/v1/units/{serial}")["coverage"]["ends_on"]
    assert brand.api.get("/v1/members/ext:bare/points")["available"] == 100
