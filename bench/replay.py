"""``make replay``: a year of real orders through the HTTP API, and the books proven.

Connects to a running server (``make run``), under a test-mode brand of its own with
tiers, a stamp card and reward rules: members, sale orders, every matched cancellation
as a refund and the others as returns without an order; at the end everything is given
back. Each request has a fixed Idempotency-Key, so running it again, or after any
crash, changes nothing.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from click.testing import Result
from flask import Flask

from bench import answers, dataset, figures, programme
from bench.client import Client, Refused
from bench.comparison import (
    Table,
    compare_grants,
    compare_refunds,
    compare_sales,
    compare_tiers,
)
from bench.dataset import AS_OF, SOURCE, Adjustment, Dataset, Order, Refund
from bench.sending import Pass, Shop, send_all, sum_balances
from bench.undo import compare_undone, refund_everything

# A brand that an earlier version of this replay filled is of no use to this one.
VERSION = 2


class ReplayError(Exception):
    """It cannot be run; the sentence says why and what to do."""


@dataclass
class Target:
    """Where the orders go; kept in ``replay.json`` so that the next run finds the brand."""

    base_url: str
    brand_id: str
    api_key: str
    version: int = 1
    undone: bool = False  # everything was given back
    state: str | None = None  # what the last complete run left


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
    app = _application()
    target = find_target(app, options)
    shop = Shop(target.base_url, target.api_key, options.connections)
    brand_id = UUID(target.brand_id)
    table = Table([])
    print(f"{shop.base_url}, brand {brand_id}, {shop.connections} connections")

    undoing = not (options.keep or target.undone)
    passes = run(app, brand_id, shop, data, table, undo=not options.keep)
    with app.app_context():
        state = figures.state(brand_id)
    if target.state is not None and not undoing:
        table.add("tables after running it again (digest)", state[:12], target.state[:12])
    if table.equal:
        target.state, target.undone = state, target.undone or undoing
        save(target, options)

    print("\n" + "\n".join(map(str, passes)) + f"\n\n{table}\n")
    verdict = "every line is equal" if table.equal else "NOT equal"
    print(f"As of {AS_OF}, one penny as one won: {verdict}.")
    return 0 if table.equal else 1


def run(
    app: Flask, brand_id: UUID, shop: Shop, data: Dataset, table: Table, *, undo: bool
) -> list[Pass]:
    """Do one pass after the other, and compare after each; return how they went."""
    client = shop.client()
    right, people = answers.expected(data), programme.people_of(data)
    grants = programme.expected_grants(data, people, right)
    programme.set_up(client)
    night(app, brand_id)
    passes = [
        _tell("members", people.uninvited, people, programme.register, shop),
        _tell("invited members", list(people.invited_by), people, programme.register, shop),
    ]
    programme.turn_clock(client, programme.BORN)
    passes.append(_tell("birthdays", data.members, people, programme.tell_birthday, shop))
    programme.turn_clock(client, programme.NOW)
    night(app, brand_id)

    passes.append(send_all("sale orders", data.orders, lambda order: order.customer, _order, shop))
    with app.app_context():
        compare_sales(table, figures.sales(brand_id, programme.NOW), right)
        compare_grants(table, figures.grants(brand_id), right, grants)
    table.add("audit after the sale pass", audit(app, brand_id), "clean")

    passes += [
        send_all("refunds", data.refunds, lambda refund: refund.order.customer, _refund, shop),
        send_all(
            "returns without an order",
            data.adjustments,
            lambda adjustment: adjustment.customer,
            _adjust,
            shop,
        ),
    ]
    with app.app_context():
        compare_refunds(table, brand_id, data, right)
        compare_tiers(table, client, answers.expected_tiers(data))
        stored = figures.available(brand_id)
        shown = sum_balances(shop, data.members)
        table.add("points available after the refunds, by the API", shown, stored)
    table.add("audit after the refund pass", audit(app, brand_id), "clean")
    if undo:
        programme.turn_clock(client, programme.AFTERWARDS)
        night(app, brand_id)
        passes.append(refund_everything(shop, data))
        with app.app_context():
            compare_undone(table, shop, brand_id, data, grants)
        table.add("audit after refunding everything", audit(app, brand_id), "clean")
    client.close()
    return passes


def _tell(
    name: str,
    members: Sequence[str],
    people: programme.People,
    tell: Callable[[Client, str, programme.People], None],
    shop: Shop,
) -> Pass:
    return send_all(
        name,
        members,
        lambda member: member,
        lambda client, member: tell(client, member, people),
        shop,
    )


def _order(client: Client, order: Order) -> None:
    client.send("POST", "/v1/orders", order.body(), key=f"replay-order-{order.invoice}")


def _refund(client: Client, refund: Refund) -> None:
    path = f"/v1/orders/ext:{refund.order.invoice}/refunds"
    client.send("POST", path, refund.body(), key=f"replay-refund-{refund.external_id}")


def _adjust(client: Client, adjustment: Adjustment) -> None:
    path = f"/v1/members/ext:{adjustment.customer}/spend-adjustments"
    client.send("POST", path, adjustment.body(), key=f"replay-return-{adjustment.cancel_invoice}")


def find_target(app: Flask, options: argparse.Namespace) -> Target:
    """Return the brand of an earlier run, the one that was named, or a new one."""
    if options.key or options.brand:
        if not (options.key and options.brand):
            raise ReplayError("Give --key and --brand together.")
        return Target(_base_url(options), options.brand, options.key, VERSION)
    path = _note(options)
    if path.exists() and not options.fresh:
        target = Target(**json.loads(path.read_text()))
        if target.version == VERSION:
            target.base_url = _base_url(options)
            return target
    done = _flask(app, "brands", "create", "--name", "Online Retail", "--test", "--json")
    if done.exit_code != 0:
        raise ReplayError(f"The brand could not be created:\n{done.output}{done.exception}")
    created = json.loads(done.stdout)
    target = Target(_base_url(options), created["brand_id"], created["secret_key"], VERSION)
    save(target, options)
    return target


def save(target: Target, options: argparse.Namespace) -> None:
    """Keep the key for the next run, readable by us alone; replaced in one step."""
    descriptor, draft = tempfile.mkstemp(dir=_var(), prefix=".replay-")
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(target), file, indent=2)
    Path(draft).replace(_note(options))


def night(app: Flask, brand_id: UUID) -> None:
    """Do what the days up to the brand's own bring, before anything else happens on it.

    A worker may do so too; what it finds done it leaves alone.
    """
    done = _flask(app, "jobs", "run", "jobs.nightly", "--brand", str(brand_id))
    if done.exit_code != 0:
        raise ReplayError(f"The night could not be run:\n{done.output}")


def audit(app: Flask, brand_id: UUID) -> str:
    """Return "clean", or how ``flask audit`` ended."""
    done = _flask(app, "audit", "--brand", str(brand_id))
    if done.exit_code != 0:
        print(done.output)
    return "clean" if done.exit_code == 0 else f"exit {done.exit_code}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__)
    parser.add_argument("--data", default=os.environ.get("DANGOL_DATA", "../shared/data"))
    parser.add_argument("--url", help="base URL; else that of $DANGOL_VAR/demo.json")
    parser.add_argument("--key", help="API key of an existing test-mode brand")
    parser.add_argument("--brand", help="id of that brand (UUID)")
    parser.add_argument("--fresh", action="store_true", help="use a new brand")
    parser.add_argument("--limit", type=int, help="only the first so many orders")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument(
        "--keep", action="store_true", help="leave the orders; do not refund everything"
    )
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


if __name__ == "__main__":
    raise SystemExit(main())
