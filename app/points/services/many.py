"""The accounts of many members at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.points import queries
from app.points.services.operations import Operation


def open_many(brand_id: UUID, member_ids: Sequence[UUID], *, now: datetime) -> list[UUID]:
    """Lock and settle accounts, in ascending order; returns who of the members has one."""
    return queries.open_many(brand_id, member_ids, now)


def accrue_many(
    brand_id: UUID, accruals: Sequence[tuple[UUID, Operation]], *, now: datetime
) -> list[int | None]:
    """Post accruals (:func:`accrual`, none of them pending) to many accounts at once.

    :returns: the number of each one's lot, None for who has no account
    :raises AlreadyPosted: a cause was posted before
    """
    rows = [
        {"n": number, "member_id": member_id, **operation}
        for number, (member_id, operation) in enumerate(accruals)
    ]
    lots = queries.accrue_many(brand_id, rows, now)
    return [lots.get(number) for number in range(len(rows))]
