"""Warranty terms over JSON: versions, warnings, which terms a product has, trying them."""

from typing import Any

from tests.support.api import TestBrand
from tests.support.problems import assert_problem

BOOTS: dict[str, Any] = {
    "name": "부츠 보증",
    "selection": {"categories": ["boots"]},
    "item": "rubber_boots",
    "months": 12,
    "exclusions": ["칼이나 못에 찢긴 경우"],
}
PATH = "/v1/warranty-terms/BOOTS"


def test_terms_are_set_shown_and_changed_by_versions(brand: TestBrand) -> None:
    made = brand.api.put(PATH, BOOTS, expect=201)
    assert made == brand.api.get(PATH)
    assert (made["version"], made["months"], made["parts_months"]) == (1, 12, 12)
    assert (made["start"], made["transferable"], made["warnings"]) == ("delivered", True, [])
    assert brand.api.put(PATH, BOOTS) == made
    changed = brand.api.put(PATH, {**BOOTS, "months": 18, "labour_months": 6})
    assert (changed["version"], changed["parts_months"], changed["labour_months"]) == (2, 18, 6)
    newest, first = brand.api.get(f"{PATH}/versions")["data"]
    assert (newest["version"], first["version"]) == (2, 1)
    assert first["definition"]["months"] == 12
    assert first["actor"].startswith("key:")
    log = brand.api.get("/v1/audit-log?subject=warranty_terms:BOOTS")["data"]
    assert [each["action"] for each in log] == ["warranty_terms.changed", "warranty_terms.created"]


def test_w12_shorter_terms_than_the_standard_are_taken_with_a_warning(brand: TestBrand) -> None:
    made = brand.api.put(PATH, {**BOOTS, "item": "leather_shoes", "months": 6}, expect=201)
    assert made["months"] == 6
    (warning,) = made["warnings"]
    assert (warning["code"], warning["field"], warning["standard"]) == (
        "shorter_than_standard", "months", 12,
    )  # fmt: skip
    assert warning["sentence"]["ko"].startswith("가죽 구두·부츠의 분쟁해결기준은 12개월인데 6개월")


def test_what_is_not_stated_follows_the_kind_of_goods(brand: TestBrand) -> None:
    made = brand.api.put(PATH, {"name": "건조기", "item": "dryer"}, expect=201)
    assert (made["months"], made["parts_retention_years"]) == (12, 7)
    assert made["core_parts"] == [{"name": "컴프레서", "months": 36}]


def test_two_terms_never_claim_the_same_product(brand: TestBrand) -> None:
    brand.api.put(PATH, BOOTS, expect=201)
    brand.api.put("/v1/warranty-terms/REST", {"name": "나머지"}, expect=201)
    for selection in ({"categories": ["hats", "boots"]}, None):
        body = {"name": "다른 보증", **({"selection": selection} if selection else {})}
        response = brand.api.send("PUT", "/v1/warranty-terms/OTHER", body)
        assert_problem(response, 409, "warranty_terms_overlap", pointer="/selection")
    brand.api.refused("GET", "/v1/warranty-terms/OTHER", code="warranty_terms_not_found")
    brand.api.put("/v1/warranty-terms/ONE", {"name": "A", "selection": {"skus": ["A"]}}, expect=201)
    brand.api.post(f"{PATH}/end", expect=200)
    brand.api.put("/v1/warranty-terms/OTHER", {**BOOTS, "name": "새 보증"}, expect=201)


def test_what_has_ended_does_not_change_any_more(brand: TestBrand) -> None:
    brand.api.put(PATH, BOOTS, expect=201)
    assert brand.api.post(f"{PATH}/end", expect=200)["status"] == "ended"
    assert brand.api.post(f"{PATH}/end", expect=200)["status"] == "ended"
    brand.api.refused("PUT", PATH, {**BOOTS, "months": 1}, code="warranty_terms_ended")
    assert brand.api.get(PATH)["months"] == 12
    assert brand.api.get("/v1/warranty-terms?status=active")["data"] == []


def test_terms_are_tried_on_dates(brand: TestBrand) -> None:
    brand.api.put(PATH, BOOTS, expect=201)
    found = brand.api.get(
        f"{PATH}/coverage?registered_on=2026-05-04&delivered_on=2026-03-05&on=2027-03-06"
    )
    assert (found["state"], found["starts_on"], found["ends_on"]) == (
        "out", "2026-03-05", "2027-03-05",
    )  # fmt: skip
    made = brand.api.get(f"{PATH}/coverage?manufactured_on=2025-11-30&on=2026-03-01")
    assert (made["state"], made["basis"], made["starts_on"]) == ("in", "manufactured", "2026-02-28")
    assert brand.api.get(f"{PATH}/coverage")["state"] == "unknown"
    problem = brand.api.refused(
        "GET", f"{PATH}/coverage?purchased_on=2026-03-05", code="invalid_request"
    )
    assert problem["errors"][0]["pointer"] == "/registered_on"


def test_fields_that_mean_nothing_together_are_refused(brand: TestBrand) -> None:
    for body, pointer in (
        ({"registration_within_days": 30}, "/registration_within_days"),
        ({"registration_bonus_within_days": 30}, "/registration_bonus_within_days"),
        ({"core_parts": [{"name": "굽", "months": 1}] * 2}, "/core_parts"),
        ({"item": "spaceship"}, "/item"),
    ):
        response = brand.api.send("PUT", PATH, {"name": "부츠", **body})
        assert_problem(response, 422, "invalid_request", pointer=pointer)
    brand.api.refused("GET", PATH, code="warranty_terms_not_found")
