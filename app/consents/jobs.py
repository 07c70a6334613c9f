"""What falls due by itself, in chunks: each its own transaction, safe to run twice."""

from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from app.chunks import Report, in_chunks, report_sum
from app.consents import services
from app.db import transact
from app.job_records import record_late

CHUNK = 2000
KIND = "consents.tidy"

log = structlog.get_logger()


def tidy_consents(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """End consents whose time is over, prepare re-confirmations, and warn of late notices.

    :returns: how many were ended or prepared
    """
    done = in_chunks(brand_id, partial(services.lapse_chunk, brand_id, chunk, now=now), report)
    prepare = partial(services.prepare_reconfirmations_chunk, brand_id, chunk, now=now)
    done += in_chunks(brand_id, prepare, partial(report_sum, report, done))
    late = transact(brand_id, partial(_count_late, brand_id, now))
    if late:
        log.warning("consent_notices_overdue", count=late)
    return done


def _count_late(brand_id: UUID, now: datetime) -> int:
    late = services.count_overdue_notices(brand_id, now=now)
    record_late(brand_id, KIND, late)
    return late


def purge_consents(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Delete the proof of consents of members who were erased long enough ago.

    :returns: of how many members
    """
    return in_chunks(brand_id, partial(services.purge_chunk, brand_id, chunk, now=now), report)
