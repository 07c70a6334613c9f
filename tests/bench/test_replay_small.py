"""The replay itself: a small part of it, through a real server, twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import answers, dataset
from tests.support.server import ROOT, serve

MADE_UP = ROOT / "tests" / "data" / "orders"
REAL = Path(os.environ.get("DANGOL_DATA", ROOT.parent / "shared" / "data"))

# The made-up orders always run; the real ones wherever they lie.
CASES = [pytest.param(MADE_UP, [], id="made-up")]
if REAL.is_dir():
    CASES.append(pytest.param(REAL, ["--limit", "50"], id="real"))


@pytest.mark.parametrize(("folder", "options"), CASES)
def test_a_replay_equals_the_reference_and_changes_nothing_the_second_time(
    environment: dict[str, str], tmp_path: Path, folder: Path, options: list[str]
) -> None:
    with serve(environment, tmp_path) as server:
        command = [sys.executable, "-m", "bench.replay", "--data", str(folder), *options]
        command += ["--url", f"http://127.0.0.1:{server.port}", "--connections", "4"]
        runs = [
            subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, **environment, "DANGOL_VAR": str(tmp_path)},
                capture_output=True,
                text=True,
                check=False,
            )
            for _ in range(2)
        ]

    for run in runs:
        assert run.returncode == 0, run.stdout + run.stderr
        assert "every line is equal" in run.stdout
    assert "again (digest)" not in runs[0].stdout
    assert "again (digest)" in runs[1].stdout


def test_the_answers_of_a_part_are_reckoned_as_the_reference_is() -> None:
    whole = answers.expected(dataset.load(MADE_UP))

    part = answers.expected(dataset.load(MADE_UP, limit=8))

    assert part == whole


def test_lines_sum_to_their_order_and_stay_within_a_penny() -> None:
    for order in dataset.load(MADE_UP).orders:
        assert sum(line.pence for line in order.lines) == order.pence
        assert all(abs(10 * line.pence - line.mills) < 10 for line in order.lines)
