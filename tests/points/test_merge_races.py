"""What is under way while a member is merged or erased finds the survivor, or nobody."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from app import clock
from app.members import services as members
from tests.support.api import TestBrand
from tests.support.members import audit, balance, make_member, unit_of_work

NOTHING = {"available": 0, "pending": 0, "held": 0, "debt": 0}
LINES = [{"sku": "a", "quantity": 1, "unit_price": 30_000}]


@pytest.fixture
def meanwhile(owner: psycopg.Connection) -> Callable[..., TestResponse]:
    """Send a request while ``change`` is done but not committed, and return its answer."""

    def waiting() -> bool:
        return owner.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        ).fetchone() == (True,)

    def send(
        brand: TestBrand, change: Callable[[], object], path: str, body: dict[str, Any]
    ) -> TestResponse:
        with ThreadPoolExecutor(1) as pool:
            with unit_of_work(brand):
                change()
                answer = pool.submit(brand.api.send, "POST", path, body)
                for _ in range(100):
                    if waiting() or answer.done():
                        break
                    time.sleep(0.02)
            return answer.result()

    return send


def merging(brand: TestBrand) -> Callable[[], object]:
    return lambda: members.merge_member(
        brand.brand_id, "ext:1", "ext:2", actor="test", now=clock.now()
    )


def erasing(brand: TestBrand) -> Callable[[], object]:
    return lambda: members.erase_member(brand.brand_id, "ext:1", actor="test", now=clock.now())


@contextmanager
def two(brand: TestBrand) -> Iterator[tuple[str, str]]:
    """Yield members 1, who has 500 points, and 2; then the first must be left with nothing."""
    merged, survivor = make_member(brand, "1", points=500), make_member(brand, "2")
    merged_id = brand.api.get(merged)["id"]
    yield merged, survivor
    newest = brand.api.get(f"/v1/members/{merged_id}/points/entries?limit=1")["data"][0]
    assert newest["after"] == NOTHING
    assert audit(brand) == []


@pytest.mark.parametrize(
    ("path", "body", "left"),
    [
        ("accruals", {"points": 70}, {"available": 570}),
        ("redemptions", {"points": 70}, {"available": 430}),
        ("adjustments", {"points": 70, "reason_code": "cs_fix"}, {"available": 570}),
        ("holds", {"points": 70}, {"available": 430, "held": 70}),
    ],
)
def test_points_moved_during_a_merge_are_the_survivors(
    brand: TestBrand,
    meanwhile: Callable[..., TestResponse],
    path: str,
    body: dict[str, Any],
    left: dict[str, int],
) -> None:
    with two(brand) as (merged, survivor):
        answer = meanwhile(brand, merging(brand), f"{merged}/points/{path}", body)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        assert balance(brand, survivor) == {**NOTHING, **left}


def test_a_transfer_to_a_member_being_merged_reaches_the_survivor(
    brand: TestBrand, meanwhile: Callable[..., TestResponse]
) -> None:
    giver = make_member(brand, "3", points=100)
    with two(brand) as (_, survivor):
        body = {"to": "ext:1", "points": 100}
        answer = meanwhile(brand, merging(brand), f"{giver}/points/transfers", body)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        assert balance(brand, survivor)["available"] == 600


def test_an_order_placed_during_a_merge_is_the_survivors(
    brand: TestBrand, meanwhile: Callable[..., TestResponse]
) -> None:
    with two(brand) as (_, survivor):
        body = {"external_id": "M", "member": "ext:1", "lines": LINES, "redeem_points": 100}
        answer = meanwhile(brand, merging(brand), "/v1/orders", body)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        assert answer.get_json()["member"] == brand.api.get(survivor)["id"]
        assert balance(brand, survivor) == {**NOTHING, "available": 400, "pending": 299}


@pytest.mark.parametrize("what", ["refunds", "cancel", "confirm"])
def test_an_order_changed_during_a_merge_changes_the_survivors_points(
    brand: TestBrand, meanwhile: Callable[..., TestResponse], what: str
) -> None:
    with two(brand) as (_, survivor):
        order = {"external_id": "M", "member": "ext:1", "lines": LINES, "redeem_points": 100}
        brand.api.post("/v1/orders", order)
        body = {"external_id": "R", "all": True} if what == "refunds" else {}
        answer = meanwhile(brand, merging(brand), f"/v1/orders/ext:M/{what}", body)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        available = 699 if what == "confirm" else 500
        assert balance(brand, survivor) == {**NOTHING, "available": available}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/members/ext:1/points/accruals", {"points": 70}),
        ("/v1/orders", {"external_id": "M", "member": "ext:1", "lines": LINES}),
    ],
)
def test_nothing_is_given_to_a_member_being_erased(
    brand: TestBrand, meanwhile: Callable[..., TestResponse], path: str, body: dict[str, Any]
) -> None:
    with two(brand):
        answer = meanwhile(brand, erasing(brand), path, body)
        assert answer.get_json(force=True)["code"] == "member_not_found"
