"""After a change of keys everything that is sealed opens without the old one."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask

from app import clock, resealing
from app.db import db
from app.messages import services as messages
from app.service_requests.jobs import move_photos
from app.staff import services as staff
from app.verifications import services as verifications
from app.warranties import services as warranties
from tests.messages.post import set_host, tell
from tests.support.api import TestBrand
from tests.support.members import run_job, unit_of_work
from tests.support.pictures import png_of
from tests.support.world_desk import note_and_ask
from tests.warranties.shop import codes_of, make_batch, open_shop

NEW_KEY = b"r" * 32
# Nothing makes these in this test; their columns are found all the same.
ELSEWHERE = {
    "warranty_transfers.phone",
    "warranty_reports.note",
    "warranty_receipts.content",
    "service_request_archives.content",
}


@contextmanager
def keys(app: Flask, value: dict[str, bytes]) -> Iterator[None]:
    before = app.config["ENCRYPTION_KEYS"]
    app.config["ENCRYPTION_KEYS"] = value
    try:
        yield
    finally:
        app.config["ENCRYPTION_KEYS"] = before


def reencrypt(brand: TestBrand, *options: str, expect: int = 0) -> str:
    command = ["reencrypt", "--brand", str(brand.brand_id), *options]
    result = brand.app.test_cli_runner().invoke(args=command)
    assert result.exit_code == expect, result.output
    return str(result.output)


def under_old(owner: psycopg.Connection, brand: TestBrand) -> dict[str, int]:
    """Return how many values of each column are not sealed under the new key."""
    found = {}
    for column in filter(lambda each: each.of_brands, resealing.sealed_columns()):
        count = owner.execute(
            f"SELECT count(*) FROM {column.table} WHERE brand_id = %s"
            f" AND substr({column.name}_sealed, 3, 3) <> 'new'",
            (brand.brand_id,),
        ).fetchone()[0]
        if count:
            found[f"{column.table}.{column.name}"] = count
    return found


def ask_for_service(brand: TestBrand) -> None:
    """Open a request with a note and two photos, of which one lies in the storage."""
    body = {"product": "BOOT", "symptom": "other", "description": "밑창", "method": "visit"}
    path = f"/v1/service-requests/{brand.api.post('/v1/service-requests', body)['id']}"
    brand.api.post(f"{path}/notes", {"text": "메모"})
    for colour in ("red", "blue"):
        photo = png_of(20, 20, colour)
        assert brand.api.send("POST", f"{path}/photos", data=photo).status_code == 201
        if colour == "red":
            assert run_job(brand, move_photos) == 1


@pytest.fixture
def full(brand: TestBrand) -> TestBrand:
    """A brand with something in every column that is sealed, but those of other tests."""
    body = {"name": "김단골", "phone": "010-1234-5678", "email": "kim@mail.example"}
    brand.api.put("/v1/members/ext:kim", body, expect=201)
    tell(brand)
    open_shop(brand)
    make_batch(brand, 5)
    set_host(brand)
    ask_for_service(brand)
    note_and_ask(brand, "ext:kim")
    with unit_of_work(brand):
        unit = warranties.list_units(
            brand.brand_id, batch_id=None, sku=None, state=None, flag=None, channel=None,
            after=None, limit=1,
        )[0]  # fmt: skip
        picture = warranties.read_receipt(png_of(20, 20, "red"))
        warranties.keep_receipt(unit, picture, now=clock.now())
        staff.invite(
            brand.brand_id,
            "new@staff.example",
            "cs",
            actor="test",
            base_url="http://localhost",
            now=clock.now(),
        )
        verifications.begin(
            brand.brand_id, "010-1234-5678", "login", content={"name": "김단골"}, now=clock.now()
        )
    return brand


def test_every_sealed_column_is_bound_to_a_row_with_an_id_and_may_be_written(
    app: Flask, owner: psycopg.Connection
) -> None:
    columns = resealing.sealed_columns()
    assert len(columns) >= 8
    for column in columns:
        table = db.metadata.tables[column.table]
        key = {"brand_id", "id"} if column.of_brands else {"id"}
        assert {each.name for each in table.primary_key} == key, column
        allowed = owner.execute(
            "SELECT has_table_privilege('dangol_app', %s, 'UPDATE')", (column.table,)
        ).fetchone()
        assert allowed == (True,), column


def test_everything_opens_without_the_old_key(full: TestBrand, owner: psycopg.Connection) -> None:
    old = full.app.config["ENCRYPTION_KEYS"]
    before = under_old(owner, full)
    everything = {
        f"{each.table}.{each.name}" for each in resealing.sealed_columns() if each.of_brands
    }
    assert set(before) | ELSEWHERE == everything
    batch = full.api.get("/v1/warranty-batches")["data"][0]
    codes, member = codes_of(full, batch), full.api.get("/v1/members/ext:kim")
    asked = full.api.get("/v1/service-requests")["data"][0]["id"]
    seen = [f"/v1/service-requests/{asked}{rest}" for rest in ("", "/photos/1", "/photos/2")]
    request, *photos = (full.api.send("GET", path).data for path in seen)
    with keys(full.app, {"new": NEW_KEY, **old}):
        # In small steps, and again: nothing is left, nothing is done twice.
        in_all = sum(before.values()) + 1  # the photo in the storage
        assert reencrypt(full, "--chunk", "2").startswith(f"{in_all} values")
        assert reencrypt(full).startswith("0 values")
    assert under_old(owner, full) == {}
    with keys(full.app, {"new": NEW_KEY}):
        assert codes_of(full, batch) == codes
        assert full.api.get("/v1/members/ext:kim") == member
        assert [full.api.send("GET", path).data for path in seen] == [request, *photos]
        with unit_of_work(full):
            told = [str(each.texts) for each in messages.list_outbox(full.brand_id, 9)]
        assert any("레인부츠" in text for text in told)
        links = full.api.post(f"/v1/warranty-batches/{batch['id']}/downloads")
        assert full.api.send("GET", links["csv"]).get_data(as_text=True).count(codes[0]) == 1


def test_what_does_not_open_stays_and_is_told(full: TestBrand, owner: psycopg.Connection) -> None:
    old = full.app.config["ENCRYPTION_KEYS"]
    owner.execute(
        "UPDATE members SET name_sealed = phone_sealed WHERE brand_id = %s", (full.brand_id,)
    )
    with keys(full.app, {"new": NEW_KEY, **old}):
        assert "1 do not open" in reencrypt(full, expect=1)
    assert under_old(owner, full) == {"members.name": 1}


def test_other_brands_are_left_alone(full: TestBrand, make_brand, owner) -> None:
    other = make_brand()
    other.api.put("/v1/members/ext:a", {"name": "남"}, expect=201)
    with keys(full.app, {"new": NEW_KEY, **full.app.config["ENCRYPTION_KEYS"]}):
        reencrypt(full)
    assert under_old(owner, other) == {"members.name": 1}
