"""``make replay``: a year of real orders through the HTTP API, and the books proven.

Connects to a running server (``make run``), under a test-mode brand of its own:
members, sale orders, then every matched cancellation as a refund. Each request has a
fixed Idempotency-Key, so running it again, or after any crash, changes nothing.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from click.testing import Result
from flask import Flask
from tqdm import tqdm

from bench import dataset, figures
from bench.client import Client, Refused, percentile
from bench.comparison import Table, compare_refunds, compare_sales
from bench.dataset import AS_OF, SOURCE, ZONE, Dataset

SETTINGS: dict[str, Any] = {
    "timezone": "Europe/London",
    "accrual": {
        "rate_basis_points": 100,
        "rounding_unit": 1,
        "rounding": "down",
        "pending": "immediate",
        "expiry": {"kind": "days", "count": dataset.EXPIRY_DAYS},
        "excluded_categories": [],
    },
    "refund": {"clawback": "debt", "grace_days": 0, "rounding_paid_by": "customer"},
}
# The whole day of the reference counts.
NOW = datetime.combine(AS_OF, time_of_day(23, 59, 59), ZONE)

T = TypeVar("T")


class ReplayError(Exception):
    """It cannot be run; the sentence says why and what to do."""


@dataclass
class Target:
    """Where the orders go; kept in ``replay.json`` so that the next run finds the brand."""

    base_url: str
    brand_id: str
    api_key: str
    state: str | None = None  # what the last complete run left


@dataclass(frozen=True)
class Pass:
    """How one pass went."""

    name: str
    requests: int
    seconds: float
    latencies: list[float]
    retries: int
    replays: int

    def __str__(self) -> str:
        p50, p95, p99 = (percentile(self.latencies, part) for part in (0.5, 0.95, 0.99))
        return (
            f"{self.name}: {self.requests:,} in {self.seconds:.1f} s ="
            f" {self.requests / self.seconds:,.0f}/s;"
            f" p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms;"
            f" {self.retries:,} sent again, {self.replays:,} answered from an earlier run"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        return replay(options)
    except (ReplayError, Refused) as error:
        sys.stderr.write(f"\n{error}\n")
        return 2


def replay(options: argparse.Namespace) -> int:
    """Send everything, compare, audit; return the exit status."""
    folder = Path(options.data)
    if not folder.is_dir():
        raise ReplayError(
            f"{folder}: there is no such folder. Name the one of the orders: --data or DANGOL_DATA"
        )
    print(f"Reading {folder} ({SOURCE})")
    data = dataset.load(folder, options.limit)
    right = dataset.expected(data)
    app = _application()
    target = find_target(app, options)
    client = Client(target.base_url, target.api_key)
    set_up(client)
    brand_id = UUID(target.brand_id)
    table = Table([])
    print(f"{target.base_url}, brand {brand_id}, {options.connections} connections")

    members = send_all(
        "members",
        data.customers,
        lambda customer: customer,
        lambda client, customer: client.send("PUT", f"/v1/members/ext:{customer}", {}),
        target,
        options.connections,
    )
    orders = send_all(
        "sale orders",
        data.orders,
        lambda order: order.customer,
        lambda client, order: client.send(
            "POST", "/v1/orders", order.body(), key=f"replay-order-{order.invoice}"
        ),
        target,
        options.connections,
    )
    with app.app_context():
        compare_sales(table, figures.sales(brand_id), right)
    table.add("audit after the sale pass", audit(app, brand_id), "clean")
    refunds = send_all(
        "refunds",
        data.refunds,
        lambda refund: refund.order.customer,
        lambda client, refund: client.send(
            "POST",
            f"/v1/orders/ext:{refund.order.invoice}/refunds",
            refund.body(),
            key=f"replay-refund-{refund.external_id}",
        ),
        target,
        options.connections,
    )
    with app.app_context():
        compare_refunds(table, brand_id, data, right)
        stored = figures.available(brand_id)
        shown = ask_all(target, data, options.connections)
        table.add("points available after the refunds, by the API", shown, stored)
        state = figures.state(brand_id)
    table.add("audit after the refund pass", audit(app, brand_id), "clean")
    if target.state is not None:
        table.add("tables after running it again (digest)", state[:12], target.state[:12])
    if table.equal:
        target.state = state
        save(target, options)

    print(f"\n{members}\n{orders}\n{refunds}\n\n{table}\n")
    print(f"{len(data.unmatched):,} cancelled lines fit no sale: {list_unmatched(data)}")
    verdict = "every line is equal" if table.equal else "NOT equal"
    print(f"As of {AS_OF}, one penny as one won: {verdict}.")
    return 0 if table.equal else 1


def find_target(app: Flask, options: argparse.Namespace) -> Target:
    """Return the brand of an earlier run, the one that was named, or a new one."""
    if options.key or options.brand:
        if not (options.key and options.brand):
            raise ReplayError("Give --key and --brand together.")
        return Target(_base_url(options), options.brand, options.key)
    path = _note(options)
    if path.exists() and not options.fresh:
        target = Target(**json.loads(path.read_text()))
        target.base_url = _base_url(options)
        return target
    done = _flask(app, "brands", "create", "--name", "Online Retail", "--test", "--json")
    if done.exit_code != 0:
        raise ReplayError(f"The brand could not be created:\n{done.output}{done.exception}")
    created = json.loads(done.stdout)
    target = Target(_base_url(options), created["brand_id"], created["secret_key"])
    save(target, options)
    return target


def save(target: Target, options: argparse.Namespace) -> None:
    """Keep the key for the next run, readable by us alone; replaced in one step."""
    descriptor, draft = tempfile.mkstemp(dir=_var(), prefix=".replay-")
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(target), file, indent=2)
    Path(draft).replace(_note(options))


def set_up(client: Client) -> None:
    """Give the brand the settings and the time of the reference, unless it has them."""
    brand = client.send("GET", "/v1/brand").body
    if not _covers(brand, SETTINGS):
        client.send("PATCH", "/v1/brand", SETTINGS)
    if brand["test_clock"] is None or datetime.fromisoformat(brand["test_clock"]) != NOW:
        client.send(
            "POST", "/v1/test-clock", {"now": NOW.isoformat()}, key=f"replay-clock-{time.time()}"
        )


def send_all(
    name: str,
    items: Sequence[T],
    customer_of: Callable[[T], str],
    send: Callable[[Client, T], Any],
    target: Target,
    connections: int,
) -> Pass:
    """Send items over several connections; those of one customer stay in order.

    :raises Refused: one was refused; the others stop
    """
    queues: list[list[T]] = [[] for _ in range(connections)]
    assigned: dict[str, int] = {}
    for item in items:
        customer = customer_of(item)
        queues[assigned.setdefault(customer, len(assigned) % connections)].append(item)
    clients = [Client(target.base_url, target.api_key) for _ in queues]
    refusals: list[Refused] = []

    with tqdm(total=len(items), desc=name, unit="", smoothing=0.05) as bar:

        def work(client: Client, queue: list[T]) -> None:
            for item in queue:
                if refusals:
                    break
                try:
                    send(client, item)
                except Refused as refused:
                    refusals.append(refused)
                bar.update()
            client.close()

        began = time.monotonic()
        threads = [
            threading.Thread(target=work, args=pair, daemon=True)
            for pair in zip(clients, queues, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if refusals:
        raise refusals[0]
    return Pass(
        name,
        len(items),
        time.monotonic() - began,
        [second for client in clients for second in client.seconds],
        sum(client.retries for client in clients),
        sum(client.replays for client in clients),
    )


def ask_all(target: Target, data: Dataset, connections: int) -> int:
    """Return the sum of the balances that the API shows for every member."""
    balances: list[int] = []
    send_all(
        "balances",
        data.customers,
        lambda customer: customer,
        lambda client, customer: balances.append(
            client.send("GET", f"/v1/members/ext:{customer}/points").body["available"]
        ),
        target,
        connections,
    )
    return sum(balances)


def audit(app: Flask, brand_id: UUID) -> str:
    """Return "clean", or how ``flask points audit`` ended."""
    done = _flask(app, "points", "audit", "--brand", str(brand_id))
    if done.exit_code != 0:
        print(done.output)
    return "clean" if done.exit_code == 0 else f"exit {done.exit_code}"


def list_unmatched(data: Dataset) -> Path:
    """Write down the cancelled lines that no earlier sale explains."""
    path = _var() / "replay-unmatched.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        if data.unmatched:
            writer = csv.DictWriter(file, data.unmatched[0])
            writer.writeheader()
            writer.writerows(data.unmatched)
    return path


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__)
    parser.add_argument("--data", default=os.environ.get("DANGOL_DATA", "../shared/data"))
    parser.add_argument("--url", help="base URL; else that of $DANGOL_VAR/demo.json")
    parser.add_argument("--key", help="API key of an existing test-mode brand")
    parser.add_argument("--brand", help="id of that brand (UUID)")
    parser.add_argument("--fresh", action="store_true", help="use a new brand")
    parser.add_argument("--limit", type=int, help="only the first so many orders")
    parser.add_argument("--connections", type=int, default=8)
    return parser.parse_args(arguments)


def _note(options: argparse.Namespace) -> Path:
    """Return where the brand is noted: a part of the orders has one of its own."""
    part = "" if options.limit is None else f"-{options.limit}"
    return _var() / f"replay{part}.json"


def _base_url(options: argparse.Namespace) -> str:
    if options.url:
        return str(options.url).rstrip("/")
    path = _var() / "demo.json"
    if not path.exists():
        raise ReplayError(
            f"{path} does not exist: start the server first (make run), or give --url"
        )
    return str(json.loads(path.read_text())["base_url"])


def _application() -> Flask:
    """Return an application on the server's own database: figures come from its tables."""
    from wsgi import app

    return app


def _flask(app: Flask, *arguments: str) -> Result:
    """Run a ``flask`` command on the server's database, in this process."""
    return app.test_cli_runner().invoke(args=arguments)


def _var() -> Path:
    return Path(os.environ.get("DANGOL_VAR", "var")).resolve()


def _covers(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_covers(shown.get(name), value) for name, value in wanted.items())
    return bool(shown == wanted)


if __name__ == "__main__":
    raise SystemExit(main())
