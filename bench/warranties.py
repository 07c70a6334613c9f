"""How fast units are made, labels drawn, and units and their owners found among many.

A database of its own is filled set-based: every unit is shipped and registered by a member of
its own. Measured are a batch of 100,000 further units (the request and the job), a thousand
labels as PDF, look-ups through the whole application, one after the other, and scans of labels
over HTTP (:mod:`bench.scanning`). It ends with the audit of units and registrations.
``--units 1000000`` makes it as large as the aim.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from app import create_app, crypto, embedded, jobs
from app.config import load_config
from app.db import db, transaction
from app.ids import show
from app.warranties import services as warranties
from bench import machine, scanning
from bench.scanning import AT_ONCE, WARM_UP
from bench.seed import MEMBER_ID, Dataset, Size, environment_of, run_flask
from bench.servers import postmaster_of

DATABASE = "bench_warranties"
BATCH = 100_000
LABELS = 1_000
PROBES = 300
UNIT_ID = "('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid"
WARRANTY_ID = "('01900000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid"
CHANNELS = "(ARRAY['coupang', 'naver', 'musinsa', 'own_mall'])[n %% 4 + 1]"
AT = "'2026-05-01'::timestamptz"

STEPS = {
    "members": f"""
        INSERT INTO members (brand_id, id, external_id, status, joined_on, created_at, updated_at,
                             phone_index)
        SELECT %(brand)s, {MEMBER_ID}, 'M' || n, 'active', '2026-05-01', {AT}, {AT},
               sha256(('phone' || n)::bytea)
          FROM generate_series(1, %(units)s::bigint) n
    """,
    "warranty_units": f"""
        INSERT INTO warranty_units (brand_id, id, batch_id, number, serial, serial_key, code_hash,
                                    state, flags, channel, shipped_at, version, changed_at)
        SELECT %(brand)s, {UNIT_ID}, %(batch)s, n, 'BN' || lpad(n::text, 8, '0'),
               'BN' || lpad(n::text, 8, '0'), sha256(('code' || n)::bytea), 'claimed', '{{}}',
               {CHANNELS}, {AT}, 3, {AT}
          FROM generate_series(1, %(units)s::bigint) n
    """,
    "warranty_unit_events": f"""
        INSERT INTO warranty_unit_events (brand_id, unit_id, seq, step, state, actor, at)
        SELECT %(brand)s, {UNIT_ID}, seq, step, state, 'bench', {AT}
          FROM generate_series(1, %(units)s::bigint) n,
               (VALUES (1, 'make', 'generated'), (2, 'ship', 'shipped'), (3, 'claim', 'claimed'))
               AS taken (seq, step, state)
    """,
    "warranties": f"""
        INSERT INTO warranties (brand_id, id, unit_id, seq, member_id, channel, registered_on,
                                proof, actor, created_at, changed_at)
        SELECT %(brand)s, {WARRANTY_ID}, {UNIT_ID}, 1, {MEMBER_ID}, {CHANNELS}, '2026-05-01',
               'told', 'bench', {AT}, {AT}
          FROM generate_series(1, %(units)s::bigint) n
    """,
    "warranty_scans": f"""
        INSERT INTO warranty_scans (brand_id, id, unit_id, state, by_owner, device_hash, ip_hash,
                                    at)
        SELECT %(brand)s, gen_random_uuid(), {UNIT_ID}, 'shipped', false,
               sha256(('device' || n)::bytea), sha256(('ip' || n %% 5000)::bytea), {AT}
          FROM generate_series(1, %(units)s::bigint) n
    """,
    "warranty_reviews": f"""
        INSERT INTO warranty_reviews (brand_id, id, unit_id, score, evidence, state, opened_at,
                                      changed_at, decided_at, decided_by, reason)
        SELECT %(brand)s, gen_random_uuid(), {UNIT_ID}, 3, '{{"claimed_again": 3}}', 'cleared',
               {AT}, {AT}, {AT}, 'bench', 'bench'
          FROM generate_series(1, %(units)s::bigint, 100) n
    """,
}


@dataclass(frozen=True)
class Measured:
    """One line of the table: how long it took, against its aim in the same unit."""

    name: str
    took: float
    aim: float
    unit: str
    more: str = ""

    def row(self) -> str:
        met = "met" if self.took <= self.aim else "missed"
        digits = 2 if self.unit == "ms" else 1
        return (
            f"| {self.name} | {self.took:.{digits}f} {self.unit}{self.more}"
            f" | ≤ {self.aim:g} {self.unit} | {met} |"
        )


def run(options: argparse.Namespace, var: Path) -> str:
    """Return the result as Markdown."""
    units = 20_000 if options.quick else options.units
    about = machine.describe()
    server = embedded.start(var)
    try:
        with psycopg.connect(
            embedded.url(server, "postgres", user="postgres"), autocommit=True
        ) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        environment = environment_of(var, DATABASE)
        run_flask(environment, "db", "upgrade")
        made = json.loads(run_flask(environment, "brands", "create", "--name", "bench", "--json"))
        brand_id = UUID(made["brand_id"])
        app = create_app(load_config({**environment, "DANGOL_LOG_LEVEL": "warning"}))
        client = _Client(app.test_client(), made["secret_key"])
        client.send("PUT", "/v1/products/BOOT", {"name": "레인부츠"})
        client.send("PUT", "/v1/warranty-terms/BASE", {"name": "1년 보증", "months": 12})
        client.send("PATCH", "/v1/brand", {"warranty": {"host": "w.example.kr"}})
        batch = client.send("POST", "/v1/warranty-batches", {"product": "BOOT", "quantity": 1})[
            "id"
        ]
        owner = environment["DATABASE_OWNER_URL"]
        with app.app_context():
            fill(owner, brand_id, batch, units)
            measured = [
                *make(client, brand_id, postmaster_of(var)),
                *look_up(client, brand_id, owner, units),
                *scan(_dataset(environment, made, units), postmaster_of(var), var),
            ]
            with transaction(brand_id):
                found = warranties.audit(brand_id)
            db.engine.dispose()
    finally:
        embedded.stop(var)
    described = "; ".join(f"{name}: {value}" for name, value in about.items())
    size = f"{units:,} units, each with an owner"
    findings = ", ".join(f"{each.check}: {each.detail}" for each in found)
    return "\n\n".join(
        [
            f"Measured {datetime.now(UTC).date()}: {size}. {described}.",
            "\n".join(
                [
                    f"| | took (of {PROBES}: median, in brackets 95 %) | aim | |",
                    "|---|--:|--:|---|",
                    *(each.row() for each in measured),
                ]
            ),
            f"Audit: {findings or 'clean'}.",
        ]
    )


class _Client:
    """Calls the application in this process, and wants every call to succeed."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client = client
        self.key = key
        self.calls = 0

    def send(self, method: str, path: str, body: object = None) -> dict[str, str]:
        response = self.raw(method, path, body)
        return dict(response.get_json(force=True))

    def raw(self, method: str, path: str, body: object = None):  # type: ignore[no-untyped-def]
        self.calls += 1
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"b-{self.calls}"}
        response = self.client.open(
            path, method=method, json=body if body is not None else None, headers=headers
        )
        if response.status_code >= 400:
            raise SystemExit(f"{method} {path}: {response.get_data(as_text=True)}")
        return response


