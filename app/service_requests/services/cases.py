"""A request with all that belongs to it, as whoever looks at it needs it."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import crypto
from app.brands import services as brands
from app.products import services as products
from app.service_requests.errors import ServiceRequestNotFound
from app.service_requests.models import (
    ServiceRequest,
    ServiceRequestLine,
    ServiceRequestPhoto,
    ServiceRequestQuote,
)
from app.service_requests.queries import parts
from app.service_requests.queries import requests as queries
from app.service_requests.rules.lines import Decided, Line
from app.service_requests.rules.wording import OTHER_SYMPTOM


@dataclass(frozen=True)
class Told:
    """What the customer told: in their own words, and how to reach them."""

    description: str | None = None
    address: str | None = None
    contact: str | None = None


@dataclass(frozen=True)
class Case:
    """A request with its product, lines of this round, all quotes, and photos.

    ``told`` is empty once it was forgotten.
    """

    request: ServiceRequest
    product: str
    symptom: str
    lines: list[ServiceRequestLine]
    quotes: list[ServiceRequestQuote]
    photos: list[ServiceRequestPhoto]
    told: Told = field(repr=False)

    @property
    def quote(self) -> ServiceRequestQuote | None:
        """The newest quote of this round."""
        of_round = [each for each in self.quotes if each.round == self.request.round]
        return of_round[-1] if of_round else None


def seal_told(brand_id: UUID, request_id: UUID, told: Told) -> bytes:
    written = json.dumps(vars(told), ensure_ascii=False)
    return crypto.seal(written, crypto.Cell(brand_id, "service_requests", "told", request_id))


def open_told(request: ServiceRequest) -> Told:
    """Return what was told; empty once it is forgotten or its key is gone."""
    if request.told_sealed is None:
        return Told()
    cell = crypto.Cell(request.brand_id, "service_requests", "told", request.id)
    try:
        return Told(**json.loads(crypto.unseal(request.told_sealed, cell)))
    except crypto.SealBroken:
        return Told()


def seal_note(brand_id: UUID, note_id: UUID, text: str) -> bytes:
    return crypto.seal(text, _note_cell(brand_id, note_id))


def open_notes(brand_id: UUID, request_id: UUID) -> dict[int, str]:
    """Return what was said with the events of a request, by their numbers."""
    found = {}
    for note in parts.list_notes(brand_id, request_id):
        with suppress(crypto.SealBroken):
            found[note.seq] = crypto.unseal(note.text_sealed, _note_cell(brand_id, note.id))
    return found


def _note_cell(brand_id: UUID, note_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, "service_request_notes", "text", note_id)


def seal_archive(brand_id: UUID, request_id: UUID, content: object) -> bytes:
    written = json.dumps(content, ensure_ascii=False)
    cell = crypto.Cell(brand_id, "service_request_archives", "content", request_id)
    return crypto.seal(written, cell)


def request_of(brand_id: UUID, request_id: UUID | None, *, lock: bool = False) -> ServiceRequest:
    """:raises ServiceRequestNotFound: the brand has no such request"""
    found = queries.find_request(brand_id, request_id, lock=lock) if request_id else None
    if found is None:
        raise ServiceRequestNotFound
    return found


def case_of(request: ServiceRequest) -> Case:
    return cases_of(request.brand_id, [request])[0]


def cases_of(brand_id: UUID, requests: Sequence[ServiceRequest]) -> list[Case]:
    """Return requests with what belongs to them, however many by the same few look-ups."""
    request_ids = [request.id for request in requests]
    lines = parts.list_lines(brand_id, request_ids)
    quotes = parts.list_quotes(brand_id, request_ids)
    photos = parts.list_photos(brand_id, request_ids)
    names = {
        OTHER_SYMPTOM[0]: OTHER_SYMPTOM[1],
        **queries.names_of_symptoms(brand_id, {request.symptom for request in requests}),
    }
    known = {
        sku: products.get_product(brand_id, sku).definition.name
        for sku in sorted({request.sku for request in requests})
    }
    return [
        Case(
            request,
            known[request.sku],
            names.get(request.symptom, request.symptom),
            [line for line in lines[request.id] if line.round == request.round],
            quotes[request.id],
            photos[request.id],
            open_told(request),
        )
        for request in requests
    ]


def decided_of(line: ServiceRequestLine) -> Decided:
    """Return a stored line as the rules know it."""
    override = line.covered if line.rule == "override" else None
    return Decided(
        Line(
            line.kind,
            line.name,
            line.quantity,
            line.unit_price,
            line.sku,
            override,
            line.override_reason,
        ),
        line.covered,
        line.rule,
    )


def zone_of(brand_id: UUID) -> ZoneInfo:
    return ZoneInfo(brands.current_settings(brand_id).timezone)


def day_of(brand_id: UUID, now: datetime) -> date:
    """Return the brand's local day."""
    return now.astimezone(zone_of(brand_id)).date()
