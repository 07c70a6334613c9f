"""Crashes under load: nothing acknowledged is lost, nothing is done twice."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask

from app import create_app, embedded
from app.config import load_config
from app.db import db
from tests.support import database
from tests.support.api import TestBrand, make_brand
from tests.support.members import audit, balance, make_member
from tests.support.server import Attempt, Storefront, serve

MEMBERS = ["a", "b", "c"]
CALLERS = 6
RECOVERY_SECONDS = 15
START_POINTS = 3000


def open_shop(brand: TestBrand, port: int) -> Storefront:
    for name in MEMBERS:
        make_member(brand, name, points=START_POINTS)
    return Storefront(port, brand.token, MEMBERS)


def prove(brand: TestBrand, shop: Storefront) -> Counter[str]:
    """Send everything again: what was answered is answered alike, what was not is done once.

    Returns how often what happened.
    """
    happened = Counter[str]()
    final: list[tuple[Attempt, dict[str, Any]]] = []
    for line, again in shop.send_all_again():
        if line.acknowledged:
            assert (again.status, again.answer) == (line.status, line.answer)
            assert again.replayed
            happened["acknowledged"] += 1
        elif again.acknowledged:
            happened["had landed" if again.replayed else "done at last"] += 1
        else:
            assert again.status == 422, again
            happened[json.loads(again.answer)["code"]] += 1
        if again.acknowledged:
            final.append((again, json.loads(again.answer)))

    expected = {name: {"available": START_POINTS, "pending": 0} for name in MEMBERS}
    owner = {}
    for line, answer in final:
        if line.path == "/v1/orders":
            name = line.body["member"].removeprefix("ext:")
            owner[line.body["external_id"]] = name
            expected[name]["available"] -= answer["points"]["redeemed"]
            expected[name]["pending"] += answer["points"]["earned"]
        elif line.path.endswith("/refunds"):
            name = owner[line.path.split("/")[3].removeprefix("ext:")]
            expected[name]["available"] += answer["points"]["restored"]
            expected[name]["pending"] -= answer["points"]["clawed_back"]
        else:
            name = line.path.split("/")[3].removeprefix("ext:")
            expected[name]["available"] += answer["entry"]["points"]
    for name in MEMBERS:
        counters = {**expected[name], "held": 0, "debt": 0}
        assert balance(brand, f"/v1/members/ext:{name}") == counters
    assert audit(brand) == []
    return happened


def test_workers_killed_in_mid_load_lose_nothing_and_double_nothing(
    app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    brand = make_brand(app)
    with serve(environment, tmp_path) as server:
        shop = open_shop(brand, server.port)
        with shop.busy(CALLERS):
            for _ in range(6):
                wait_for_answers(shop, CALLERS)
                server.kill_a_worker()
            wait_for_answers(shop, CALLERS)
        assert len(server.workers()) == 2  # the master has started others
        happened = prove(brand, shop)
    assert happened["acknowledged"] >= 7 * CALLERS, happened


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str], Flask]]:
    """A database server of its own, to be crashed."""
    var = tmp_path / "var"
    environment = embedded.environment(var)
    database.migrate(environment)
    application = create_app({**load_config(environment), "TESTING": True})
    yield var, environment, application
    with application.app_context():
        db.engine.dispose()
    embedded.stop(var)


def test_a_crash_of_postgresql_under_load_is_survived_without_a_hand(
    fragile: tuple[Path, dict[str, str], Flask], tmp_path: Path
) -> None:
    var, environment, application = fragile
    brand = make_brand(application)
    with serve(environment, tmp_path / "web") as server:
        shop = open_shop(brand, server.port)
        while len(server.workers()) < 2:  # the first answers before the second is there
            time.sleep(0.05)
        masters = [server.process.pid, *(worker.pid for worker in server.workers())]
        with shop.busy(CALLERS):
            for crash in (signal.SIGKILL, signal.SIGQUIT):
                wait_for_answers(shop, 3 * CALLERS)
                server_process = psutil.Process(postmaster(var))
                server_process.send_signal(crash)
                server_process.wait(20)
                embedded.start(var)
                wait_for_answers(shop, CALLERS)
        # The processes are the same: nobody restarted them.
        assert [server.process.pid, *(worker.pid for worker in server.workers())] == masters
        with application.app_context():
            db.engine.dispose()  # this process's own connections ended with the server
        happened = prove(brand, shop)
    assert happened["acknowledged"] >= 7 * CALLERS, happened
    # While the database was away, callers were told to come again.
    assert {line.status for line in shop.journal} <= {200, 201, 422, 503}


def wait_for_answers(shop: Storefront, more: int) -> None:
    """Wait until some more requests have succeeded."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    count = acknowledged(shop)
    while acknowledged(shop) < count + more:
        assert time.monotonic() < deadline, "requests do not succeed any more"
        time.sleep(0.02)


def acknowledged(shop: Storefront) -> int:
    return sum(line.acknowledged for line in list(shop.journal))


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])
