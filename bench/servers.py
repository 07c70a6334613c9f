"""What the bench measures: gunicorn on a data set, and PostgreSQL alone by pgbench."""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from app import embedded
from bench import load, workload
from bench.machine import cpu_microseconds
from bench.seed import ROOT, Dataset

CONNECTIONS = 16
CLIENT_PROCESSES = 2
READY_SECONDS = 60
SETTLE_SECONDS = 0.7  # clients start and warm up before a window begins


@dataclass(frozen=True)
class Sample:
    """One window of one workload: rates, latencies and costs."""

    per_second: float
    microseconds: list[int]
    app_cpu: float  # microseconds for each request
    postgres_cpu: float
    failures: dict[str, int]


@dataclass
class Web:
    """gunicorn on one data set, as ``make run`` starts it."""

    dataset: Dataset
    port: int
    process: "subprocess.Popen[bytes]"
    postmaster: int
    refundable: list[tuple[str, int]] = field(default_factory=list)

    def measure(self, name: str, seconds: float) -> Sample:
        """Put ``name`` under load from all clients for one window."""
        begin = time.time() + SETTLE_SECONDS
        taken = self.refundable if name == "refund" else []
        tasks = [
            load.Task(
                host="127.0.0.1",
                port=self.port,
                token=self.dataset.api_key,
                workload=name,
                connections=CONNECTIONS // CLIENT_PROCESSES,
                begin=begin,
                end=begin + seconds,
                members=self.dataset.size.members,
                coupon=self.dataset.coupon,
                refundable=taken[number::CLIENT_PROCESSES],
            )
            for number in range(CLIENT_PROCESSES)
        ]
        clients = [_client(task) for task in tasks]
        before, after = self._costs_over(begin, seconds)
        outcomes: list[dict[str, Any]] = []
        for client in clients:
            output, _ = client.communicate(timeout=60)
            outcomes.append(json.loads(output))
        self._take_stock(tasks, outcomes)
        latencies = [each for outcome in outcomes for each in outcome["microseconds"]]
        failures: dict[str, int] = {}
        for outcome in outcomes:
            for words, count in outcome["failures"].items():
                failures[words] = failures.get(words, 0) + count
        done = max(len(latencies), 1)
        return Sample(
            len(latencies) / seconds,
            latencies,
            (after[0] - before[0]) / done,
            (after[1] - before[1]) / done,
            failures,
        )

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(15)

    def _costs_over(
        self, begin: float, seconds: float
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        time.sleep(max(0.0, begin - time.time()))
        before = cpu_microseconds(self.process.pid), cpu_microseconds(self.postmaster)
        time.sleep(max(0.0, begin + seconds - time.time()))
        return before, (cpu_microseconds(self.process.pid), cpu_microseconds(self.postmaster))

    def _take_stock(self, tasks: list[load.Task], outcomes: list[dict[str, Any]]) -> None:
        """Keep what was ordered for later refunds, and strike out what was refunded."""
        used = {
            each
            for task, outcome in zip(tasks, outcomes, strict=True)
            for each in task.refundable[: outcome["refunds"]]
        }
        placed = [order for outcome in outcomes for order in outcome["placed"]]
        lines = range(1, workload.REFUNDS_PER_ORDER + 1)
        self.refundable = [each for each in self.refundable if each not in used]
        self.refundable += [(order, line) for line in lines for order in placed]


def start_web(dataset: Dataset, postmaster: int, folder: Path) -> Web:
    """Start gunicorn and wait until it answers."""
    port = _free_port()
    metrics = folder / f"metrics-{dataset.size.name}"
    metrics.mkdir(exist_ok=True)
    environment = {
        **dataset.environment,
        "DANGOL_HOST": "127.0.0.1",
        "DANGOL_PORT": str(port),
        "DANGOL_RATE_LIMIT_PER_SECOND": "1000000",
        "WEB_CONCURRENCY": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    with (folder / f"web-{dataset.size.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "bench.wsgi:app"],
            cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    web = Web(dataset, port, process, postmaster)
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(port):
        if process.poll() is not None or time.monotonic() > deadline:
            web.stop()
            raise SystemExit(f"gunicorn did not start: {folder}/web-{dataset.size.name}.log")
        time.sleep(0.1)
    return web


def postmaster_of(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


@dataclass(frozen=True)
class Ceiling:
    """One checkout's writes as one statement, sent by pgbench."""

    dataset: Dataset
    server: embedded.Server
    postmaster: int

    def install(self, answer: dict[str, Any]) -> None:
        """Create the function; ``answer`` is a real one, to store as many bytes."""
        text = (Path(__file__).parent / "ceiling.sql").read_text(encoding="utf-8")
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        text = text.replace("{fingerprint}", "ab" * 32).replace("{body}", body)
        with psycopg.connect(self.dataset.environment["DATABASE_OWNER_URL"]) as connection:
            connection.execute("SET ROLE dangol_owner")
            connection.execute(text)

    def measure(self, seconds: float) -> Sample:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "checkout.sql"
            script.write_text(
                f"\\set n random(1, {self.dataset.size.members})\n"
                f"SELECT bench_checkout('{self.dataset.brand_id}', :n);\n"
            )
            begin = time.time() + SETTLE_SECONDS
            # pgbench counts whole seconds; what lies outside of the window is left out.
            duration = int(seconds + SETTLE_SECONDS + 1)
            process = subprocess.Popen(
                [
                    self.server.bin_path / "pgbench", "--no-vacuum", "--protocol=prepared",
                    f"--client={CONNECTIONS}", f"--jobs={CLIENT_PROCESSES}",
                    f"--time={duration}", f"--file={script}", "--log",
                    f"--log-prefix={folder}/log", "-h", str(self.server.socket_dir),
                    "-U", "dangol_app", f"bench_{self.dataset.size.name}",
                ],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            time.sleep(max(0.0, begin - time.time()))
            before = cpu_microseconds(self.postmaster)
            time.sleep(max(0.0, begin + seconds - time.time()))
            after = cpu_microseconds(self.postmaster)
            _, errors = process.communicate(timeout=60)
            if process.returncode != 0:
                raise SystemExit(f"pgbench failed:\n{errors}")
            latencies = _logged(Path(folder), begin, begin + seconds)
        cost = (after - before) / max(len(latencies), 1)
        return Sample(len(latencies) / seconds, latencies, 0.0, cost, {})


def _logged(folder: Path, begin: float, end: float) -> list[int]:
    """Return the latencies of the transactions that ended inside of the window."""
    latencies = []
    for path in folder.glob("log.*"):
        for line in path.read_text().splitlines():
            _, _, microseconds, _, second, fraction = line.split()[:6]
            if begin <= int(second) + int(fraction) / 1e6 < end:
                latencies.append(int(microseconds))
    return latencies


def _client(task: load.Task) -> "subprocess.Popen[str]":
    client = subprocess.Popen(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert client.stdin is not None
    json.dump(load.start(task), client.stdin)
    client.stdin.close()
    client.stdin = None  # communicate() would flush it
    return client


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
