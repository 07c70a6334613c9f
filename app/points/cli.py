"""``flask points …``: prove the books, and do what falls due."""

import sys
from functools import partial
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from tqdm import tqdm

from app import clock
from app.brands import services as brands
from app.db import transaction
from app.points import jobs, services
from app.points.audits import CHECKS
from app.proving import list_brand_ids, prove_each, report

points = AppGroup("points", help="Prove the point ledgers and do what falls due.")


@points.command("audit")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--json", "as_json", is_flag=True)
def audit(brand_id: UUID | None, *, as_json: bool) -> None:
    """Check every equality of the books; exits 1 and names what differs, if anything."""
    report(prove_each(brand_id, services.audit), len(CHECKS), as_json=as_json)


@points.command("rebuild")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--dry-run", is_flag=True, required=True, help="The only way: nothing is repaired.")
@click.option("--json", "as_json", is_flag=True)
def rebuild(brand_id: UUID | None, *, dry_run: bool, as_json: bool) -> None:
    """Recompute accounts and lots from the log and show where they differ.

    Nothing is ever repaired silently: a repair is an adjustment with a reason.
    """
    report(prove_each(brand_id, services.rebuild), 2, as_json=as_json)


@points.command("settle")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--chunk", type=click.IntRange(1, 100_000), default=jobs.CHUNK)
def settle(brand_id: UUID | None, chunk: int) -> None:
    """Expire lots, confirm pending points and release holds that are due."""
    for each in list_brand_ids(brand_id):
        with transaction(each):
            now = brands.brand_now(each, clock.now())
        with tqdm(unit=" accounts", disable=not sys.stderr.isatty()) as bar:
            done = jobs.settle_points(each, now, chunk=chunk, report=partial(_show, bar))
        click.echo(f"{each}: {done} accounts settled")


def _show(bar: "tqdm[Any]", done: int) -> None:
    bar.update(done - bar.n)
