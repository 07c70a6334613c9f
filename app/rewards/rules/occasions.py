"""Rules about birthdays and anniversaries: which day is looked at, and who is too early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.rewards.rules.definitions import Rule

# What an occasion is called in grants, by trigger.
OCCASIONS = {"birthday": "birthday", "signup_anniversary": "anniversary"}

# After a change of the birthday, so long after the last gift.
AFTER_CHANGE_DAYS = 300


@dataclass(frozen=True)
class Batch:
    """Rules that are due together: on the day itself, or so many days before."""

    trigger: str
    days_before: int

    @property
    def order(self) -> tuple[str, int]:
        """Batches follow each other by trigger, the earliest gifts first."""
        return self.trigger, -self.days_before


def batches_of(rules: Sequence[Rule]) -> list[Batch]:
    """Return what is to be looked at on any one day, each once."""
    found = {
        Batch(rule.trigger.on, rule.trigger.days_before)
        for rule in rules
        if rule.trigger.on in OCCASIONS
    }
    return sorted(found, key=lambda batch: batch.order)


def days_due(
    last: date | None, unfinished: date | None, today: date, *, changed: bool = False
) -> list[date]:
    """Return the days to look at: those since the last one that was finished.

    Who has never looked begins today: gifts of days gone by were never promised. If the
    programme has ``changed`` since today was looked at, that is done again.

    >>> [day.day for day in days_due(date(2026, 5, 1), None, date(2026, 5, 4))]
    [2, 3, 4]
    >>> days_due(None, None, date(2026, 5, 4))
    [datetime.date(2026, 5, 4)]
    """
    first = today
    if last is not None:
        first = last if changed and last == today else last + timedelta(days=1)
    elif unfinished is not None:
        first = unfinished
    return [first + timedelta(days=number) for number in range((today - first).days + 1)]


def seen_at(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a day is looked at: now, or for one gone by, its last moment.

    Schedules and hours of rules are asked as of then.
    """
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return min(now, end - timedelta(microseconds=1))


def changed_before(day: date, notice_days: int, zone: ZoneInfo) -> datetime:
    """Return before when a birthday must have been entered to count on ``day``.

    >>> changed_before(date(2026, 5, 31), 30, ZoneInfo("Asia/Seoul")).isoformat()
    '2026-05-02T00:00:00+09:00'
    """
    first = day - timedelta(days=notice_days) + timedelta(days=1)
    return datetime.combine(first, datetime.min.time(), zone)


def is_too_soon(
    day: date, changed_at: datetime | None, last_given_at: datetime | None, zone: ZoneInfo
) -> bool:
    """Whether a birthday was moved since the last gift, to bring the next one near.

    >>> zone = ZoneInfo("UTC")
    >>> gift = datetime(2026, 2, 1, tzinfo=zone)
    >>> [is_too_soon(date(2026, 5, 1), datetime(2026, month, 1, tzinfo=zone), gift, zone)
    ...  for month in (1, 3)]
    [False, True]
    """
    if changed_at is None or last_given_at is None or changed_at < last_given_at:
        return False
    return (day - last_given_at.astimezone(zone).date()).days < AFTER_CHANGE_DAYS
