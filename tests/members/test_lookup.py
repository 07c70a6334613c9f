"""Finding members by phone, e-mail and id, and paging through all of them."""

from typing import Any

import pytest

from tests.support.api import TestBrand


def found(brand: TestBrand, **keys: Any) -> list[str]:
    """Return the external ids found, and check that both ways to look up agree."""
    posted = brand.api.post("/v1/members/search", keys, expect=200)
    got = brand.api.get("/v1/members", query_string=keys)
    assert posted == got
    return [member["external_id"] for member in posted["data"]]


@pytest.fixture
def family(brand: TestBrand) -> TestBrand:
    """Three members, two of whom share a phone."""
    brand.api.put(
        "/v1/members/ext:a", {"phone": "010-1234-5678", "email": "a@Example.com"}, expect=201
    )
    brand.api.put(
        "/v1/members/ext:b", {"phone": "+82 10 1234 5678", "email": "B@example.com"}, expect=201
    )
    brand.api.put("/v1/members/ext:c", {"phone": "010-9999-0000"}, expect=201)
    return brand


@pytest.mark.parametrize(
    "phone", ["01012345678", "010 1234 5678", "+821012345678", "０１０－１２３４－５６７８"]
)
def test_a_phone_finds_its_members_in_any_form(family: TestBrand, phone: str) -> None:
    assert found(family, phone=phone) == ["b", "a"]


def test_an_address_finds_its_member_in_capitals_or_not(family: TestBrand) -> None:
    assert found(family, email="A@EXAMPLE.COM") == ["a"]
    assert found(family, email="b@example.com") == ["b"]


def test_keys_are_combined(family: TestBrand) -> None:
    assert found(family, phone="010-1234-5678", email="a@example.com") == ["a"]
    assert found(family, phone="010-9999-0000", email="a@example.com") == []
    assert found(family, external_id="c") == ["c"]
    assert found(family, external_id="d") == []


def test_what_a_member_had_before_finds_it_no_more(family: TestBrand) -> None:
    family.api.patch("/v1/members/ext:c", {"phone": "010-1111-2222"})
    assert found(family, phone="010-9999-0000") == []
    assert found(family, phone="010-1111-2222") == ["c"]
    family.api.patch("/v1/members/ext:c", {"phone": None})
    assert found(family, phone="010-1111-2222") == []


def test_a_search_that_says_nothing_or_nonsense_is_refused(brand: TestBrand) -> None:
    for body in (
        {},
        {"phone": "02"},
        {"phone": None},
        {"name": "김"},
        {"limit": 0, "email": "a@b.co"},
    ):
        brand.api.refused("POST", "/v1/members/search", body, code="invalid_request")
    for query in ("phone=02", "email=a", "status=gone", "status=active&external_id=1"):
        assert brand.api.send("GET", f"/v1/members?{query}").status_code in (400, 422)


def test_a_search_needs_no_idempotency_key(brand: TestBrand) -> None:
    response = brand.api.send("POST", "/v1/members/search", {"external_id": "1"}, key="")
    assert response.status_code == 200


def test_all_members_are_paged_newest_first(brand: TestBrand) -> None:
    for number in range(7):
        brand.api.put(f"/v1/members/ext:{number}", {"name": f"단골{number}"}, expect=201)

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = brand.api.get("/v1/members", query_string=query)
        seen += [member["external_id"] for member in page["data"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


def test_a_search_is_paged_and_its_cursor_tells_nothing(family: TestBrand) -> None:
    keys = {"phone": "010-1234-5678", "limit": 1}
    first = family.api.post("/v1/members/search", keys, expect=200)
    assert first["has_more"]
    second = family.api.post(
        "/v1/members/search", {**keys, "cursor": first["next_cursor"]}, expect=200
    )
    assert [page["data"][0]["external_id"] for page in (first, second)] == ["b", "a"]
    assert not second["has_more"]
    family.api.refused(
        "POST",
        "/v1/members/search",
        {"phone": "010-9999-0000", "cursor": first["next_cursor"]},
        code="cursor_invalid",
    )


def test_the_list_can_be_of_one_status(brand: TestBrand) -> None:
    for name in ("a", "b", "c"):
        brand.api.put(f"/v1/members/ext:{name}", {}, expect=201)
    brand.api.post("/v1/members/ext:a/merge", {"into": "ext:b"}, expect=200)
    brand.api.post("/v1/members/ext:c/erase", expect=200)

    def listed(status: str) -> list[str]:
        data = brand.api.get("/v1/members", query_string={"status": status})["data"]
        return [member["external_id"] for member in data]

    assert (listed("active"), listed("merged"), listed("erased")) == (["b"], ["a"], [None])
    assert len(brand.api.get("/v1/members")["data"]) == 3
