"""What has to be answered in time is counted, so that someone sees what is late."""

from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from app.chunks import Report
from app.db import transact
from app.job_records import record_late
from app.members import services

KIND = "members.watch_erasures"

log = structlog.get_logger()


def watch_erasures(brand_id: UUID, now: datetime, *, report: Report = lambda done: None) -> int:
    """Write down how many wishes to be erased wait although their last day is over.

    :returns: 0, as nothing is done about them: staff have to
    """
    late = transact(brand_id, partial(_count, brand_id, now))
    if late:
        log.warning("erasure_requests_overdue", count=late)
    return 0


def _count(brand_id: UUID, now: datetime) -> int:
    late = services.count_overdue_erasures(brand_id, now=now)
    record_late(brand_id, KIND, late)
    return late
