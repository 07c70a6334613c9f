"""Dangol as a newcomer starts it: a command in a terminal, its printed words, Ctrl-C.

Run as a program it does with ``make run`` what the README says, and fails if
anything does not hold.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READY_SECONDS = 90
STOP_SECONDS = 30
COMMAND = re.compile(r"^ *curl (?:.*\\\n)*.*$", re.MULTILINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FirstRun:
    """A launcher in a session of its own, as a terminal would start it."""

    def __init__(
        self, command: Sequence[str], var: Path, port: int, extra: Mapping[str, str] | None = None
    ) -> None:
        self.var, self.port = var, port
        self.base_url = f"http://127.0.0.1:{port}"
        self.output = var.parent / f"{var.name}.out"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **{name: value for name, value in os.environ.items() if "DATABASE" not in name},
                    **(extra or {}),
                    "DANGOL_VAR": str(var),
                    "DANGOL_PORT": str(port),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def printed(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        """Wait until the welcome has been printed to its end."""
        deadline = time.monotonic() + READY_SECONDS
        while len(self.commands()) < 3:
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.1)

    def commands(self) -> list[str]:
        """Return the printed curl commands, as somebody would copy them."""
        printed = self.printed()
        return COMMAND.findall(printed) if printed.endswith("\n\n") else []

    def demo(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.var / "demo.json").read_text())
        return content

    def status_of(self, path: str) -> int:
        with urllib.request.urlopen(f"{self.base_url}{path}", timeout=10) as answer:
            return int(answer.status)

    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal to the launcher, or to its group as Ctrl-C does."""
        if self.process.poll() is not None:
            return
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def wait_for_stop(self) -> int:
        status = self.process.wait(STOP_SECONDS)
        assert not (alive := self.survivors()), f"{alive}\n{self.printed()}"
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.port)) != 0, "the port is still served"
        return status

    def survivors(self) -> list[str]:
        """Return the processes that run for this data folder."""
        import psutil

        found = []
        for process in psutil.process_iter():
            try:
                command = process.cmdline()
                ours = process.environ().get("DANGOL_VAR") == str(self.var)
                if ours or str(self.var / "postgres") in command:
                    found.append(f"{process.pid} {' '.join(command)}")
            except psutil.Error:
                continue
        return found


def run_printed(command: str) -> Any:
    """Run a printed command in a shell, as pasted, and return its answer."""
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        var, port = Path(folder) / "var", free_port()
        started_at = time.monotonic()
        first = FirstRun(["make", "run"], var, port)
        try:
            first.wait_until_ready()
            print(first.printed())
            print(f"first run: ready after {time.monotonic() - started_at:.1f} s")
            scan = first.demo()["scan"]
            for path in ("/healthz", "/readyz", "/docs", "/openapi.json", "/dev/outbox", scan):
                assert first.status_of(path) == 200, path
            preview, order, summary = first.commands()
            assert run_printed(preview)["status"] == "preview"
            placed = run_printed(order)
            assert placed["id"].startswith("ord_"), placed
            assert run_printed(order)["id"] == placed["id"]
            assert run_printed(summary)["member"] == placed["member"]
            key = first.demo()["api_key"]
        finally:
            first.signal(signal.SIGINT, group=True)
            first.wait_for_stop()
        started_at = time.monotonic()
        second = FirstRun(["make", "run"], var, port)
        try:
            second.wait_until_ready()
            print(f"second run: ready after {time.monotonic() - started_at:.1f} s")
            assert second.demo()["api_key"] == key
            assert run_printed(second.commands()[0])["status"] == "preview"
        finally:
            second.signal(signal.SIGTERM)
            second.wait_for_stop()
    print("first run: everything has stopped")


if __name__ == "__main__":
    sys.exit(main())
