"""How long tiers take for everyone: 1M members, 5M orders, two cores.

A database of its own is filled set-based, in the order in which orders come. Measured is
what the job and the operator's looks at everyone take: a first ladder, the assessment of
a month in which a fifth of the members lost a tier, one of an ordinary month, a
distribution and a dry run. It ends with the audit.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import text
from tqdm import tqdm

from app import create_app, embedded
from app.config import load_config
from app.db import db, transaction
from app.tiers import jobs
from app.tiers import services as tiers
from app.tiers.schemas.definitions import TierLadderIn
from bench import machine
from bench.seed import MEMBER_ID, environment_of, run_flask
from bench.servers import postmaster_of

DATABASE = "bench_tiers"
DAYS = 520  # over which orders are spread; 365 of them count
TODAY = "2026-11-30"
ASSESSED_WITHIN = 30  # seconds
MOVES = text(
    "SELECT raised, lowered FROM tier_assessments ORDER BY started_at DESC, due_on DESC LIMIT 1"
)

# Orders come day by day, from members in no order, of 2,000 to 202,000 won, most small.
STEPS = {
    "members": f"""
        INSERT INTO members (brand_id, id, external_id, status, joined_on, created_at, updated_at)
        SELECT %(brand)s, {MEMBER_ID}, 'M' || n, 'active', '2025-01-01', now(), now()
          FROM generate_series(1, %(members)s) n
    """,
    "point_accounts": f"""
        INSERT INTO point_accounts (
            brand_id, member_id, available, pending, held, debt, seq, lots, next_due_at
        )
        SELECT %(brand)s, {MEMBER_ID}, 0, 0, 0, 0, 0, 0, 'infinity'
          FROM generate_series(1, %(members)s) n
    """,
    "tier_postings": f"""
        INSERT INTO tier_postings (
            brand_id, member_id, id, kind, order_id, counted_on, order_on,
            net, gross, orders, points, recorded_at
        )
        SELECT %(brand)s, {MEMBER_ID}, o.id, 'order', o.id, o.day, o.day, o.won, o.won, 1,
               o.won / 100, now()
          FROM (
              SELECT 1 + (i * 7919 + i / 13) %% %(members)s AS n,
                     ('01900000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid AS id,
                     '{TODAY}'::date - {DAYS} + (i * {DAYS} / %(orders)s)::integer AS day,
                     2000 + 200000 * (i * 31 %% 97) * (i * 17 %% 89) / 8633 AS won
                FROM generate_series(1, %(orders)s::bigint) i
          ) o
    """,
}


@dataclass(frozen=True)
class Timed:
    """One measurement: what it did, how long it took, and PostgreSQL's part of that."""

    name: str
    did: str
    seconds: float
    cpu: float

    def row(self) -> str:
        return f"| {self.name} | {self.did} | {self.seconds:.1f} | {self.cpu:.1f} |"


def run(options: argparse.Namespace, var: Path) -> str:
    """Return the result as Markdown."""
    members, orders = (20_000, 100_000) if options.quick else (1_000_000, 5_000_000)
    about = machine.describe()
    server = embedded.start(var)
    try:
        with psycopg.connect(
            embedded.url(server, "postgres", user="postgres"), autocommit=True
        ) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        environment = environment_of(var, DATABASE)
        run_flask(environment, "db", "upgrade")
        created = run_flask(environment, "brands", "create", "--name", "bench", "--test", "--json")
        brand_id = UUID(json.loads(created)["brand_id"])
        fill(environment["DATABASE_OWNER_URL"], brand_id, members, orders)
        app = create_app(load_config({**environment, "DANGOL_LOG_LEVEL": "warning"}))
        with app.app_context():
            timed = measure(brand_id, postmaster_of(var), members)
            findings = audit(brand_id)
            db.engine.dispose()
    finally:
        embedded.stop(var)
    slow = [each.name for each in timed if each.seconds > ASSESSED_WITHIN]
    return show(
        f"{members:,} members, {orders:,} orders",
        about,
        timed,
        findings,
        f"Within {ASSESSED_WITHIN} s each: {'no: ' + ', '.join(slow) if slow else 'yes'}.",
    )


def show(
    size: str, about: dict[str, str], timed: Sequence[Timed], findings: str, verdict: str
) -> str:
    """Return what was measured as Markdown."""
    described = "; ".join(f"{name}: {value}" for name, value in about.items())
    rows = [
        "| | what it did | seconds | PostgreSQL's CPU |",
        "|---|---|--:|--:|",
        *(each.row() for each in timed),
    ]
    return "\n\n".join(
        [
            f"Measured {datetime.now(UTC).date()}: {size}. {described}.",
            "\n".join(rows),
            f"Audit: {findings or 'clean'}. {verdict}",
        ]
    )


def fill(url: str, brand_id: UUID, members: int, orders: int) -> None:
    values = {"brand": brand_id, "members": members, "orders": orders}
    with psycopg.connect(url, autocommit=True) as connection:
        # Rows that are right by construction need no triggers of foreign keys.
        connection.execute("SET session_replication_role = replica")
        for table, statement in STEPS.items():
            began = time.monotonic()
            rows = connection.execute(statement, values).rowcount
            connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
            print(f"  {table}, {rows:,} rows, {time.monotonic() - began:.0f} s", flush=True)
        connection.execute("CHECKPOINT")


def measure(brand_id: UUID, postmaster: int, members: int) -> list[Timed]:
    """Return what the life of a ladder takes, in the order in which it happens."""
    timed = []

    def clocked(name: str, work: Callable[[], str]) -> None:
        print(f"  {name}", flush=True)
        began, used = time.monotonic(), machine.cpu_microseconds(postmaster)
        did = work()
        seconds = time.monotonic() - began
        cpu = (machine.cpu_microseconds(postmaster) - used) / 1_000_000
        timed.append(Timed(name, did, seconds, cpu))

    definition = TierLadderIn().load({"counted_when": "paid"})
    definition.pop("dry_run")
    definition.pop("move_down")
    with transaction(brand_id):
        tiers.put_ladder(brand_id, definition, lowers=False, actor="bench", now=_at(TODAY))
    clocked("first ladder", lambda: assess(brand_id, TODAY, members))
    clocked("distribution", lambda: distribute(brand_id))
    harder = {**definition, "tiers": [dict(tier) for tier in definition["tiers"]]}
    for tier in harder["tiers"]:
        tier["threshold"] *= 2
    clocked("dry run of a ladder twice as high", lambda: forecast(brand_id, harder))
    clocked("assessment, nobody moves", lambda: assess(brand_id, "2026-12-01", members))
    clocked("assessment of a month without orders", lambda: assess(brand_id, "2027-01-01", members))
    clocked("four assessments, caught up", lambda: assess(brand_id, "2027-05-01", 4 * members))
    return timed


def assess(brand_id: UUID, day: str, total: int) -> str:
    with tqdm(total=total, unit="", smoothing=0.05, leave=False) as bar:
        jobs.assess(brand_id, _at(day), report=partial(machine.show_progress, bar))
    with transaction(brand_id):
        moves = db.session.execute(MOVES).one()
    return f"{moves.raised:,} rose, {moves.lowered:,} fell"


def distribute(brand_id: UUID) -> str:
    with transaction(brand_id):
        found = tiers.distribution(brand_id, on=None, basis=None, now=_at(TODAY))
    return f"{sum(found.members.values()):,} members"


def forecast(brand_id: UUID, definition: dict[str, object]) -> str:
    with transaction(brand_id):
        found = tiers.forecast(brand_id, definition, lowers=False, now=_at(TODAY))
    return f"{found.moved:,} would move"


def audit(brand_id: UUID) -> str:
    with transaction(brand_id):
        return ", ".join(f"{each.check}: {each.detail}" for each in tiers.audit(brand_id))


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T03:00:00").replace(tzinfo=UTC)
