"""``make bench``: how fast the checkout is, against its ceiling and its floor.

Own PostgreSQL, gunicorn as ``make run`` starts it, 16 connections. Every workload is
measured once in each round, in an order shuffled anew; figures are medians of rounds.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from tqdm import tqdm

from app import create_app, embedded
from app.config import load_config
from app.db import db, transaction
from app.points import jobs
from bench import machine, report, round_trips, seed, workload
from bench.report import Samples
from bench.seed import LARGE, ROOT, SMALL, Dataset
from bench.servers import CONNECTIONS, Ceiling, Sample, Web, postmaster_of, start_web

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"

WORKLOADS = ("checkout", "preview", "balance", "refund")
SETTING = """\
{options.rounds} shuffled rounds of {options.seconds:g} s; {connections} connections;
gunicorn gthread 2 × 8 for each data set; the embedded PostgreSQL with its own settings
(fsync and synchronous_commit on); clients on the same machine."""
DUE_LOTS = 300_000
EXPIRY_LEAST = 20_000  # lots a second


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    if options.var:
        return run(options, Path(options.var).resolve())
    with tempfile.TemporaryDirectory(prefix="dangol-bench-") as folder:
        return run(options, Path(folder))


def run(options: argparse.Namespace, var: Path) -> int:
    var.mkdir(parents=True, exist_ok=True)
    about = machine.describe()
    sizes = [SMALL] if options.quick else [SMALL, LARGE]
    webs: dict[str, Web] = {}
    try:
        server = embedded.start(var)
        datasets = {size.name: seed.prepare(var, size, _say) for size in sizes}
        postmaster = postmaster_of(var)
        for name, dataset in datasets.items():
            webs[name] = start_web(dataset, postmaster, var)
        ceilings = {
            name: Ceiling(dataset, server, postmaster) for name, dataset in datasets.items()
        }
        for name, ceiling in ceilings.items():
            ceiling.install(_order_once(webs[name]))
        samples = measure(webs, ceilings, options.rounds, options.seconds)
        # What was measured is shown even if something below takes long or fails.
        print(f"\n{report.table(samples, {size.name: str(size) for size in sizes})}\n", flush=True)
        trips = count_round_trips(datasets[SMALL.name])
        for web in webs.values():
            web.stop()
        largest = datasets[sizes[-1].name]
        expiry = measure_expiry(largest, DUE_LOTS if not options.quick else DUE_LOTS // 10)
        audits = [f"{dataset.size}: {seed.audit(dataset)}" for dataset in datasets.values()]
        about["PostgreSQL"] = _version(largest)
    finally:
        for web in webs.values():
            web.stop()
        embedded.stop(var)
    names = {size.name: str(size) for size in sizes}
    shown = show(about, options, samples, names, [trips, expiry, *audits])
    print(f"\n{shown}")
    if options.write:
        write(shown)
    return 0


def measure(
    webs: dict[str, Web], ceilings: dict[str, Ceiling], rounds: int, seconds: float
) -> Samples:
    """Run every workload in each round; one round before them warms everything up."""
    first = next(iter(webs))
    # In the order of the table; it is also the order of the warm-up, so that the first
    # refunds find orders.
    plan = [(name, size) for name in WORKLOADS for size in webs]
    plan += [("ceiling", size) for size in ceilings]
    plan += [("floor", first), ("healthz", first)]
    samples: Samples = {each: [] for each in plan}

    def once(name: str, size: str) -> Sample:
        if name == "ceiling":
            return ceilings[size].measure(seconds)
        return webs[size].measure(name, seconds)

    with tqdm(total=len(plan) * (rounds + 1), desc="rounds", unit="") as bar:
        for each in plan:
            once(*each)
            bar.update()
        for _ in range(rounds):
            for each in random.sample(plan, len(plan)):
                samples[each].append(once(*each))
                bar.update()
    return samples


def count_round_trips(dataset: Dataset) -> str:
    """Count what one checkout exchanges with PostgreSQL, on the wire."""
    app = _application(dataset)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {dataset.api_key}", "Content-Type": "application/json"}

    def order() -> None:
        name = uuid.uuid4().hex
        answer = client.post(
            "/v1/orders",
            data=workload.order(1, name),
            headers={**headers, "Idempotency-Key": name},
        )
        if answer.status_code != 201:
            raise SystemExit(answer.get_data(as_text=True))

    for _ in range(3):
        order()
    with app.app_context():
        engine = db.engine
    with round_trips.counting(engine) as counted:
        order()
    engine.dispose()
    return f"Round trips of a checkout besides COMMIT: {counted.besides_commit} (target ≤ 4)."


def measure_expiry(dataset: Dataset, lots: int) -> str:
    """Expire the next ``lots`` lots by the job itself, as if their day had come."""
    app = _application(dataset)
    brand_id = UUID(dataset.brand_id)
    find = text(
        "SELECT expires_at FROM point_lots WHERE brand_id = :brand_id AND remaining > 0"
        " ORDER BY expires_at OFFSET :lots LIMIT 1"
    )
    with app.app_context():
        with transaction(brand_id):
            now: datetime = db.session.execute(
                find, {"brand_id": brand_id, "lots": lots}
            ).scalar_one()
        with tqdm(desc="expiry", unit=" lots") as bar:
            began = time.monotonic()
            done = jobs.settle_points(brand_id, now, report=partial(_show_progress, bar))
            seconds = time.monotonic() - began
        db.engine.dispose()
    rate = done / seconds
    verdict = "met" if rate >= EXPIRY_LEAST else "missed"
    return (
        f"Expiry job, {dataset.size}: {done:,} due lots in {seconds:.1f} s ="
        f" {rate:,.0f} lots/s (target ≥ {EXPIRY_LEAST:,}: {verdict})."
    )


def show(
    about: dict[str, str],
    options: argparse.Namespace,
    samples: Samples,
    names: dict[str, str],
    remarks: Sequence[str],
) -> str:
    """Return the whole result as Markdown."""
    described = "; ".join(f"{name}: {value}" for name, value in about.items())
    parts = [
        f"Measured {datetime.now(UTC).date()}. {described}.",
        SETTING.format(options=options, connections=CONNECTIONS),
        report.table(samples, names),
        report.ratios(samples, list(names)),
        *remarks,
        report.failures(samples),
    ]
    return "\n\n".join(parts)


def write(shown: str) -> None:
    """Put the result between the marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{shown}\n\n{END}{tail}", encoding="utf-8")
    print(f"\nWritten to {PAGE}.")


def _order_once(web: Web) -> dict[str, Any]:
    """Place one order and return its answer."""
    name = uuid.uuid4().hex
    request = urllib.request.Request(
        f"http://127.0.0.1:{web.port}/v1/orders",
        workload.order(1, name),
        {
            "Authorization": f"Bearer {web.dataset.api_key}",
            "Idempotency-Key": name,
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        placed: dict[str, Any] = json.load(answer)
    return placed


def _application(dataset: Dataset) -> Flask:
    return create_app(load_config({**dataset.environment, "DANGOL_LOG_LEVEL": "warning"}))


def _version(dataset: Dataset) -> str:
    app = _application(dataset)
    with app.app_context(), transaction():
        return str(db.session.scalar(text("SHOW server_version")))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.checkout", description=__doc__)
    parser.add_argument("--var", help="keep the databases here, for the next run")
    parser.add_argument("--quick", action="store_true", help="small data, two rounds")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, default=2.5, help="length of a window")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args(arguments)
    if options.rounds is None:
        options.rounds = 2 if options.quick else 5
    return options


def _show_progress(bar: "tqdm[Any]", done: int) -> None:
    bar.update(done - bar.n)


def _say(sentence: str) -> None:
    sys.stdout.write(f"  {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
