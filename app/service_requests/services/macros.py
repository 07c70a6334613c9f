"""Texts that staff write often."""

from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.ids import new_id
from app.service_requests.errors import (
    ServiceMacroInvalid,
    ServiceMacroNotFound,
    ServiceMacroPlaceUnknown,
    ServiceMacrosTooMany,
)
from app.service_requests.models import ServiceMacro
from app.service_requests.queries import queue as queries
from app.service_requests.rules.macros import PLACES, fill, unknown_places
from app.service_requests.services.cases import Case

MACROS_MAX = 100
NAME_MAX, TEXT_MAX = 40, 1000


def put_macro(
    brand_id: UUID, macro_id: UUID | None, name: str, text: str, *, actor: str, now: datetime
) -> ServiceMacro:
    """Write a macro, or change one. Repeating it changes nothing.

    :raises ServiceMacroNotFound: there is none of this id
    :raises ServiceMacroInvalid: name or text is missing or too long, or the name is taken
    :raises ServiceMacroPlaceUnknown: it has a place that nothing can fill
    :raises ServiceMacrosTooMany: there are as many as anybody finds something in
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX:
        raise ServiceMacroInvalid(pointer="/name")
    if not 0 < len(text) <= TEXT_MAX:
        raise ServiceMacroInvalid(pointer="/text")
    if unknown := unknown_places(text):
        known = " ".join(f"#{{{place}}}" for place in PLACES)
        raise ServiceMacroPlaceUnknown(pointer="/text", place=unknown[0], known=known)
    others = queries.list_macros(brand_id)
    macro = None if macro_id is None else get_macro(brand_id, macro_id)
    if any(each.name == name and each.id != macro_id for each in others):
        raise ServiceMacroInvalid(pointer="/name")
    before = None if macro is None else {"name": macro.name, "text": macro.text}
    if macro is None:
        if len(others) >= MACROS_MAX:
            raise ServiceMacrosTooMany(most=MACROS_MAX)
        macro = ServiceMacro(brand_id=brand_id, id=new_id(), name=name)
        db.session.add(macro)
    macro.name, macro.text, macro.actor, macro.changed_at = name, text, actor, now
    after = {"name": name, "text": text}
    if before != after:
        _record(macro, "changed" if before else "created", before, after, actor, now)
    db.session.flush()  # autoflush is off
    return macro


def delete_macro(brand_id: UUID, macro_id: UUID, *, actor: str, now: datetime) -> None:
    """:raises ServiceMacroNotFound: there is none of this id"""
    macro = get_macro(brand_id, macro_id)
    before = {"name": macro.name, "text": macro.text}
    _record(macro, "deleted", before, None, actor, now)
    db.session.delete(macro)
    db.session.flush()  # autoflush is off


def list_macros(brand_id: UUID) -> list[ServiceMacro]:
    """Return the macros of a brand by name."""
    return queries.list_macros(brand_id)


def get_macro(brand_id: UUID, macro_id: UUID) -> ServiceMacro:
    """:raises ServiceMacroNotFound: there is none of this id"""
    macro = queries.find_macro(brand_id, macro_id)
    if macro is None:
        raise ServiceMacroNotFound
    return macro


def write_macro(macro: ServiceMacro, case: Case, customer: str) -> str:
    """Return the text of a macro for a request; ``customer`` is what they are called."""
    values = {"고객": customer, "번호": case.request.number, "제품": case.product}
    return fill(macro.text, values)


def _record(
    macro: ServiceMacro,
    what: str,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    actor: str,
    now: datetime,
) -> None:
    brands.record_audit(
        macro.brand_id,
        actor=actor,
        action=f"service_macro.{what}",
        subject=f"service_macro:{macro.id}",
        now=now,
        before=before,
        after=after,
    )
