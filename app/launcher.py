"""``make run``: database, web server and worker of one machine as one process tree.

It starts what is needed, waits until it answers, says what to try, restarts what
dies, and stops everything with itself. In production a process manager does this;
see docs/operations.md.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from flask_migrate import upgrade

from app import clock, create_app, embedded, welcome
from app.config import ConfigError, load_config, number
from app.db import db
from app.demo.brand import Demo, ensure_demo

ROOT = Path(__file__).parents[1]

READY_SECONDS = 60
STOP_SECONDS = 15  # a little more than gunicorn's graceful_timeout
RESTART_SECONDS_MAX = 30
STEADY_SECONDS = 60  # who lives this long has got over what killed it
LOG_BYTES_MAX = 20_000_000

PR_SET_PDEATHSIG = 1  # linux/prctl.h


class LauncherError(Exception):
    """It cannot be started; the sentence says why and what to do."""


class Stop(BaseException):
    """SIGINT or SIGTERM has come."""


@dataclass(frozen=True)
class Place:
    """Where this installation answers and where its data lie."""

    host: str
    port: int
    var: Path

    @property
    def base_url(self) -> str:
        reachable = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{self.port}"


@dataclass
class Child:
    """A process that is started again when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    is_mourned: bool = False

    def start(self) -> None:
        with _appending(self.log) as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command,
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the launcher alone, which stops the others in order.
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self.started_at = time.monotonic()
        self.is_mourned = False

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> None:
        """Start it again if it has died, later each time it dies soon after its start."""
        if self.is_alive or self.process is None:
            return
        if not self.is_mourned:
            # Its own children may hold the port until they notice.
            self._signal_group(signal.SIGTERM)
            self.is_mourned = True
        lived = time.monotonic() - self.started_at
        if lived > STEADY_SECONDS:
            self.deaths = 0
        if lived < min(2**self.deaths, RESTART_SECONDS_MAX):
            return
        self.deaths += 1
        _say(f"{self.name} 다시 시작 · restarted (exit {self.process.returncode}, {self.log})")
        self.start()

    def ask_to_stop(self) -> None:
        if self.is_alive and self.process is not None:
            self.process.terminate()

    def wait_for_stop(self, deadline: float) -> None:
        """Wait until it has stopped, and kill it with all its own children at ``deadline``."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._signal_group(signal.SIGKILL)
            self.process.wait()
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: int) -> None:
        """Send a signal to the process and all its own children, if there are any left."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def main() -> int:
    """Run until SIGINT or SIGTERM; return the exit status."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        place = read_place(os.environ)
        with _alone(place):
            check_port(place)
            run(place)
    except (LauncherError, ConfigError, embedded.EmbeddedError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except Stop:
        return 0
    return 0


def run(place: Place) -> None:
    """Start everything, say what to try, and watch over it until :class:`Stop`."""
    children: list[Child] = []
    uses_embedded = not _names_database(os.environ)
    try:
        _say("데이터베이스를 켜고 있어요 · starting PostgreSQL")
        environment = environment_of(place, os.environ)
        _say("스키마를 맞추고 데모 데이터를 준비하고 있어요 · migrating, preparing the demo")
        shown = prepare(place, environment)
        _say("웹 서버와 작업자를 켜고 있어요 · starting the web server and the worker")
        children += make_children(place, environment)
        for child in children:
            child.start()
        wait_until_ready(place, children)
        sys.stdout.write(welcome.text(shown, place.var, embedded=uses_embedded, now=clock.now()))
        sys.stdout.flush()
        while True:
            time.sleep(0.2)
            for child in children:
                child.keep_alive()
    finally:
        # From here on nothing may interrupt; everything below ends by itself.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _say("끄고 있어요 · stopping")
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.wait_for_stop(deadline)
        if uses_embedded:
            embedded.stop(place.var)
        _say("모두 껐어요 · everything has stopped")


def read_place(env: Mapping[str, str]) -> Place:
    """:raises ConfigError: naming the variable and what it should hold"""
    return Place(
        host=env.get("DANGOL_HOST", "127.0.0.1"),
        port=number(env, "DANGOL_PORT", 8000, 1, 65535),
        var=Path(env.get("DANGOL_VAR", "var")).resolve(),
    )


def environment_of(place: Place, env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the web server and the worker, with database and secrets."""
    made = (
        embedded.secrets_of(place.var) if _names_database(env) else embedded.environment(place.var)
    )
    metrics = place.var / "metrics"
    metrics.mkdir(exist_ok=True)
    for left in metrics.glob("*.db"):
        left.unlink()
    return {
        # What is set from outside comes before what is made here, also when it is in a file.
        **{name: value for name, value in made.items() if f"{name}_FILE" not in env},
        "DANGOL_DEV_OUTBOX": "on" if place.host in ("127.0.0.1", "::1", "localhost") else "off",
        **env,
        "DANGOL_HOST": place.host,
        "DANGOL_PORT": str(place.port),
        "DANGOL_VAR": str(place.var),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "PYTHONUNBUFFERED": "1",
    }


