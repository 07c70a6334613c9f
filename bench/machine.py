"""What a measurement costs and where it was taken, read from /proc (Linux); its progress."""

import os
import platform
from pathlib import Path
from typing import Any

from tqdm import tqdm

TICK = 1_000_000 / os.sysconf("SC_CLK_TCK")  # microseconds


def cpu_microseconds(root: int) -> float:
    """Return the CPU time of a process and all below it, also of those that have ended."""
    return sum(_ticks(pid) for pid in _family(root)) * TICK


def describe() -> dict[str, str]:
    """Return the machine in words, with how busy it is at this moment."""
    model = _field("/proc/cpuinfo", "model name")
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0]) / 2**20
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "processor": f"{len(os.sched_getaffinity(0))} × {model or platform.machine()}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "load average before": load,
    }


def show_progress(bar: "tqdm[Any]", done: int) -> None:
    """Move a bar to what a job says is done."""
    bar.update(done - bar.n)


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    family = [root]
    for pid in family:
        family += children.get(pid, [])
    return family


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    # utime, stime, and those of children that have ended
    return sum(int(value) for value in fields[11:15]) if fields else 0


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; none if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