def fill(url: str, brand_id: UUID, batch: str, units: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        # Rows that are right by construction need no triggers of foreign keys.
        connection.execute("SET session_replication_role = replica")
        (batch_id,) = connection.execute(
            "DELETE FROM warranty_units WHERE brand_id = %s RETURNING batch_id", (brand_id,)
        ).fetchone() or (None,)
        connection.execute("DELETE FROM warranty_unit_events WHERE brand_id = %s", (brand_id,))
        connection.execute(
            "UPDATE warranty_batch_tasks SET last_no = %s, cursor = %s, done = %s"
            " WHERE brand_id = %s",
            (units, units, units, brand_id),
        )
        connection.execute(
            "UPDATE warranty_batches SET quantity = %s WHERE brand_id = %s", (units, brand_id)
        )
        values = {"brand": brand_id, "batch": batch_id, "units": units}
        for table, statement in STEPS.items():
            began = time.monotonic()
            rows = connection.execute(statement, values).rowcount
            connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
            print(f"  {table}, {rows:,} rows, {time.monotonic() - began:.0f} s", flush=True)
        connection.execute("CHECKPOINT")


def make(client: _Client, brand_id: UUID, postmaster: int) -> list[Measured]:
    """Make a large batch, then draw labels of it."""
    print("  a batch", flush=True)
    began, used = time.monotonic(), machine.cpu_microseconds(postmaster)
    batch = client.send("POST", "/v1/warranty-batches", {"product": "BOOT", "quantity": BATCH})
    jobs.run("warranties.work", brand_id)
    seconds = time.monotonic() - began
    cpu = (machine.cpu_microseconds(postmaster) - used) / 1_000_000
    shown = client.send("GET", f"/v1/warranty-batches/{batch['id']}")
    if shown["status"] != "ready" or shown["units"] != {"generated": BATCH}:
        raise SystemExit(f"the batch is not made: {shown}")
    links = client.send("POST", f"/v1/warranty-batches/{batch['id']}/downloads")
    print("  labels", flush=True)
    began = time.monotonic()
    pdf = client.raw("GET", links["pdf"]).data
    drawn = time.monotonic() - began
    return [
        Measured(f"a batch of {BATCH:,} units", seconds, 20, "s", f" (PostgreSQL {cpu:.1f} s)"),
        Measured(f"{LABELS:,} labels as PDF", drawn, 5, "s", f" ({len(pdf) / 1e6:.1f} MB)"),
    ]


def look_up(client: _Client, brand_id: UUID, url: str, units: int) -> list[Measured]:
    """Find units and owners at random, each through the whole application."""
    print("  look-ups", flush=True)
    drawn = random.Random(units).sample(range(1, units + 1), PROBES)
    phones = {n: f"+8210{n:08}" for n in drawn}
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE members SET phone_index = %s WHERE brand_id = %s AND external_id = %s",
            [
                (crypto.blind_index(brand_id, "members", "phone", phone), brand_id, f"M{n}")
                for n, phone in phones.items()
            ],
        )
    member = "01900000-0000-7000-8000-{:012x}"

    def by_phone(n: int) -> int:
        found = client.send("POST", "/v1/members/search", {"phone": phones[n]})
        return len(found["data"])

    def by_serial(n: int) -> int:
        return len([client.send("GET", f"/v1/units/BN{n:08}")["serial"]])

    def owned(n: int) -> int:
        reference = show("mem", UUID(member.format(n)))
        return len(client.send("GET", f"/v1/warranties?member={reference}")["data"])

    return [
        _clocked("a member by phone", drawn, by_phone),
        _clocked("a unit by serial, with its coverage", drawn, by_serial),
        _clocked("what a member owns", drawn, owned),
    ]


