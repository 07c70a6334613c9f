"""Units that may have been copied: evidence for staff to look at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.events import publish
from app.ids import new_id
from app.warranties.errors import WarrantyReviewDecided, WarrantyReviewNotFound
from app.warranties.events import ReviewDecided, ReviewOpened
from app.warranties.models import WarrantyReview, WarrantyUnit
from app.warranties.queries import evidence as queries
from app.warranties.queries import units as unit_queries
from app.warranties.rules import evidence as rules
from app.warranties.services.units import flag_unit


@dataclass(frozen=True)
class Reviewed:
    """A review with the unit it is about."""

    review: WarrantyReview
    unit: WarrantyUnit


def weigh(unit: WarrantyUnit, *, units_of_receipt: int | None = None, now: datetime) -> None:
    """Put a unit before staff if its evidence asks for it; nothing else follows.

    Without ``units_of_receipt`` what was found of receipts stands as it is.
    """
    brand_id = unit.brand_id
    newest = queries.newest_review(brand_id, unit.id)
    if units_of_receipt is None:
        units_of_receipt = int(newest is not None and "receipt_reused" in newest.evidence)
    facts = queries.load_facts(brand_id, unit.id, units_of_receipt=units_of_receipt)
    evidence = rules.weigh(facts)
    if newest is not None and newest.state == "open":
        if newest.evidence != evidence:
            newest.evidence = evidence
            newest.score = sum(evidence.values())
            newest.changed_at = now
            db.session.flush()  # autoflush is off
        return
    decided_at = newest.score if newest is not None else 0
    if not rules.asks_for_review(evidence, cleared_at=decided_at):
        return
    review_id, score = new_id(), sum(evidence.values())
    db.session.add(
        WarrantyReview(
            brand_id=brand_id,
            id=review_id,
            unit_id=unit.id,
            score=score,
            evidence=evidence,
            state="open",
            opened_at=now,
            changed_at=now,
            decided_at=None,
            decided_by=None,
            reason=None,
        )
    )
    db.session.flush()  # of two at once the second is refused, and tried again
    publish(ReviewOpened(brand_id, review_id, unit.id, score, now))


def list_reviews(
    brand_id: UUID, *, state: str | None, before: UUID | None, limit: int
) -> list[Reviewed]:
    """Return reviews, the newest first."""
    rows = queries.list_reviews(brand_id, state=state, before=before, limit=limit)
    return [Reviewed(review, unit) for review, unit in rows]


def decide(
    brand_id: UUID,
    review_id: UUID | None,
    state: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> Reviewed:
    """Hold a unit for a copy (``confirmed``, which flags it as suspect) or not (``cleared``).

    :raises WarrantyReviewNotFound: the brand has no such review
    :raises WarrantyReviewDecided: it is decided already
    """
    named = queries.find_review(brand_id, review_id) if review_id else None
    if named is None:
        raise WarrantyReviewNotFound
    unit = unit_queries.lock_unit(brand_id, named.unit_id)  # first, as everybody does
    review = queries.lock_review(brand_id, named.id)
    if review.state != "open":
        raise WarrantyReviewDecided(state=review.state)
    review.state = state
    review.decided_at = review.changed_at = now
    review.decided_by = actor
    review.reason = reason
    on = state == "confirmed"
    flag_unit(brand_id, unit.serial, "suspect", on=on, reason=reason, actor=actor, now=now)
    brands.record_audit(
        brand_id,
        actor=actor,
        action=f"warranty_review.{state}",
        subject=f"unit/{unit.serial}",
        now=now,
        after={"evidence": review.evidence, "reason": reason},
    )
    db.session.flush()  # autoflush is off
    publish(ReviewDecided(brand_id, review.id, unit.id, state, now))
    return Reviewed(review, unit)
