"""Tags: the brand's own labels on members."""

import psycopg

from app.members.services.tags import TAGS_MAX
from tests.support.api import TestBrand
from tests.support.members import make_member


def tags_of(brand: TestBrand, path: str) -> list[str]:
    return [tag["tag"] for tag in brand.api.get(f"{path}/tags?limit=100")["data"]]


def test_a_tag_is_put_on_once_and_taken_off(brand: TestBrand) -> None:
    path = make_member(brand, "a")

    first = brand.api.put(f"{path}/tags/vip")
    assert brand.api.put(f"{path}/tags/vip") == first
    brand.api.put(f"{path}/tags/단골")
    assert tags_of(brand, path) == ["vip", "단골"]

    brand.api.delete(f"{path}/tags/vip", expect=204)
    brand.api.delete(f"{path}/tags/vip", expect=204)
    assert tags_of(brand, path) == ["단골"]


def test_tags_are_paged_by_name(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    for name in ("c", "a", "b"):
        brand.api.put(f"{path}/tags/{name}")

    first = brand.api.get(f"{path}/tags?limit=2")
    rest = brand.api.get(f"{path}/tags?limit=2&cursor={first['next_cursor']}")

    assert [tag["tag"] for tag in first["data"] + rest["data"]] == ["a", "b", "c"]
    assert not rest["has_more"]


def test_what_is_no_tag_is_refused(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    for name in ("x" * 51, "%20vip", "a%0Ab"):
        brand.api.refused("PUT", f"{path}/tags/{name}", code="tag_invalid")
    assert tags_of(brand, path) == []


def test_a_member_has_only_so_many_tags(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    for number in range(TAGS_MAX):
        brand.api.put(f"{path}/tags/t{number}")

    brand.api.refused("PUT", f"{path}/tags/more", code="too_many_tags")
    brand.api.put(f"{path}/tags/t0")
    assert len(tags_of(brand, path)) == TAGS_MAX


def test_a_merged_member_is_tagged_as_the_survivor(brand: TestBrand) -> None:
    make_member(brand, "a")
    make_member(brand, "b")
    brand.api.post("/v1/members/ext:a/merge", {"into": "ext:b"}, expect=200)

    brand.api.put("/v1/members/ext:a/tags/vip")

    assert tags_of(brand, "/v1/members/ext:b") == ["vip"]


def test_erasure_takes_a_members_tags(brand: TestBrand, owner: psycopg.Connection) -> None:
    path = make_member(brand, "a")
    brand.api.put(f"{path}/tags/vip")

    brand.api.post(f"{path}/erase", expect=200)

    left = owner.execute(
        "SELECT count(*) FROM member_tags WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()
    assert left == (0,)
    brand.api.refused("PUT", "/v1/members/ext:a/tags/vip", code="member_not_found")
