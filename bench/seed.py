"""A brand with many members and a ledger that is consistent, written set-based.

Each member has accruals of 1,000 points and one redemption of 500 from the first lot.
Everything the audit checks holds, so a bench can end with it.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql

from app import create_app, embedded
from app.config import load_config
from bench import offer

ROOT = Path(__file__).parents[1]
FIRST_EXPIRY_DAYS = 60  # lots lapse on 300 consecutive days from then

MEMBER_ID = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
EXPIRES_AT = (
    "(date_trunc('day', now())"
    f" + make_interval(days => {FIRST_EXPIRY_DAYS} + (n * 7 + i * 37) %% 300))"
)

STEPS = {
    "members": f"""
        INSERT INTO members (brand_id, id, external_id, status, joined_on, created_at, updated_at)
        SELECT %(brand)s, {MEMBER_ID}, 'M' || n, 'active', current_date, now(), now()
          FROM generate_series(1, %(members)s) n
    """,
    "point_accounts": f"""
        INSERT INTO point_accounts (
            brand_id, member_id, available, pending, held, debt, seq, lots, next_due_at
        )
        SELECT %(brand)s, {MEMBER_ID}, 1000 * (%(entries)s - 1) - 500, 0, 0, 0, %(entries)s,
               %(entries)s - 1,
               (SELECT min({EXPIRES_AT}) FROM generate_series(1, %(entries)s - 1) i)
          FROM generate_series(1, %(members)s) n
    """,
    "point_lots": f"""
        INSERT INTO point_lots (
            brand_id, member_id, lot_no, entry_seq, original, remaining, pending, expires_at
        )
        SELECT %(brand)s, {MEMBER_ID}, i, i, 1000, CASE i WHEN 1 THEN 500 ELSE 1000 END, 0,
               {EXPIRES_AT}
          FROM generate_series(1, %(members)s) n, generate_series(1, %(entries)s - 1) i
    """,
    "point_entries": f"""
        INSERT INTO point_entries (
            brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
            available_after, pending_after, held_after, debt_after,
            origin, actor, cause, occurred_at, recorded_at
        )
        SELECT %(brand)s, {MEMBER_ID}, i,
               CASE WHEN i < %(entries)s THEN 'accrual' ELSE 'redemption' END,
               CASE WHEN i < %(entries)s THEN 1000 ELSE -500 END, 0, 0, 0,
               CASE WHEN i < %(entries)s THEN 1000 * i ELSE 1000 * (i - 1) - 500 END, 0, 0, 0,
               CASE WHEN i < %(entries)s THEN 'grant' END, 'bench', 'seed/' || n || '/' || i,
               now(), now()
          FROM generate_series(1, %(members)s) n, generate_series(1, %(entries)s) i
    """,
    "point_allocations": f"""
        INSERT INTO point_allocations (
            brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
        )
        SELECT %(brand)s, {MEMBER_ID}, i, CASE WHEN i < %(entries)s THEN i ELSE 1 END,
               CASE WHEN i < %(entries)s THEN 1000 ELSE -500 END, 0
          FROM generate_series(1, %(members)s) n, generate_series(1, %(entries)s) i
    """,
}


@dataclass(frozen=True)
class Size:
    name: str
    members: int
    entries: int  # of each member
    programme: bool = False  # the brand offers a ladder, stamps, rules and a coupon

    def __str__(self) -> str:
        shown = f"{_short(self.members)} members, {_short(self.members * self.entries)} entries"
        return f"{shown}, programme" if self.programme else shown


SMALL = Size("small", 10_000, 10)
LARGE = Size("large", 1_000_000, 5)
PROGRAMME = Size("programme", 10_000, 10, programme=True)


@dataclass(frozen=True)
class Dataset:
    """A seeded database: how to reach it, and the brand in it."""

    size: Size
    environment: dict[str, str]
    brand_id: str
    api_key: str

    @property
    def coupon(self) -> str | None:
        """The code that every cart of this data set asks for."""
        return offer.COUPON if self.size.programme else None


def prepare(var: Path, size: Size, say: Callable[[str], None]) -> Dataset:
    """Return the data set of this size in ``var``, seeding it unless it is there."""
    name = f"bench_{size.name}"
    note = var / f"{name}.json"
    digest = _schema_digest(size)
    if note.exists():
        known = json.loads(note.read_text())
        if known.pop("digest") == digest:
            return Dataset(size, environment_of(var, name), **known)
    note.unlink(missing_ok=True)
    server = embedded.start(var)
    admin = embedded.url(server, "postgres", user="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
    environment = environment_of(var, name)
    run_flask(environment, "db", "upgrade")
    created = json.loads(run_flask(environment, "brands", "create", "--name", "bench", "--json"))
    began = time.monotonic()
    _fill(environment["DATABASE_OWNER_URL"], created["brand_id"], size, say)
    dataset = Dataset(size, environment, created["brand_id"], created["secret_key"])
    if size.programme:
        offer.define(application_of(dataset).test_client(), dataset.api_key)
    say(f"{size}: seeded in {time.monotonic() - began:.0f} s")
    note.write_text(
        json.dumps({"brand_id": dataset.brand_id, "api_key": dataset.api_key, "digest": digest})
    )
    return dataset


def environment_of(var: Path, database: str) -> dict[str, str]:
    """Return the environment of an application on this database, whatever ours says."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "DANGOL_", "PROMETHEUS_"))
    }
    return {**ours, **embedded.environment(var, database=database), "DANGOL_VAR": str(var)}


def application_of(dataset: Dataset) -> Flask:
    """Return an application in this process on the data set's database."""
    return create_app(load_config({**dataset.environment, "DANGOL_LOG_LEVEL": "warning"}))


def audit(dataset: Dataset) -> str:
    """Return what ``flask audit`` says of the brand."""
    return run_flask(dataset.environment, "audit", "--brand", dataset.brand_id).strip()


def analyze(dataset: Dataset) -> None:
    """Let PostgreSQL plan for the rows there are, as autovacuum does within a minute."""
    url = dataset.environment["DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _fill(url: str, brand_id: str, size: Size, say: Callable[[str], None]) -> None:
    values = {"brand": brand_id, "members": size.members, "entries": size.entries}
    with psycopg.connect(url, autocommit=True) as connection:
        # Rows that are right by construction need no triggers of foreign keys, and
        # indexes are built faster than they grow.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET synchronous_commit = off")
        for table, statement in STEPS.items():
            began = time.monotonic()
            indexes = connection.execute(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
                " WHERE indrelid = %s::regclass AND indexrelid NOT IN"
                " (SELECT conindid FROM pg_constraint WHERE conrelid = indrelid)",
                [table],
            ).fetchall()
            for name, _ in indexes:
                connection.execute(f"DROP INDEX {name}")
            rows = connection.execute(statement, values).rowcount
            for _, definition in indexes:
                connection.execute(definition)
            connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
            say(f"{size}: {table}, {rows:,} rows, {time.monotonic() - began:.0f} s")
        connection.execute("CHECKPOINT")


def run_flask(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"flask {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _schema_digest(size: Size) -> str:
    digest = hashlib.sha256(json.dumps([asdict(size), STEPS]).encode())
    if size.programme:
        digest.update((ROOT / "bench" / "offer.py").read_bytes())
    for path in sorted([*ROOT.glob("migrations/**/*.py"), *ROOT.glob("app/**/*.sql")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _short(number: int) -> str:
    return f"{number // 1_000_000}M" if number >= 1_000_000 else f"{number // 1000}k"
