"""Units of work that PostgreSQL ends, and that are tried again."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.db import db, dry_run, transact
from tests.support.api import TestBrand
from tests.support.parallel import at_once


def lock(key: int) -> None:
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@pytest.mark.parametrize("unit_of_work", [transact, dry_run])
def test_who_loses_a_deadlock_is_tried_again(
    app, brand: TestBrand, unit_of_work: Callable[..., int]
) -> None:
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []
    base = brand.brand_id.int % 10**9

    def cross(first: int) -> int:
        def use_case() -> int:
            tries.append(first)
            lock(base + first)
            if len(tries) <= 2:
                both_hold_one.wait(timeout=10)
            lock(base + 1 - first)
            return first

        with app.app_context():
            return unit_of_work(brand.brand_id, use_case)

    assert sorted(at_once([lambda: cross(0), lambda: cross(1)])) == [0, 1]
    assert len(tries) == 3
