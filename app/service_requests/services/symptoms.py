"""Symptoms that customers choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.products import services as products
from app.service_requests.models import ServiceSymptom
from app.service_requests.queries import requests as queries
from app.service_requests.rules.wording import OTHER_SYMPTOM


@dataclass(frozen=True)
class Defined:
    """A symptom, and whether it was new."""

    symptom: ServiceSymptom
    created: bool


def put_symptom(
    brand_id: UUID,
    code: str,
    *,
    name: str,
    categories: Sequence[str],
    active: bool,
    actor: str,
    now: datetime,
) -> Defined:
    """Define a symptom, or change it; requests that name it keep its code.

    Without categories it is a symptom of every product. Repeating it changes nothing.
    """
    symptom = queries.find_symptom(brand_id, code, lock=True)
    created = symptom is None
    before = None if symptom is None else _told(symptom)
    if symptom is None:
        symptom = ServiceSymptom(brand_id=brand_id, code=code, created_at=now, changed_at=now)
        db.session.add(symptom)
    symptom.name, symptom.categories = name, sorted(set(categories))
    symptom.active = active
    if before != _told(symptom):
        symptom.changed_at = now
        brands.record_audit(
            brand_id,
            actor=actor,
            action="symptom.created" if created else "symptom.changed",
            subject=f"symptom:{code}",
            now=now,
            before=before,
            after=_told(symptom),
        )
    db.session.flush()  # autoflush is off
    return Defined(symptom, created)


def list_symptoms(brand_id: UUID, *, after: str | None, limit: int) -> list[ServiceSymptom]:
    """Return symptoms in the order of their codes."""
    return queries.list_symptoms(brand_id, after=after, limit=limit)


def symptoms_of(brand_id: UUID, sku: str) -> list[tuple[str, str]]:
    """Return code and name of what a customer can choose for a product; ``other`` comes last.

    :raises ProductNotFound: it is not in the catalogue
    """
    category = products.get_product(brand_id, sku).definition.category
    found = queries.list_symptoms(brand_id, category=category, of_product=True)
    own = [(symptom.code, symptom.name) for symptom in found if symptom.code != OTHER_SYMPTOM[0]]
    other = next((each.name for each in found if each.code == OTHER_SYMPTOM[0]), OTHER_SYMPTOM[1])
    return [*own, (OTHER_SYMPTOM[0], other)]


def _told(symptom: ServiceSymptom) -> dict[str, object]:
    return {
        "name": symptom.name,
        "categories": list(symptom.categories),
        "active": symptom.active,
    }
