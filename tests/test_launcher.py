"""``make run``: ready with a demo, alive whatever dies, gone when told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support import database
from tests.support.first_run import FirstRun, free_port, run_printed

LAUNCHER = [sys.executable, "-m", "app.launcher"]
Launch = Callable[..., FirstRun]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the test's own: pytest locks its folders again when a session starts."""
    with tempfile.TemporaryDirectory(prefix="dangol-") as name:
        yield Path(name)


@pytest.fixture
def launch(folder: Path) -> Iterator[Launch]:
    """Start a launcher; by default all of one test share a port and a data folder."""
    port, started = free_port(), []

    def start(**extra: str) -> FirstRun:
        started.append(FirstRun(LAUNCHER, folder / "var", port, extra))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.signal(signal.SIGTERM)
            each.wait_for_stop()


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not become true within 30 seconds")


def call(run: FirstRun, path: str) -> Any:
    request = urllib.request.Request(
        f"{run.base_url}{path}", headers={"Authorization": f"Bearer {run.demo()['api_key']}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def child(run: FirstRun, word: str) -> psutil.Process:
    """Return the launcher's child whose command contains ``word``."""
    (found,) = [
        process
        for process in psutil.Process(run.process.pid).children()
        if word in " ".join(process.cmdline())
    ]
    return found


def test_the_first_run_serves_a_demo_whose_printed_commands_work(launch: Launch) -> None:
    first = launch()
    first.wait_until_ready()
    demo = first.demo()
    assert demo["base_url"] == first.base_url
    assert demo["api_key"].startswith("sk_test_")
    assert len(demo["members"]) == 200
    preview, order, summary = (run_printed(command) for command in first.commands())
    assert preview["status"] == "preview"
    assert order["id"].startswith("ord_")
    assert order["points"]["redeemed"] == preview["points"]["redeemed"] > 0
    assert summary["member"] == order["member"]
    assert summary["points"]["available"] == order["points"]["balance"]["available"]
    # Pasted again, nothing more happens.
    assert run_printed(first.commands()[1]) == order
    member = demo["members"][0]
    shown = call(first, f"/v1/members/ext:{member['external_id']}/points")
    assert shown["available"] == member["available"] - order["points"]["redeemed"]

    first.signal(signal.SIGINT, group=True)
    assert first.wait_for_stop() == 0

    second = launch()
    second.wait_until_ready()
    again = second.demo()
    assert (again["api_key"], again["brand_id"]) == (demo["api_key"], demo["brand_id"])
    assert call(second, f"/v1/orders/{order['id']}")["external_id"] == order["external_id"]
    assert run_printed(second.commands()[1])["id"] != order["id"]

    second.signal(signal.SIGTERM)
    assert second.wait_for_stop() == 0


def test_a_child_that_dies_is_started_again(launch: Launch) -> None:
    run = launch()
    run.wait_until_ready()
    time.sleep(1)
    for word in ("gunicorn", "worker"):
        victim = child(run, word)
        victim.kill()
        wait_until(lambda word=word, victim=victim: child_is_new(run, word, victim))
    wait_until(lambda: answers(run))


def child_is_new(run: FirstRun, word: str, old: psutil.Process) -> bool:
    try:
        return child(run, word).pid != old.pid
    except (ValueError, psutil.Error):  # not there, or dying
        return False


def answers(run: FirstRun) -> bool:
    try:
        return run.status_of("/readyz") == 200
    except OSError:
        return False


def test_a_launcher_that_is_killed_takes_its_children_with_it(launch: Launch) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux ends the children of a killed parent")
    run = launch()
    run.wait_until_ready()
    children = psutil.Process(run.process.pid).children(recursive=True)
    run.signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    # PostgreSQL outlives it and is found again.
    again = launch()
    again.wait_until_ready()
    again.signal(signal.SIGTERM)
    assert again.wait_for_stop() == 0


def test_a_port_in_use_is_said_in_one_sentence(launch: Launch, folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        run = FirstRun(LAUNCHER, folder / "other", other.getsockname()[1])
        assert run.process.wait(30) == 1
    assert f"DANGOL_PORT={run.port + 1} make run" in run.printed()
    assert "Traceback" not in run.printed()
    assert not (folder / "other" / "postgres").exists()


def test_a_second_launcher_on_the_same_data_is_refused(launch: Launch, folder: Path) -> None:
    import fcntl

    (folder / "var").mkdir()
    with (folder / "var" / "launcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = launch()
        assert run.process.wait(30) == 1
    assert "DANGOL_VAR" in run.printed()
    assert "Traceback" not in run.printed()


def test_a_database_of_ones_own_is_used_instead_of_the_embedded_one(
    launch: Launch, environment: dict[str, str], folder: Path
) -> None:
    run = launch(
        DATABASE_URL=environment["DATABASE_URL"],
        DATABASE_OWNER_URL=environment["DATABASE_OWNER_URL"],
    )
    run.wait_until_ready()
    assert not (folder / "var" / "postgres").exists()
    assert (folder / "var" / "secrets.json").exists()
    assert run_printed(run.commands()[0])["status"] == "preview"
    run.signal(signal.SIGTERM)
    assert run.wait_for_stop() == 0


def test_a_wrong_setting_is_named_before_anything_starts(launch: Launch, folder: Path) -> None:
    done = subprocess.run(
        LAUNCHER,
        cwd=database.ROOT,
        env={**os.environ, "DANGOL_PORT": "web", "DANGOL_VAR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DANGOL_PORT must be a whole number" in done.stderr
