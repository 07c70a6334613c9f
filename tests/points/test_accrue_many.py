"""Points given to many at once: the ledger is as if each had been given them alone."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app import clock
from app.points import services as points
from tests.support.api import TestBrand
from tests.support.members import audit, balance, make_member, member_id, unit_of_work

SOON = datetime(2999, 1, 1, tzinfo=UTC)


def accrual(number: int, *, expires_at: datetime | None = SOON, **meta: Any) -> points.Operation:
    return points.accrual(
        number,
        pending=False,
        expires_at=expires_at,
        meta={"origin": "reward", "actor": "test", "cause": f"test/{uuid4()}", **meta},
    )


def give(brand: TestBrand, rows: list[tuple[UUID, points.Operation]]) -> list[int | None]:
    with unit_of_work(brand):
        return points.accrue_many(brand.brand_id, rows, now=clock.now())


def test_many_members_get_their_points_with_one_call(brand: TestBrand) -> None:
    paths = [make_member(brand, f"m{number}", points=number) for number in range(1, 6)]
    who = [member_id(brand, path) for path in paths]
    rows = [(each, accrual(100)) for each in who] + [(who[0], accrual(7)), (who[0], accrual(8))]

    lots = give(brand, rows)

    assert lots == [2, 2, 2, 2, 2, 3, 4]
    assert [balance(brand, path)["available"] for path in paths] == [116, 102, 103, 104, 105]
    assert audit(brand) == []


def test_debt_is_repaid_first_and_only_once(brand: TestBrand) -> None:
    path = make_member(brand, "owes", points=100)
    other = make_member(brand, "other")
    order = {"external_id": "1", "member": "ext:owes", "redeem_points": 100,
             "lines": [{"sku": "A", "quantity": 1, "unit_price": 10_000}]}  # fmt: skip
    brand.api.patch("/v1/brand", {"accrual": {"pending": "immediate"}})
    first = brand.api.post("/v1/orders", {**order, "redeem_points": 0})
    brand.api.post(f"{path}/points/redemptions", {"points": 200})
    brand.api.post(f"/v1/orders/{first['id']}/refunds", {"external_id": "R", "all": True})
    assert balance(brand, path)["debt"] == 100
    who = member_id(brand, path)

    lots = give(
        brand, [(who, accrual(60)), (member_id(brand, other), accrual(5)), (who, accrual(70))]
    )

    assert None not in lots
    assert balance(brand, path) == {"available": 30, "pending": 0, "held": 0, "debt": 0}
    assert balance(brand, other)["available"] == 5
    assert audit(brand) == []


def test_what_was_due_is_settled_before(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    brand.api.post(
        f"{path}/points/accruals",
        {"points": 50, "expires_at": (clock.now() + timedelta(seconds=1)).isoformat()},
    )
    who = member_id(brand, path)
    later = clock.now() + timedelta(days=1)
    with unit_of_work(brand):
        points.accrue_many(brand.brand_id, [(who, accrual(3))], now=later)

    assert balance(brand, path)["available"] == 3
    assert audit(brand) == []


def test_points_that_have_lapsed_already_lapse_at_once(brand: TestBrand) -> None:
    path = make_member(brand, "a")
    who = member_id(brand, path)
    give(brand, [(who, accrual(5, expires_at=clock.now() - timedelta(days=1))), (who, accrual(4))])
    assert balance(brand, path)["available"] == 4
    assert audit(brand) == []


def test_who_has_no_account_gets_nothing(brand: TestBrand) -> None:
    who = member_id(brand, make_member(brand, "a"))
    assert give(brand, [(uuid4(), accrual(5)), (who, accrual(5))]) == [None, 1]
    assert audit(brand) == []


def test_it_is_the_same_as_one_by_one(make_brand) -> None:
    seed = random.Random(7)
    amounts = [(seed.randrange(4), seed.randint(1, 500)) for _ in range(20)]
    told = []
    for alone in (True, False):
        brand = make_brand()
        paths = [make_member(brand, f"m{number}", points=10 * number) for number in range(4)]
        who = [member_id(brand, path) for path in paths]
        rows = [(who[index], accrual(number, reason=f"r{at}"))
                for at, (index, number) in enumerate(amounts)]  # fmt: skip
        if alone:
            for member, operation in rows:
                with unit_of_work(brand):
                    points.post(brand.brand_id, member, [operation], now=clock.now())
        else:
            give(brand, rows)
        assert audit(brand) == []
        left_out = {"id", "occurred_at", "recorded_at", "member", "actor", "cause"}
        told.append(
            [
                {name: value for name, value in entry.items() if name not in left_out}
                for path in paths
                for entry in brand.api.get(f"{path}/points/entries?limit=100")["data"]
                if entry["reason"]
            ]
        )
    assert told[0] == told[1]
