"""Quotes: what the customer would pay, said before the work and answered once.

The request is locked before a quote is looked at, so of many answers one counts.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.events import publish
from app.service_requests.errors import (
    ServiceLinesMissing,
    ServiceQuoteChanged,
    ServiceQuoteNotFound,
    ServiceQuoteOver,
    ServiceQuoteStale,
    ServiceStepRefused,
)
from app.service_requests.events import ServiceQuoteAnswered, ServiceQuoteSent
from app.service_requests.models import ServiceRequest, ServiceRequestQuote
from app.service_requests.queries import parts
from app.service_requests.rules.lines import Decided, quote_text, total_of
from app.service_requests.rules.states import may, role_of
from app.service_requests.services.cases import (
    Case,
    case_of,
    decided_of,
    request_of,
    zone_of,
)
from app.service_requests.services.costs import lines_of
from app.service_requests.services.recording import enter, tell, withdraw_open_quote


def make_quote(
    brand_id: UUID,
    request_id: UUID | None,
    *,
    valid_days: int | None = None,
    note: str | None = None,
    actor: str,
    now: datetime,
) -> Case:
    """Quote the lines as they are; an open quote before it is withdrawn.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceStepRefused: there is nothing to quote any more
    :raises ServiceLinesMissing: it has no lines
    """
    found = request_of(brand_id, request_id, lock=True)
    _refuse_step(found, "quote", actor)
    lines = [decided_of(line) for line in lines_of(found)]
    if not lines:
        raise ServiceLinesMissing
    withdraw_open_quote(found, actor=actor, now=now)
    days = valid_days or brands.current_settings(brand_id).service.quote_valid_days
    valid_until = now + timedelta(days=days)
    version = len(parts.list_quotes(brand_id, [found.id])[found.id]) + 1
    text = quote_text(found.number, version, lines, valid_until.astimezone(zone_of(brand_id)))
    quote = ServiceRequestQuote(
        brand_id=brand_id,
        request_id=found.id,
        version=version,
        round=found.round,
        lines=snapshot(lines),
        total=total_of(lines),
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        valid_until=valid_until,
        actor=actor,
        created_at=now,
        state="open",
    )
    db.session.add(quote)
    enter(
        found, "quoted", "quote", detail=str(version), note=note, visibility="customer",
        actor=actor, now=now,
    )  # fmt: skip
    publish(ServiceQuoteSent(brand_id, found.id, version, quote.total, now))
    tell(found, "service_request_quote", amount=f"{quote.total:,}원", now=now)
    return case_of(found)


def accept_quote(
    brand_id: UUID,
    request_id: UUID | None,
    version: int,
    *,
    text_sha256: str,
    actor: str,
    now: datetime,
) -> Case:
    """Accept the newest quote by its version and the hash of its text. Again: no change.

    :raises ServiceRequestNotFound: the brand has no such request
    :raises ServiceQuoteNotFound: it has no quote of this version
    :raises ServiceQuoteStale: there is a newer one
    :raises ServiceQuoteChanged: the text is not that of the quote
    :raises ServiceQuoteOver: it was declined or withdrawn, or its time is over
    """
    return _answer(
        brand_id, request_id, version, "accepted", text_sha256=text_sha256, actor=actor, now=now
    )


def decline_quote(
    brand_id: UUID, request_id: UUID | None, version: int, *, actor: str, now: datetime
) -> Case:
    """Decline the newest quote. Again: no change. See :func:`accept_quote` for refusals."""
    return _answer(brand_id, request_id, version, "declined", actor=actor, now=now)


def expire_quote(
    brand_id: UUID, request_id: UUID, version: int, *, actor: str, now: datetime
) -> Case:
    """Let a quote lapse whose time is over. See :func:`accept_quote` for refusals."""
    return _answer(brand_id, request_id, version, "expired", actor=actor, now=now)


_STEPS = {"accepted": "accept_quote", "declined": "decline_quote", "expired": "expire_quote"}
_AFTER = {"accepted": "quote_accepted", "declined": "quote_declined", "expired": "quote_expired"}


def _answer(
    brand_id: UUID,
    request_id: UUID | None,
    version: int,
    answer: str,
    *,
    text_sha256: str | None = None,
    actor: str,
    now: datetime,
) -> Case:
    found = request_of(brand_id, request_id, lock=True)
    quotes = parts.list_quotes(brand_id, [found.id])[found.id]
    quote = next((each for each in quotes if each.version == version), None)
    if quote is None:
        raise ServiceQuoteNotFound
    if quote is not quotes[-1]:
        raise ServiceQuoteStale(newest=quotes[-1].version)
    if text_sha256 is not None and text_sha256 != quote.text_sha256:
        raise ServiceQuoteChanged(pointer="/text_sha256")
    if quote.state == answer:
        return case_of(found)
    if quote.state != "open":
        raise ServiceQuoteOver(state=quote.state)
    if answer == "accepted" and quote.valid_until <= now:
        raise ServiceQuoteOver(state="expired")
    _refuse_step(found, _STEPS[answer], actor)
    quote.state, quote.decided_at, quote.decided_by = answer, now, actor
    db.session.flush()  # autoflush is off, and quotes are read again
    enter(found, _AFTER[answer], _STEPS[answer], detail=str(version), actor=actor, now=now)
    publish(ServiceQuoteAnswered(brand_id, found.id, version, answer, now))
    return case_of(found)


def _refuse_step(found: ServiceRequest, step: str, actor: str) -> None:
    arrived = found.arrived_at is not None
    if not may(step, found.status, arrived=arrived, role=role_of(actor)):
        raise ServiceStepRefused(state=found.status, step=step)


def snapshot(lines: Iterable[Decided]) -> list[dict[str, Any]]:
    """Return lines as a quote keeps them."""
    return [
        {
            "kind": each.line.kind,
            "name": each.line.name,
            "sku": each.line.sku,
            "quantity": each.line.quantity,
            "unit_price": each.line.unit_price,
            "covered": each.covered,
            "rule": each.rule,
        }
        for each in lines
    ]
