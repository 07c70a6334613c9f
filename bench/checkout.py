"""How fast the checkout is: against its ceiling, its floor, and with a whole programme.

Own PostgreSQL, gunicorn as ``make run`` starts it, 16 connections. Every workload is
measured once in each round, in an order shuffled anew; figures are medians of rounds.
"""

import argparse
import json
import random
import sys
import time
import urllib.request
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tqdm import tqdm

from app import embedded
from app.db import db, transaction
from app.points import jobs
from bench import machine, report, round_trips, seed, workload
from bench.report import Samples
from bench.seed import LARGE, PROGRAMME, SMALL, Dataset, application_of
from bench.servers import CONNECTIONS, Ceiling, Sample, Web, postmaster_of, start_web

WORKLOADS = ("checkout", "preview", "balance", "refund")
WITH_PROGRAMME = ("checkout", "preview", "refund")
SETTING = """\
{options.rounds} shuffled rounds of {options.seconds:g} s; {connections} connections;
gunicorn gthread 2 × 8 for each data set; the embedded PostgreSQL with its own settings
(fsync and synchronous_commit on); clients on the same machine."""
DUE_LOTS = 300_000
EXPIRY_LEAST = 20_000  # lots a second


def run(options: argparse.Namespace, var: Path) -> str:
    """Return the result as Markdown."""
    about = machine.describe()
    sizes = [SMALL, PROGRAMME] if options.quick else [SMALL, LARGE, PROGRAMME]
    webs: dict[str, Web] = {}
    try:
        server = embedded.start(var)
        datasets = {size.name: seed.prepare(var, size, _say) for size in sizes}
        postmaster = postmaster_of(var)
        for name, dataset in datasets.items():
            webs[name] = start_web(dataset, postmaster, var)
        ceilings = {
            name: Ceiling(dataset, server, postmaster)
            for name, dataset in datasets.items()
            if not dataset.size.programme
        }
        for name, ceiling in ceilings.items():
            ceiling.install(_order_once(webs[name]))
        samples = measure(webs, ceilings, options.rounds, options.seconds)
        # What was measured is shown even if something below takes long or fails.
        print(f"\n{report.table(samples, {size.name: str(size) for size in sizes})}\n", flush=True)
        trips = [count_round_trips(datasets[size.name]) for size in (SMALL, PROGRAMME)]
        for web in webs.values():
            web.stop()
        largest = datasets[sizes[-2].name]
        expiry = measure_expiry(largest, DUE_LOTS if not options.quick else DUE_LOTS // 10)
        audits = [f"{dataset.size}: {seed.audit(dataset)}" for dataset in datasets.values()]
        about["PostgreSQL"] = _version(largest)
    finally:
        for web in webs.values():
            web.stop()
        embedded.stop(var)
    names = {size.name: str(size) for size in sizes}
    return show(about, options, samples, names, [*trips, expiry, *audits])


def measure(
    webs: dict[str, Web], ceilings: dict[str, Ceiling], rounds: int, seconds: float
) -> Samples:
    """Run every workload in each round; one round before them warms everything up.

    PostgreSQL looks at the tables when that one is over: it had planned for empty ones,
    which a shop meets on its first day only, until autovacuum comes round.
    """
    first = next(iter(webs))
    # In the order of the table; it is also the order of the warm-up, so that the first
    # refunds find orders.
    plan = [
        (name, size)
        for name in WORKLOADS
        for size, web in webs.items()
        if name in WITH_PROGRAMME or not web.dataset.size.programme
    ]
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
        for web in webs.values():
            seed.analyze(web.dataset)
        for _ in range(rounds):
            for each in random.sample(plan, len(plan)):
                samples[each].append(once(*each))
                bar.update()
    return samples


def count_round_trips(dataset: Dataset) -> str:
    """Count what one checkout exchanges with PostgreSQL, on the wire."""
    app = application_of(dataset)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {dataset.api_key}", "Content-Type": "application/json"}

    def order() -> None:
        name = uuid.uuid4().hex
        answer = client.post(
            "/v1/orders",
            data=workload.order(1, name, dataset.coupon),
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
    return (
        f"Round trips of a checkout besides COMMIT, {dataset.size}:"
        f" {counted.besides_commit} (target ≤ 4)."
    )


def measure_expiry(dataset: Dataset, lots: int) -> str:
    """Expire the next ``lots`` lots by the job itself, as if their day had come."""
    app = application_of(dataset)
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
            done = jobs.settle_points(brand_id, now, report=partial(machine.show_progress, bar))
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
        report.ratios(
            samples,
            [name for name in names if name != PROGRAMME.name],
            programme=PROGRAMME.name,
        ),
        *remarks,
        report.failures(samples),
    ]
    return "\n\n".join(parts)


def _order_once(web: Web) -> dict[str, Any]:
    """Place one order and return its answer."""
    name = uuid.uuid4().hex
    request = urllib.request.Request(
        f"http://127.0.0.1:{web.port}/v1/orders",
        workload.order(1, name, web.dataset.coupon),
        {
            "Authorization": f"Bearer {web.dataset.api_key}",
            "Idempotency-Key": name,
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        placed: dict[str, Any] = json.load(answer)
    return placed


def _version(dataset: Dataset) -> str:
    app = application_of(dataset)
    with app.app_context(), transaction():
        return str(db.session.scalar(text("SHOW server_version")))


def _say(sentence: str) -> None:
    sys.stdout.write(f"  {sentence}\n")
    sys.stdout.flush()
