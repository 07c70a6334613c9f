"""Whose day it is: birthdays and the days on which members joined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.members import queries, rules
from app.members.models import Member
from app.members.services.contacts import birthday_of


@dataclass(frozen=True)
class Celebration:
    """A member's day. ``year`` is the birthday's in its own calendar, lunar or solar."""

    member_id: UUID
    year: int
    changed_at: datetime | None = None  # when the birthday was entered or last changed


def list_birthdays(
    brand_id: UUID,
    day: date,
    *,
    changed_before: datetime,
    after: UUID | None = None,
    among: Sequence[UUID] | None = None,
    limit: int,
) -> list[Celebration]:
    """Return whose birthday is celebrated on a day, by id; see ``rules.birthdays_on``.

    Birthdays entered or changed at ``changed_before`` or later are left out.
    """
    rows = queries.list_birthdays(
        brand_id,
        rules.birthdays_on(day),
        changed_before,
        after=after,
        among=among,
        limit=limit,
    )
    return [Celebration(row.id, row.year, row.changed_at) for row in rows]


def list_anniversaries(
    brand_id: UUID,
    day: date,
    *,
    after: UUID | None = None,
    among: Sequence[UUID] | None = None,
    limit: int,
) -> list[Celebration]:
    """Return who joined so many whole years before a day, by id."""
    found = queries.list_joined_on(
        brand_id, rules.anniversaries_on(day), after=after, among=among, limit=limit
    )
    return [Celebration(member_id, day.year) for member_id in found]


def coming_birthdays(member: Member, since: date) -> list[tuple[date, Celebration]]:
    """Return the member's next two birthdays from a day on, with the days."""
    birthday = birthday_of(member)
    if birthday is None:
        return []
    # A lunar year begins up to two months into the solar one.
    days = [
        (rules.celebrated_on(birthday, year), year)
        for year in range(since.year - 1, since.year + 4)
    ]
    return [
        (day, Celebration(member.id, year, member.birthday_changed_at))
        for day, year in days
        if day is not None and day >= since
    ][:2]


def coming_anniversaries(member: Member, since: date) -> list[tuple[date, Celebration]]:
    """Return the next two anniversaries of the member's joining from a day on."""
    first = max(since.year, member.joined_on.year + 1)
    days = [rules.anniversary_in(member.joined_on, year) for year in range(first, first + 3)]
    return [(day, Celebration(member.id, day.year)) for day in days if day >= since][:2]
