"""Two brands: nothing of one is seen, changed or even hinted at with the other's key."""

import hashlib
import re

import pytest

from app.db import DIRECTORY_TABLES, db
from tests.support.world import World


def digest(owner, brand_id) -> str:
    """A digest of every row of a brand, in every table."""
    summed = hashlib.sha256()
    for name in sorted(set(db.metadata.tables) - DIRECTORY_TABLES):
        rows = owner.execute(
            f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
            f" FROM {name} t WHERE brand_id = %s",
            (brand_id,),
        ).fetchone()
        summed.update(f"{name}{rows[0]}".encode())
    return summed.hexdigest()


@pytest.fixture
def world(brand) -> World:
    return World(brand)


def test_every_route_is_replayed(app, world) -> None:
    routes = {
        (method, re.sub(r"<string:\w+>", lambda m: m.group(0), rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == set(world.requests())


def test_another_brands_key_sees_and_changes_nothing(app, world, make_brand, owner) -> None:
    before = digest(owner, world.brand.brand_id)
    stranger = make_brand().api
    ids = (
        world.alice, world.bob, world.order, world.hold, world.referral, world.exchange,
        world.batch, world.message, world.warranty, world.review, world.asked,
    )  # fmt: skip
    for (method, rule), (path, body, expected) in world.requests().items():
        response = stranger.send(method, path, body)
        text = response.get_data(as_text=True)
        if expected in ("404", "422"):  # there is no such thing, or nothing of that name
            assert response.status_code == int(expected), (method, rule, text)
        elif expected == "empty":
            assert response.status_code == 200, (method, rule, text)
            assert response.get_json()["data"] == [], (method, rule)
        else:
            assert response.status_code in (200, 201, 204), (method, rule, text)
        for public_id in ids:
            assert public_id not in text, (method, rule)
    assert digest(owner, world.brand.brand_id) == before


def test_what_is_anothers_is_answered_like_what_is_not_there(app, world, make_brand) -> None:
    stranger = make_brand().api
    for anothers, missing in (
        (f"/v1/orders/{world.order}", "/v1/orders/ord_00000000000000000000000000"),
        (f"/v1/holds/{world.hold}", "/v1/holds/hld_00000000000000000000000000"),
        (f"/v1/members/{world.alice}", "/v1/members/mem_00000000000000000000000000"),
        ("/v1/orders/ext:M-1", "/v1/orders/ext:M-0"),
    ):
        one, other = (
            stranger.send("GET", path, headers={"Request-Id": "the-same-id"})
            for path in (anothers, missing)
        )
        assert (one.status_code, one.data) == (other.status_code, other.data)


def test_an_idempotency_key_belongs_to_one_brand(app, make_brand) -> None:
    body = {"external_id": "M-1", "lines": [{"sku": "A", "quantity": 1, "unit_price": 100}]}
    first = make_brand().api.post("/v1/orders", body, key="same")
    second = make_brand().api.post("/v1/orders", body, key="same")
    assert first["id"] != second["id"]


def test_a_cursor_of_another_brand_is_refused(app, make_brand) -> None:
    mine, other = make_brand().api, make_brand().api
    body = {"lines": [{"sku": "A", "quantity": 1, "unit_price": 100}]}
    for number in range(3):
        mine.post("/v1/orders", {**body, "external_id": f"M-{number}"})
    cursor = mine.get("/v1/orders?limit=1")["next_cursor"]
    other.refused("GET", f"/v1/orders?limit=1&cursor={cursor}", code="cursor_invalid")
