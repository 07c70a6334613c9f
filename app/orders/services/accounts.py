"""Whose accounts an order concerns, and locking them in one order everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.members import services as members
from app.orders.models import Order
from app.points import services as points


@dataclass(frozen=True)
class Accounts:
    """Whose points an order moved, and who has them now (another one after a merge)."""

    source: UUID
    survivor: UUID

    @property
    def merged(self) -> bool:
        return self.source != self.survivor


def lock_accounts(order: Order, *, others: Iterable[UUID] = (), now: datetime) -> Accounts | None:
    """Lock the accounts that reversing the order will touch, in ascending order.

    ``others`` are further members whom the order gave something.
    """
    if order.member_id is None:
        return None
    survivor = members.survivor_id(order.brand_id, order.member_id, keep=True)
    accounts = Accounts(order.member_id, survivor)
    for member_id in sorted({accounts.source, accounts.survivor, *others}):
        points.lock_balance(order.brand_id, member_id, now=now)
    return accounts
