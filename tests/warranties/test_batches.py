"""Batches of units: made at once or by a job, allocated, shipped, voided."""

import psycopg
import pytest

from app import clock, jobs
from app.db import transaction
from app.warranties import services
from app.warranties.jobs import work_batches
from app.warranties.rules.serials import is_ours
from tests.support.api import TestBrand
from tests.support.parallel import at_once
from tests.support.problems import assert_problem
from tests.warranties.shop import (
    audit,
    codes_of,
    make_batch,
    open_shop,
    serials_of,
    step,
)


def states(brand: TestBrand, batch: dict) -> dict[str, int]:
    return brand.api.get(f"/v1/warranty-batches/{batch['id']}")["units"]


def test_units_are_made_each_with_a_serial_and_a_code_of_its_own(brand: TestBrand) -> None:
    open_shop(brand)
    made = make_batch(brand, 30, channel="coupang", manufactured_on="2026-01-15")
    assert (made["status"], made["units"], made["quantity"]) == ("ready", {"generated": 30}, 30)
    assert (made["terms"], made["terms_version"]) == ("BASE", 1)
    assert made == brand.api.get(f"/v1/warranty-batches/{made['id']}")
    serials, codes = serials_of(brand, made), codes_of(brand, made)
    assert len(set(serials)) == len(set(codes)) == 30
    assert all(is_ours(serial) for serial in serials)
    assert {len(code) for code in codes} == {16}
    assert audit(brand) == []


def test_nothing_in_the_database_tells_a_code(brand: TestBrand, owner: psycopg.Connection) -> None:
    open_shop(brand)
    codes = codes_of(brand, make_batch(brand, 2))
    for table in ("warranty_units", "warranty_unit_events", "warranty_batches",
                  "warranty_batch_tasks", "audit_log", "idempotency_records"):  # fmt: skip
        rows = owner.execute(
            f"SELECT t::text FROM {table} t WHERE brand_id = %s", (brand.brand_id,)
        ).fetchall()
        assert rows
        for (text,) in rows:
            for code in codes:
                assert code not in text
                assert code.encode().hex() not in text


def test_a_large_batch_is_made_by_a_job_with_progress(brand: TestBrand) -> None:
    open_shop(brand)
    made = make_batch(brand, 2_500)
    assert (made["status"], made["units"]) == ("working", {})
    path = f"/v1/warranty-batches/{made['id']}"
    problem = brand.api.refused("POST", f"{path}/ship", {}, code="warranty_batch_busy")
    assert (problem["done"], problem["total"]) == (0, 2500)
    seen = []

    def stop_after_two(done: int) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with brand.app.app_context():
        with pytest.raises(KeyboardInterrupt):
            work_batches(brand.brand_id, clock.now(), chunk=1000, report=stop_after_two)
        half = brand.api.get(path)
        assert (half["status"], half["units"]) == ("working", {"generated": 2000})
        assert half["tasks"][0]["looked_at"] == 2000
        # As the queue runs it; a second run finds nothing.
        assert jobs.run("warranties.work", brand.brand_id) == 500
        assert jobs.run("warranties.work", brand.brand_id) == 0
    done = brand.api.get(path)
    assert (done["status"], done["units"]) == ("ready", {"generated": 2500})
    assert audit(brand) == []


def test_a_request_for_many_puts_its_job_in_the_queue(
    brand: TestBrand, owner: psycopg.Connection
) -> None:
    open_shop(brand)
    make_batch(brand, 2_001)
    waiting = owner.execute(
        "SELECT args FROM procrastinate_jobs"
        " WHERE task_name = 'jobs.run' AND args->>'brand_id' = %s",
        (str(brand.brand_id),),
    ).fetchall()
    assert [row[0]["kinds"] for row in waiting] == [["warranties.work"]]


def test_a_batch_is_made_once_for_an_idempotency_key(brand: TestBrand) -> None:
    open_shop(brand)
    body = {"product": "BOOT", "quantity": 2}
    first = brand.api.post("/v1/warranty-batches", body, key="k")
    assert brand.api.post("/v1/warranty-batches", body, key="k") == first
    assert len(brand.api.get("/v1/units")["data"]) == 2


def test_batches_need_a_product_and_terms(brand: TestBrand) -> None:
    body = {"product": "BOOT", "quantity": 2}
    brand.api.refused("POST", "/v1/warranty-batches", body, code="product_not_found")
    brand.api.put("/v1/products/BOOT", {"name": "부츠", "category": "boots"}, expect=201)
    other = {"name": "모자", "selection": {"categories": ["hats"]}}
    brand.api.put("/v1/warranty-terms/HATS", other, expect=201)
    response = brand.api.send("POST", "/v1/warranty-batches", body)
    assert_problem(response, 422, "warranty_terms_missing", pointer="/product")
    for code, selection in (("REST", None), ("BOOTS", {"categories": ["boots"]}),
                            ("ONE", {"skus": ["BOOT"]})):  # fmt: skip
        terms = {"name": code, **({"selection": selection} if selection else {})}
        brand.api.put(f"/v1/warranty-terms/{code}", terms, expect=201)
        assert make_batch(brand, 1)["terms"] == code


