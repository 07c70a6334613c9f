"""Programmes: what a brand offers, changed by new versions, compiled once for each change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.coupons import services as coupons
from app.db import db
from app.stamps import queries
from app.stamps.errors import (
    StampProgrammeEnded,
    StampProgrammeNotFound,
    StampRewardUnknown,
)
from app.stamps.models import StampProgramme, StampProgrammeVersion
from app.stamps.rules.programmes import Programme, terms_of


@dataclass(frozen=True)
class Defined:
    """A programme with one of its versions."""

    programme: StampProgramme
    version: StampProgrammeVersion
    created: bool = False


@lru_cache(maxsize=1024)
def programmes_of(brand_id: UUID, programme_version: int) -> tuple[Programme, ...]:
    """Return every programme with all its versions, by code.

    What a brand offers has a new number with each change, so that it can be kept.
    """
    found = queries.list_programmes(brand_id)
    if not found:
        return ()
    versions = queries.list_versions(brand_id, [programme.code for programme in found])
    return tuple(
        Programme(
            programme.code,
            programme.status,
            tuple(
                terms_of(row.code, row.version, row.created_at, row.definition)
                for row in reversed(versions)
                if row.code == programme.code
            ),
        )
        for programme in found
    )


def current_programmes(brand_id: UUID) -> dict[str, Programme]:
    """Return every programme as it is now, by code."""
    version = brands.programme_version(brand_id)
    return {programme.code: programme for programme in programmes_of(brand_id, version)}


def find_current(brand_id: UUID, code: str) -> Programme:
    """Return a programme as it is now, with all its versions.

    :raises StampProgrammeNotFound: the brand has no such programme
    """
    found = current_programmes(brand_id).get(code)
    if found is None:
        raise StampProgrammeNotFound(programme=code)
    return found


def get_programme(brand_id: UUID, code: str) -> Defined:
    """:raises StampProgrammeNotFound: the brand has no such programme"""
    programme = _get(brand_id, code)
    return Defined(programme, queries.get_current(brand_id, programme))


def list_programmes(
    brand_id: UUID, *, status: str | None, after: str | None, limit: int
) -> list[Defined]:
    """Return programmes as they are, by code."""
    return [
        Defined(programme, queries.get_current(brand_id, programme))
        for programme in queries.list_programmes(brand_id, status=status, after=after, limit=limit)
    ]


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[StampProgrammeVersion]:
    """Return the versions of a programme, the newest first.

    :raises StampProgrammeNotFound: the brand has no such programme
    """
    _get(brand_id, code)
    return queries.list_versions(brand_id, [code], before=before, limit=limit)


def put_programme(
    brand_id: UUID,
    code: str,
    definition: dict[str, Any],
    *,
    draft: bool = False,
    actor: str,
    now: datetime,
) -> Defined:
    """Offer a programme, or change it for cards that begin from now on.

    A change is a new version; a definition that changes nothing makes none. A new one is
    active at once unless it is to be a ``draft``.

    :raises StampProgrammeEnded: it has ended for good
    :raises StampRewardUnknown: it gives a coupon or gift that does not exist
    """
    _check_rewards(brand_id, definition)  # before the programme has a new number
    brands.change_programme(brand_id)
    programme = queries.find_programme(brand_id, code)
    before = None
    if programme is None:
        programme = StampProgramme(
            brand_id=brand_id,
            code=code,
            version=0,
            status="draft" if draft else "active",
            created_at=now,
            updated_at=now,
        )
        db.session.add(programme)
    else:
        if programme.status == "ended":
            raise StampProgrammeEnded
        current = queries.get_current(brand_id, programme)
        before = current.definition
        if before == definition:
            return Defined(programme, current)
    programme.version += 1
    programme.updated_at = now
    db.session.flush()  # the version refers to the programme
    version = StampProgrammeVersion(
        brand_id=brand_id,
        code=code,
        version=programme.version,
        definition=definition,
        actor=actor,
        created_at=now,
    )
    db.session.add(version)
    brands.record_audit(
        brand_id,
        actor=actor,
        action="stamp_programme.changed" if before else "stamp_programme.created",
        subject=f"stamp_programme:{code}",
        now=now,
        before=before,
        after=definition,
    )
    db.session.flush()  # autoflush is off
    return Defined(programme, version, created=before is None)


def set_status(brand_id: UUID, code: str, status: str, *, actor: str, now: datetime) -> Defined:
    """Activate, pause or end a programme. Repeating it changes nothing; the end is final.

    Cards that members have stay as they are; only no stamps are added.

    :raises StampProgrammeNotFound: the brand has no such programme
    :raises StampProgrammeEnded: it has ended for good
    """
    brands.change_programme(brand_id)
    programme = _get(brand_id, code)
    if programme.status != status:
        if programme.status == "ended":
            raise StampProgrammeEnded
        brands.record_audit(
            brand_id,
            actor=actor,
            action=f"stamp_programme.{status}",
            subject=f"stamp_programme:{code}",
            now=now,
            before={"status": programme.status},
            after={"status": status},
        )
        programme.status = status
        programme.updated_at = now
        db.session.flush()  # autoflush is off
    return Defined(programme, queries.get_current(brand_id, programme))


def _check_rewards(brand_id: UUID, definition: Mapping[str, Any]) -> None:
    templates = coupons.templates_of(brand_id, brands.programme_version(brand_id))
    for number, reward in enumerate(definition["rewards"]):
        for place, benefit in enumerate(reward["benefits"]):
            kind = next((kind for kind in ("coupon", "gift") if kind in benefit), None)
            if kind is None:
                continue
            name = benefit[kind]
            found = templates.by_code(name)
            fits = found is not None and (found[0].gift is not None) == (kind == "gift")
            if not fits or found is None or found[1] == "ended":
                pointer = f"/rewards/{number}/benefits/{place}/{kind}"
                raise StampRewardUnknown(pointer=pointer, kind=kind, name=name)


def _get(brand_id: UUID, code: str) -> StampProgramme:
    programme = queries.find_programme(brand_id, code)
    if programme is None:
        raise StampProgrammeNotFound(programme=code)
    return programme
