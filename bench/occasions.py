"""How long a day's birthdays and anniversaries take in a brand of a million members.

A database of its own is filled set-based, with birthdays (a tenth of them lunar) and days
of joining spread over the year; a birthday rule with a condition and a budget and an
anniversary rule are in force. Measured are runs of the daily job: a first day, one like
it, a repeat, and a week that was missed. It ends with the audit of points and grants.
"""

import argparse
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from app import create_app, embedded
from app.benefits import services as benefits
from app.config import load_config
from app.db import db, transaction
from app.points import services as points
from app.rewards import services as rewards
from app.rewards.jobs import run_occasions
from bench import machine
from bench.seed import MEMBER_ID, environment_of, run_flask
from bench.servers import postmaster_of
from bench.tiers import Timed, show

DATABASE = "bench_occasions"
DAY = datetime(2026, 5, 4, 0, 5, tzinfo=ZoneInfo("Asia/Seoul"))
A_DAY_WITHIN = 3  # seconds

STEPS = {
    "members": f"""
        INSERT INTO members (
            brand_id, id, external_id, status, joined_on, created_at, updated_at,
            birth_year, birth_month, birth_day, birth_calendar, birth_leap_month,
            birthday_changed_at
        )
        SELECT %(brand)s, {MEMBER_ID}, 'M' || n, 'active',
               '2025-01-01'::date - (n * 7 %% 1461)::integer,
               '2025-01-01', '2025-01-01', 1990, extract(month FROM born), extract(day FROM born),
               CASE WHEN n %% 10 = 0 THEN 'lunar' ELSE 'solar' END, false, '2025-01-01'
          FROM (
              SELECT n, '1990-01-01'::date + (n * 31 %% 365)::integer AS born
                FROM generate_series(1, %(members)s::bigint) n
          ) born
    """,
    "point_accounts": f"""
        INSERT INTO point_accounts (
            brand_id, member_id, available, pending, held, debt, seq, lots, next_due_at
        )
        SELECT %(brand)s, {MEMBER_ID}, 0, 0, 0, 0, 0, 0, 'infinity'
          FROM generate_series(1, %(members)s) n
    """,
}
RULES = {
    "BIRTHDAY": {
        "name": "생일",
        "trigger": {"on": "birthday", "valid_days": 30},
        "effects": [{"points": 1000}],
        "conditions": {"tags_none": ["staff"]},
        "limits": {"total_points": 1_000_000_000_000},
    },
    "ANNIVERSARY": {
        "name": "가입 기념",
        "trigger": {"on": "signup_anniversary"},
        "effects": [{"points": 500}],
    },
}


def run(options: argparse.Namespace, var: Path) -> str:
    """Return the result as Markdown."""
    members = 20_000 if options.quick else 1_000_000
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
        owner = environment["DATABASE_OWNER_URL"]
        fill(owner, brand_id, members)
        app = create_app(load_config({**environment, "DANGOL_LOG_LEVEL": "warning"}))
        with app.app_context():
            timed = measure(brand_id, postmaster_of(var))
            findings = audit(brand_id)
            db.engine.dispose()
    finally:
        embedded.stop(var)
    slow = [each.name for each in timed[:2] if each.seconds > A_DAY_WITHIN]
    return show(
        f"{members:,} members; half have a birthday in the year measured, half an anniversary",
        about,
        timed,
        findings,
        f"A day within {A_DAY_WITHIN} s: {'no: ' + ', '.join(slow) if slow else 'yes'}.",
    )


def fill(url: str, brand_id: UUID, members: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        # Rows that are right by construction need no triggers of foreign keys.
        connection.execute("SET session_replication_role = replica")
        for table, statement in STEPS.items():
            began = time.monotonic()
            rows = connection.execute(statement, {"brand": brand_id, "members": members}).rowcount
            connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
            print(f"  {table}, {rows:,} rows, {time.monotonic() - began:.0f} s", flush=True)
        connection.execute("CHECKPOINT")


def measure(brand_id: UUID, postmaster: int) -> list[Timed]:
    timed = []
    for code, definition in RULES.items():
        with transaction(brand_id):
            rewards.put_rule(brand_id, code, definition, actor="bench", now=DAY)
        with transaction(brand_id):
            rewards.activate_rule(brand_id, code, actor="bench", now=DAY)

    def clocked(name: str, days: int) -> None:
        print(f"  {name}", flush=True)
        began, used = time.monotonic(), machine.cpu_microseconds(postmaster)
        given = run_occasions(brand_id, DAY + timedelta(days=days))
        seconds = time.monotonic() - began
        cpu = (machine.cpu_microseconds(postmaster) - used) / 1_000_000
        timed.append(Timed(name, f"{given:,} rewarded", seconds, cpu))

    clocked("a first day", 0)
    clocked("the next day", 1)
    clocked("the same again", 1)
    clocked("seven missed ones", 8)
    return timed


def audit(brand_id: UUID) -> str:
    with transaction(brand_id):
        found = [*points.audit(brand_id), *benefits.audit(brand_id)]
    return ", ".join(f"{each.check}: {each.detail}" for each in found)
