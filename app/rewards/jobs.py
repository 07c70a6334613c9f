"""Birthdays and anniversaries, day by day, in chunks: each its own transaction.

Safe to run twice, late, or after days without a run: days that were missed are made up
for in order, and nobody is given anything twice.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from app.chunks import Report
from app.db import transact
from app.rewards import services
from app.rewards.services import OccasionPlace, OccasionStep

CHUNK = 5000


def run_occasions(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Reward whose birthday or anniversary it is, or soon will be, in the brand's time zone.

    :returns: how many were given something, counted for each day and batch of rules
    """
    done = 0
    step = OccasionStep(0, is_last=False)
    while not step.is_last:
        step = transact(brand_id, partial(_one_step, brand_id, now, chunk, step.place))
        done += step.rewarded
        report(done)
    return done


def _one_step(
    brand_id: UUID, now: datetime, chunk: int, place: OccasionPlace | None
) -> OccasionStep:
    return services.reward_occasions(brand_id, place, limit=chunk, now=now)
