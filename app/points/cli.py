"""``flask points …``: prove the books, and do what falls due."""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from tqdm import tqdm

from app import clock, ids
from app.brands import services as brands
from app.db import transaction
from app.findings import Finding
from app.points import jobs, services
from app.points.audits import CHECKS

points = AppGroup("points", help="Prove the point ledgers and do what falls due.")


@points.command("audit")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--json", "as_json", is_flag=True)
def audit(brand_id: UUID | None, *, as_json: bool) -> None:
    """Check every equality of the books; exits 1 and names what differs, if anything."""
    _report(_for_each(brand_id, services.audit), len(CHECKS), as_json=as_json)


@points.command("rebuild")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--dry-run", is_flag=True, required=True, help="The only way: nothing is repaired.")
@click.option("--json", "as_json", is_flag=True)
def rebuild(brand_id: UUID | None, *, dry_run: bool, as_json: bool) -> None:
    """Recompute accounts and lots from the log and show where they differ.

    Nothing is ever repaired silently: a repair is an adjustment with a reason.
    """
    _report(_for_each(brand_id, services.rebuild), 2, as_json=as_json)


@points.command("settle")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--chunk", type=click.IntRange(1, 100_000), default=jobs.CHUNK)
def settle(brand_id: UUID | None, chunk: int) -> None:
    """Expire lots, confirm pending points and release holds that are due."""
    for each in _brand_ids(brand_id):
        with transaction(each):
            now = brands.brand_now(each, clock.now())
        with tqdm(unit=" accounts", disable=not sys.stderr.isatty()) as bar:
            done = jobs.settle_points(each, now, chunk=chunk, report=partial(_show, bar))
        click.echo(f"{each}: {done} accounts settled")


def _show(bar: "tqdm[Any]", done: int) -> None:
    bar.update(done - bar.n)


def _brand_ids(brand_id: UUID | None) -> list[UUID]:
    if brand_id is not None:
        return [brand_id]
    with transaction():
        return brands.list_brand_ids()


def _for_each(
    brand_id: UUID | None, check: Callable[[UUID], list[Finding]]
) -> dict[UUID, list[Finding]]:
    findings = {}
    for each in _brand_ids(brand_id):
        with transaction(each):
            brands.get_brand(each)
            findings[each] = check(each)
    return findings


def _report(findings: dict[UUID, list[Finding]], checks: int, *, as_json: bool) -> None:
    differing = sum(map(len, findings.values()))
    if as_json:
        shown = {
            str(brand_id): [
                {
                    "check": finding.check,
                    "member": finding.member_id and ids.show("mem", finding.member_id),
                    "detail": finding.detail,
                }
                for finding in of_brand
            ]
            for brand_id, of_brand in findings.items()
        }
        click.echo(json.dumps({"clean": differing == 0, "brands": shown}))
    else:
        for brand_id, of_brand in findings.items():
            for finding in of_brand:
                member = finding.member_id and ids.show("mem", finding.member_id)
                click.echo(f"{brand_id} {finding.check}: {member}: {finding.detail}")
        verdict = "clean" if differing == 0 else f"{differing} differences"
        click.echo(f"{len(findings)} brands, {checks} checks each: {verdict}")
    if differing:
        sys.exit(1)
