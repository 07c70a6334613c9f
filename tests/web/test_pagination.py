"""One cursor for every list: it goes round, and belongs to its list alone."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.problems import assert_problem

TOTAL = 7


@pytest.fixture
def listed(brand) -> Any:
    """A brand with members to page through."""
    for number in range(TOTAL):
        brand.api.put(f"/v1/members/ext:m{number}", {}, expect=201)
    return brand


def pages(api, path: str) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = api.get(path + cursor)
        yield page
        if not page["has_more"]:
            return
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("limit", [1, 2, 3, TOTAL - 1, TOTAL, TOTAL + 1, 100])
def test_pages_together_are_the_list(listed, limit):
    found = list(pages(listed.api, f"/v1/members?limit={limit}"))
    ids = [item["id"] for page in found for item in page["data"]]
    assert len(ids) == len(set(ids)) == TOTAL
    assert all(page["object"] == "list" for page in found)
    assert all(len(page["data"]) == limit for page in found[:-1])
    assert found[-1]["next_cursor"] is None


def test_a_list_has_twenty_at_once_unless_told(listed):
    page = listed.api.get("/v1/members")
    assert (page["has_more"], page["next_cursor"]) == (False, None)


def test_a_cursor_that_was_tampered_with_is_refused(listed):
    cursor = listed.api.get("/v1/members?limit=2")["next_cursor"]
    raw = bytearray(base64.urlsafe_b64decode(cursor))
    for position in range(len(raw)):
        changed = bytearray(raw)
        changed[position] ^= 1
        sent = base64.urlsafe_b64encode(bytes(changed)).decode()
        response = listed.api.send("GET", f"/v1/members?limit=2&cursor={sent}")
        assert_problem(response, 422, "cursor_invalid", pointer="/cursor")


@pytest.mark.parametrize("cursor", ["x", "====", "W10=", "%ED%95%9C", "a" * 500, "bnVsbA=="])
def test_a_cursor_that_is_none_is_refused(listed, cursor):
    response = listed.api.send("GET", f"/v1/members?cursor={cursor}")
    assert_problem(response, 422, "cursor_invalid", pointer="/cursor")


def test_a_cursor_of_another_list_or_filter_is_refused(listed, make_brand):
    for number in range(3):
        listed.api.post(
            "/v1/orders",
            {
                "external_id": f"o{number}",
                "member": "ext:m0",
                "lines": [{"sku": "a", "quantity": 1, "unit_price": 1000}],
            },
        )
    cursor = listed.api.get("/v1/members?limit=2")["next_cursor"]
    listed.api.refused("GET", f"/v1/orders?limit=2&cursor={cursor}", code="cursor_invalid")
    cursor = listed.api.get("/v1/orders?limit=2")["next_cursor"]
    listed.api.refused("GET", f"/v1/orders?member=ext:m0&cursor={cursor}", code="cursor_invalid")
    assert listed.api.get(f"/v1/orders?limit=100&cursor={cursor}")["data"]
    other = make_brand()
    other.api.refused("GET", f"/v1/orders?limit=2&cursor={cursor}", code="cursor_invalid")
