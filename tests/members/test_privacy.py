"""Keys are rotated under way, cells cannot be swapped, and nothing leaks into logs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from flask import Flask

from app import crypto, jobs, resealing
from app.crypto import SealBroken
from app.db import transaction
from app.members import services
from tests.support.api import TestBrand

NEW_KEY = b"n" * 32


@contextmanager
def keys(app: Flask, value: dict[str, bytes]) -> Iterator[None]:
    before = app.config["ENCRYPTION_KEYS"]
    app.config["ENCRYPTION_KEYS"] = value
    try:
        yield
    finally:
        app.config["ENCRYPTION_KEYS"] = before


def reencrypt(brand: TestBrand, *options: str) -> str:
    result = brand.app.test_cli_runner().invoke(
        args=["reencrypt", "--brand", str(brand.brand_id), *options]
    )
    assert result.exit_code == 0, result.output
    return str(result.output)


def test_after_a_rotation_the_old_key_is_needed_no_more(brand: TestBrand) -> None:
    old = brand.app.config["ENCRYPTION_KEYS"]
    for number in range(7):
        body = {"name": f"단골{number}", "phone": f"010-1234-000{number}"}
        brand.api.put(f"/v1/members/ext:{number}", body, expect=201)
    brand.api.put("/v1/members/ext:bare", {}, expect=201)
    before = brand.api.get("/v1/members")

    with keys(brand.app, {"new": NEW_KEY, **old}):
        brand.api.put("/v1/members/ext:late", {"name": "새 단골"}, expect=201)
        assert reencrypt(brand, "--chunk", "3").startswith("14 values")
        assert reencrypt(brand).startswith("0 values")
    with keys(brand.app, {"new": NEW_KEY}):
        shown = brand.api.get("/v1/members")
        assert shown["data"][1:] == before["data"]
        found = brand.api.post("/v1/members/search", {"phone": "01012340003"}, expect=200)
        assert found["data"][0]["name"] == "단골3"
        brand.api.patch("/v1/members/ext:3", {"phone": None})


def test_a_rotation_goes_on_where_it_was_stopped(brand: TestBrand) -> None:
    for number in range(4):
        brand.api.put(f"/v1/members/ext:{number}", {"name": f"단골{number}"}, expect=201)

    with keys(brand.app, {"new": NEW_KEY, **brand.app.config["ENCRYPTION_KEYS"]}):
        with brand.app.app_context(), transaction(brand.brand_id):
            names = resealing.Column("members", "name")
            done = resealing.reseal_chunk(brand.brand_id, names, after=None, limit=3)
            assert done is not None
            assert done.sealed == 3
        assert reencrypt(brand).startswith("1 values")


def test_nothing_fails_while_keys_are_rotated(brand: TestBrand) -> None:
    for number in range(6):
        brand.api.put(f"/v1/members/ext:{number}", {"name": "단골 0"}, expect=201)
    stop = Event()
    statuses: set[int] = set()

    def load() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            response = brand.api.send(
                "PUT", f"/v1/members/ext:{turn % 6}", {"name": f"단골 {turn}"}
            )
            statuses.add(response.status_code)

    with keys(brand.app, {"new": NEW_KEY, **brand.app.config["ENCRYPTION_KEYS"]}):
        thread = Thread(target=load)
        thread.start()
        reencrypt(brand, "--chunk", "2")
        stop.set()
        thread.join()
    with keys(brand.app, {"new": NEW_KEY}):
        assert len(brand.api.get("/v1/members")["data"]) == 6
    assert statuses <= {200}


def test_two_ciphertexts_that_changed_places_do_not_open(
    brand: TestBrand, owner: psycopg.Connection[Any]
) -> None:
    for name in ("a", "b"):
        brand.api.put(f"/v1/members/ext:{name}", {"name": f"단골 {name}"}, expect=201)
    owner.execute(
        "UPDATE members m SET name_sealed = o.name_sealed FROM members o"
        " WHERE m.brand_id = %(b)s AND o.brand_id = %(b)s AND m.id <> o.id",
        {"b": brand.brand_id},
    )

    with (
        brand.app.app_context(),
        transaction(brand.brand_id),
        pytest.raises(SealBroken),
    ):
        services.profile_of(services.find_member(brand.brand_id, "ext:a"))


def test_a_name_does_not_open_as_a_phone(brand: TestBrand, owner: psycopg.Connection[Any]) -> None:
    brand.api.put("/v1/members/ext:a", {"name": "단골"}, expect=201)
    owner.execute(
        "UPDATE members SET phone_sealed = name_sealed WHERE brand_id = %s", (brand.brand_id,)
    )
    with (
        brand.app.app_context(),
        transaction(brand.brand_id),
        pytest.raises(SealBroken),
    ):
        services.profile_of(services.find_member(brand.brand_id, "ext:a"))


def test_the_database_alone_cannot_confirm_a_guessed_phone(brand: TestBrand) -> None:
    index = crypto.index_of
    key = brand.app.config["INDEX_KEY"]
    right = index(key, brand.brand_id, "members", "phone", "+821012345678")
    assert index(b"x" * 32, brand.brand_id, "members", "phone", "+821012345678") != right


def test_no_log_line_and_no_answer_to_others_holds_personal_data(
    brand: TestBrand,
    owner: psycopg.Connection[Any],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {
        "name": "카나리아김",
        "phone": "010-7531-8642",
        "email": "canary.kim@example.com",
        "birthday": "1971-02-03",
    }
    api = brand.api
    api.put("/v1/members/ext:canary-shop-id", body, expect=201)
    api.put("/v1/members/ext:canary-shop-id", body)
    api.get("/v1/members", query_string={"phone": body["phone"]})
    api.post("/v1/members/search", {"email": body["email"]}, expect=200)
    for path in ("/v1/members?phone=010-7531-864", "/v1/members/ext:canary-shop-idx"):
        assert api.send("GET", path).status_code >= 400
    for broken in ({**body, "phone": "010-7531-864"}, {**body, "email": "canary.kim@"}):
        response = api.send("PUT", "/v1/members/ext:canary-shop-id", broken)
        assert response.status_code == 422
        assert "canary" not in response.get_data(as_text=True)
        assert "7531" not in response.get_data(as_text=True)
    # Even a failure of our own tells nothing.
    owner.execute(
        "UPDATE members SET phone_sealed = name_sealed WHERE brand_id = %s", (brand.brand_id,)
    )
    response = api.send("GET", "/v1/members/ext:canary-shop-id")
    assert response.status_code == 500
    api.post("/v1/members/ext:canary-shop-id/erase", expect=200)

    captured = capfd.readouterr()
    written = captured.out + captured.err + caplog.text
    assert "request" in written
    for mark in ("카나리아", "7531", "8642", "canary", "1971-02-03"):
        assert mark not in written


def test_r6_nobody_is_put_to_sleep_for_not_coming(brand: TestBrand) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T03:00:00Z"}, expect=200)
    body = {"name": "김단골", "phone": "010-1234-5678", "email": "kim@mail.example"}
    before = brand.api.put("/v1/members/ext:kim", body, expect=201)
    brand.api.post("/v1/test-clock", {"advance": "P800D"}, expect=200)
    with brand.app.app_context():
        for kind in jobs.PERIODIC:
            jobs.run(kind, brand.brand_id)
    assert brand.api.get("/v1/members/ext:kim") == before
