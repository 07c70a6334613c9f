"""What commands share that prove books: brand by brand, and one way to tell what differs."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import click

from app import ids
from app.brands import services as brands
from app.db import transaction
from app.findings import Finding

Findings = Mapping[UUID, Sequence[Finding]]


def prove_each(brand_id: UUID | None, check: Callable[[UUID], Sequence[Finding]]) -> Findings:
    """Run a check for one brand, or for all; each in a transaction of its own.

    :raises BrandNotFound: there is no such brand
    """
    findings = {}
    for each in list_brand_ids(brand_id):
        with transaction(each):
            brands.get_brand(each)
            findings[each] = check(each)
    return findings


def list_brand_ids(brand_id: UUID | None) -> list[UUID]:
    """Return the one brand that was named, or all."""
    if brand_id is not None:
        return [brand_id]
    with transaction():
        return brands.list_brand_ids()


def report(findings: Findings, checks: int, *, as_json: bool) -> None:
    """Print what differs, and the verdict; exits 1 if anything does."""
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
