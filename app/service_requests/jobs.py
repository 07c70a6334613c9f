"""What goes on by itself: requests are closed, quotes lapse, flags go up, photos move out."""

from datetime import datetime
from functools import partial
from uuid import UUID

from procrastinate import RetryStrategy

from app import clock
from app.brands import services as brands
from app.chunks import Report, in_chunks, report_sum
from app.db import transact
from app.queue import tasks
from app.service_requests import services
from app.service_requests.services.photos import MOVE_PHOTOS

CHUNK = 200  # requests


def tidy_requests(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Close what was given back a week ago, let quotes lapse, flag what took a month.

    :returns: how many requests it changed
    """
    done = 0
    for work in (services.expire_chunk, services.flag_chunk, services.close_chunk):
        step = partial(work, brand_id, chunk, now=now)
        done += in_chunks(brand_id, step, partial(report_sum, report, done))
    return done


def forget_requests(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Forget what was told with requests once it was kept long enough.

    :returns: how many there were
    """
    done = 0
    for work in (services.empty_chunk, services.delete_archives_chunk):
        step = partial(work, brand_id, chunk, now=now)
        done += in_chunks(brand_id, step, partial(report_sum, report, done))
    return done


def move_photos(brand_id: UUID, now: datetime, *, report: Report = lambda done: None) -> int:
    """Hand photos to the storage one by one, and delete there what was removed.

    :returns: how many there were
    """
    return in_chunks(brand_id, partial(services.move_photo, brand_id, now=now), report)


@tasks.task(name=MOVE_PHOTOS, retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def move_new_photos(*, brand_id: str) -> None:
    """Move what was just added; what fails here is taken up by the periodic job."""
    brand = UUID(brand_id)
    now = transact(brand, lambda: brands.brand_now(brand, clock.now()))
    move_photos(brand, now)
