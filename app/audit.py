"""``flask audit``: prove all the books that any feature keeps."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.benefits.audits import CHECKS as BENEFITS
from app.consents.audits import CHECKS as CONSENTS
from app.coupons.audits import CHECKS as COUPONS
from app.exchanges.audits import CHECKS as EXCHANGES
from app.findings import Finding, prove
from app.messages.audits import CHECKS as MESSAGES
from app.points.audits import CHECKS as POINTS
from app.proving import prove_each, report
from app.rewards.audits import CHECKS as REWARDS
from app.service_requests.audits import CHECKS as SERVICE_REQUESTS
from app.stamps.audits import CHECKS as STAMPS
from app.tiers.audits import CHECKS as TIERS
from app.warranties.audits import CHECKS as WARRANTIES

# Every feature that keeps books, from bottom to top; a test compares it with the packages.
BOOKS: Mapping[str, Mapping[str, str]] = {
    "consents": CONSENTS,
    "messages": MESSAGES,
    "points": POINTS,
    "coupons": COUPONS,
    "benefits": BENEFITS,
    "stamps": STAMPS,
    "tiers": TIERS,
    "rewards": REWARDS,
    "exchanges": EXCHANGES,
    "warranties": WARRANTIES,
    "service_requests": SERVICE_REQUESTS,
}


@click.command("audit")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def command(brand_id: UUID | None, *, as_json: bool) -> None:
    """Check every equality of all books; exits 1 and names what differs, if anything."""
    checks = sum(map(len, BOOKS.values()))
    report(prove_each(brand_id, prove_books), checks, as_json=as_json)


def prove_books(brand_id: UUID) -> list[Finding]:
    """Run every check of every feature for one brand and return what does not hold.

    Each finding names its book: ``tiers.changes_chain``. A check is one query, so it sees
    one moment, and may run while others write.
    """
    return [
        replace(finding, check=f"{book}.{finding.check}")
        for book, checks in BOOKS.items()
        for finding in prove(checks, brand_id)
    ]