def prepare(place: Place, environment: Mapping[str, str]) -> Demo:
    """Bring the schema up to date and return the demo brand, made at the first run."""
    app = create_app(load_config(environment))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        shown = ensure_demo(
            place.var / "demo.json", base_url=place.base_url, now=clock.now(), progress=_say
        )
        db.engine.dispose()
    return shown


def make_children(place: Place, environment: dict[str, str]) -> list[Child]:
    python = sys.executable
    logs = place.var / "log"
    logs.mkdir(exist_ok=True)
    return [
        Child(
            "gunicorn",
            [python, "-m", "gunicorn", "--config", "gunicorn.conf.py"],
            environment,
            logs / "web.log",
        ),
        Child(
            "worker",
            [python, "-m", "flask", "--app", "wsgi", "jobs", "worker"],
            environment,
            logs / "worker.log",
        ),
    ]


def check_port(place: Place) -> None:
    """:raises LauncherError: another program listens there"""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise LauncherError(
                f"{place.host}:{place.port} 주소를 쓸 수 없어요({error.strerror})."
                f" 다른 포트로 켜 주세요: DANGOL_PORT={place.port + 1} make run\n"
                f"{place.host}:{place.port} cannot be used ({error.strerror})."
                f" Choose another port: DANGOL_PORT={place.port + 1} make run"
            ) from error


def wait_until_ready(place: Place, children: list[Child]) -> None:
    """:raises LauncherError: a child died, or nothing answered in time"""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        for child in children:
            if not child.is_alive:
                raise LauncherError(
                    f"{child.name} did not start. Its log ({child.log}) ends with:\n"
                    + _tail(child.log)
                )
        if _answers(f"{place.base_url}/readyz"):
            return
        if time.monotonic() > deadline:
            raise LauncherError(
                f"{place.base_url}/readyz was not ready within {READY_SECONDS} seconds."
                f" The log ({children[0].log}) ends with:\n" + _tail(children[0].log)
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:  # not there yet, or an error status
        return False


def _names_database(env: Mapping[str, str]) -> bool:
    return bool(env.get("DATABASE_URL") or env.get("DATABASE_URL_FILE"))


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """:raises LauncherError: another launcher uses this data folder"""
    place.var.mkdir(parents=True, exist_ok=True)
    with (place.var / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LauncherError(
                f"{place.var} 폴더로 이미 켜져 있어요. 더 켜려면 DANGOL_VAR를 바꿔 주세요.\n"
                f"Dangol already runs on {place.var}. Set DANGOL_VAR to run another beside it."
            ) from None
        yield


@contextmanager
def _appending(log: Path) -> Iterator[IO[bytes]]:
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".old"))
    with log.open("ab") as output:
        yield output


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _die_with_parent() -> None:
    """Make the kernel end this child should the launcher be killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _say(sentence: str) -> None:
    sys.stdout.write(f"  {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