def test_a_makers_own_serials_are_checked_all_before_any_unit_is_made(brand: TestBrand) -> None:
    rule = {"prefix": "HB", "min_length": 7, "max_length": 7, "characters": "digits"}
    open_shop(brand, serials=rule)
    made = make_batch(brand, 2, serials=["HB00001", "HB00002"])
    assert serials_of(brand, made) == ["HB00001", "HB00002"]
    for serials, code, told in (
        (["HB00003", "HX00004"], "unit_serial_invalid", {"line": 2, "serial": "HX00004"}),
        (["HB00003", "=HB0004"], "unit_serial_invalid", {"line": 2}),
        (["HB00003", "hb-o0o3"], "unit_serial_invalid", {"line": 2}),
        (["HB00003", "HB00002"], "unit_serial_taken", {"serial": "HB00002"}),
        (["HB00003", "HB00003"], "unit_serial_taken", {"serial": "HB00003"}),
    ):
        body = {"product": "BOOT", "quantity": 2, "serials": serials}
        problem = brand.api.refused("POST", "/v1/warranty-batches", body, code=code)
        assert {name: problem[name] for name in told} == told
    assert len(brand.api.get("/v1/units")["data"]) == 2
    wrong = {"product": "BOOT", "quantity": 3, "serials": ["HB00003"]}
    response = brand.api.send("POST", "/v1/warranty-batches", wrong)
    assert_problem(response, 422, "invalid_request", pointer="/serials")
    assert audit(brand) == []


def test_serials_that_sound_the_same_are_one(brand: TestBrand) -> None:
    open_shop(brand)
    make_batch(brand, 1, serials=["SO-101"])
    body = {"product": "BOOT", "quantity": 1, "serials": ["s0-iol"]}
    brand.api.refused("POST", "/v1/warranty-batches", body, code="unit_serial_taken")
    assert brand.api.get("/v1/units/s0%20lOl")["serial"] == "SO-101"


def test_a_batch_is_allocated_and_shipped_in_parts(brand: TestBrand) -> None:
    open_shop(brand)
    made = make_batch(brand, 10)
    path = f"/v1/warranty-batches/{made['id']}"
    brand.api.post(f"{path}/allocate", {"channel": "musinsa", "last": 4}, expect=200)
    brand.api.post(f"{path}/ship", {"first": 3, "last": 6, "channel": "coupang"}, expect=200)
    assert states(brand, made) == {"allocated": 2, "generated": 4, "shipped": 4}
    units = brand.api.get(f"/v1/units?batch={made['id']}")["data"]
    assert [each["channel"] for each in units[:7]] == [
        "musinsa", "musinsa", "coupang", "coupang", "coupang", "coupang", None,
    ]  # fmt: skip
    assert [bool(each["shipped_at"]) for each in units[:4]] == [False, False, True, True]
    assert len(brand.api.get("/v1/units?state=shipped&channel=coupang&product=BOOT")["data"]) == 4
    whole = brand.api.post(f"{path}/ship", expect=200)
    assert whole["units"] == {"shipped": 10}
    assert [task["done"] for task in whole["tasks"]] == [10, 4, 4, 6]
    for body in ({"first": 11}, {"first": 5, "last": 4}, {"last": 11}):
        brand.api.refused("POST", f"{path}/ship", body, code="warranty_range_invalid")
    assert audit(brand) == []


def test_voiding_a_batch_leaves_units_that_have_an_owner(brand: TestBrand) -> None:
    open_shop(brand)
    made = make_batch(brand, 3)
    serials, codes = serials_of(brand, made), codes_of(brand, made)
    step(brand, serials[1], "claim")
    path = f"/v1/warranty-batches/{made['id']}"
    brand.api.refused("POST", f"{path}/void", {}, code="invalid_request")
    voided = brand.api.post(f"{path}/void", {"reason": "인쇄 오류"}, expect=200)
    assert (voided["status"], voided["void_reason"]) == ("void", "인쇄 오류")
    assert voided["units"] == {"claimed": 1, "void": 2}
    with brand.app.app_context(), transaction(brand.brand_id):
        found = [services.find_by_code(brand.brand_id, code) for code in codes]
        assert [piece and piece.unit.serial for piece in found] == [None, serials[1], None]
    brand.api.refused("POST", f"{path}/ship", {}, code="warranty_batch_void")
    events = brand.api.get(f"/v1/units/{serials[0]}/events")["data"]
    assert [(each["step"], each["reason"]) for each in events] == [
        ("void", "인쇄 오류"), ("make", None),
    ]  # fmt: skip
    assert audit(brand) == []


def test_many_steps_at_once_move_every_unit_once(busy: TestBrand) -> None:
    open_shop(busy)
    made = make_batch(busy, 50)
    path = f"/v1/warranty-batches/{made['id']}"
    answers = at_once([lambda: busy.api.send("POST", f"{path}/ship", {})] * 8)
    assert {answer.status_code for answer in answers} == {200}
    shown = busy.api.get(path)
    assert shown["units"] == {"shipped": 50}
    assert sum(task["done"] for task in shown["tasks"] if task["step"] == "ship") == 50
    assert audit(busy) == []


def test_a_test_clock_and_the_brand_of_a_batch_are_kept(brand: TestBrand, make_brand) -> None:
    open_shop(brand)
    brand.api.post("/v1/test-clock", {"now": "2026-03-05T09:00:00+09:00"}, expect=200)
    made = make_batch(brand, 1)
    assert made["created_at"].startswith("2026-03-05T00:00:00")
    (code,) = codes_of(brand, made)
    other = make_brand()
    with brand.app.app_context(), transaction(other.brand_id):
        assert services.find_by_code(other.brand_id, code) is None


def test_ten_thousand_units_are_made_set_by_set(brand: TestBrand) -> None:
    open_shop(brand)
    made = make_batch(brand, 10_000)
    with brand.app.app_context():
        assert work_batches(brand.brand_id, clock.now()) == 10_000
    assert states(brand, made) == {"generated": 10_000}
    assert audit(brand) == []
