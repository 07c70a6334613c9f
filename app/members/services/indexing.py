"""Letting those be found by name and last digits who were registered before one could."""

from dataclasses import dataclass
from uuid import UUID

from app import crypto
from app.db import db
from app.members import queries
from app.members.services.contacts import indexes_of, profile_of


@dataclass(frozen=True)
class Indexed:
    """The last member that was looked at, how many were done, and whose data do not open."""

    last: UUID
    done: int
    broken: int


def index_chunk(brand_id: UUID, *, after: UUID | None, limit: int) -> Indexed | None:
    """Fill in what the next members are found by; None if none is left.

    Who has it already is passed over, so it can be stopped and repeated.
    """
    found = queries.lock_unindexed(brand_id, after=after, limit=limit)
    if not found:
        return None
    broken = 0
    for member in found:
        try:
            profile = profile_of(member)
        except crypto.SealBroken:
            broken += 1
            continue
        for name, text in (("name", profile.name), ("phone", profile.phone)):
            for column, value in indexes_of(brand_id, name, text).items():
                setattr(member, column, value)
    db.session.flush()  # autoflush is off
    return Indexed(found[-1].id, len(found) - broken, broken)
