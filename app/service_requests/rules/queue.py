"""The queue of staff: its tabs, and how far each request is from its day, in business days."""

from dataclasses import dataclass
from datetime import date

from app.service_requests.rules.calendar import business_days_between

# What of the requests a tab shows; all but the last are open.
TABS = ("mine", "unassigned", "today", "late", "waiting", "held", "open", "over")


@dataclass(frozen=True)
class Clock:
    """Where a request stands: ``kind`` over, paused, late, today or left; ``days`` of business."""

    kind: str
    days: int = 0


def due_on(response_due_on: date, repair_due_on: date, *, answered: bool) -> date:
    """Return the day on which the next thing is due: the first answer, then the repair.

    >>> str(due_on(date(2026, 11, 23), date(2026, 12, 11), answered=True))
    '2026-12-11'
    """
    return repair_due_on if answered else min(response_due_on, repair_due_on)


def clock_of(due: date, today: date, *, over: bool, waiting: bool) -> Clock:
    """
    >>> clock_of(date(2026, 11, 20), date(2026, 11, 23), over=False, waiting=False)
    Clock(kind='late', days=1)
    >>> clock_of(date(2026, 11, 20), date(2026, 11, 23), over=False, waiting=True)
    Clock(kind='paused', days=0)
    """
    if over:
        return Clock("over")
    if waiting:
        return Clock("paused")
    if due == today:
        return Clock("today")
    if due < today:
        return Clock("late", business_days_between(due, today))
    return Clock("left", business_days_between(today, due))