def scan(dataset: Dataset, postmaster: int, var: Path) -> list[Measured]:
    """Look at labels as phones do."""
    print("  scans", flush=True)
    drawn = scanning.draw(dataset.size.members, PROBES)
    url = dataset.environment["DATABASE_OWNER_URL"]
    codes = scanning.label(url, UUID(dataset.brand_id), drawn)
    with scanning.served(dataset, postmaster, var) as port:
        scanning.scan(port, codes[:WARM_UP], 1)
        alone = scanning.scan(port, codes[WARM_UP : WARM_UP + PROBES], 1)
        together = scanning.scan(port, codes[WARM_UP + PROBES :], AT_ONCE)
        weight = scanning.weigh(port, codes[0])
    return [
        _late("`GET /q/{code}` over HTTP, one phone", alone, 25),
        _late(f"the same, {AT_ONCE} phones at once", together, 100),
        Measured("the page and its style sheets on the wire", weight / 1000, 60, "kB"),
    ]


def _dataset(environment: dict[str, str], made: dict[str, str], units: int) -> Dataset:
    size = Size("warranties", units, 0)
    return Dataset(size, environment, made["brand_id"], made["secret_key"])


def _late(name: str, took: list[float], aim: float) -> Measured:
    """Hold the latest of twenty to the aim; ``took`` is sorted."""
    late = took[int(len(took) * 0.95)]
    return Measured(name, late, aim, "ms", f" of 95 % ({took[len(took) // 2]:.2f} ms median)")


def _clocked(name: str, drawn: list[int], find: Callable[[int], int]) -> Measured:
    for n in drawn[:20]:
        find(n)
    took = []
    for n in drawn:
        began = time.perf_counter()
        if find(n) != 1:
            raise SystemExit(f"{name}: not found")
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    late = took[int(len(took) * 0.95)]
    return Measured(name, took[len(took) // 2], 10, "ms", f" ({late:.2f} ms)")
