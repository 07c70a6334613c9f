"""Moving the points of a refund: back to their lots, and back from the member."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.benefits.services import TakenBack
from app.brands.services import Settings
from app.orders.models import Order
from app.orders.services.accounts import Accounts
from app.points import services as points
from app.points.services import Balance, Operation


@dataclass
class Moved:
    """What became of the points: of the order's own, and of what was granted for it."""

    own: dict[str, int] = field(default_factory=dict)
    granted: list[dict[str, int]] = field(default_factory=list)
    balance: Balance | None = None  # if it was read

    def total(self, name: str) -> int:
        return sum(outcome.get(name, 0) for outcome in (self.own, *self.granted))


def move_points(
    order: Order,
    restore: int,
    take_back: int,
    taken: Sequence[TakenBack],
    settings: Settings,
    accounts: Accounts | None,
    *,
    meta: dict[str, Any],
    now: datetime,
) -> Moved:
    """Give ``restore`` points back, take ``take_back`` and those of grants ``taken``.

    Points are given back before any are taken, so that they can pay.
    """
    moved = Moved()
    if accounts is None:
        return moved
    brand_id, policy = order.brand_id, settings.refund.clawback
    cause = f"refund/{meta['refund_id']}"
    operations: list[Operation] = []
    if restore:
        assert order.redemption_seq is not None  # noqa: S101 - points were used
        operations.append(
            points.restoration(
                restore,
                source_seq=order.redemption_seq,
                grace_until=_grace_until(settings, now),
                meta={**meta, "rule": "redemption", "cause": f"{cause}/restoration"},
            )
        )
    if accounts.merged and operations:
        # The lots are the merged member's; what comes back to them moves on.
        _, results = points.post(brand_id, accounts.source, operations, now=now)
        points.forward(brand_id, accounts.source, accounts.survivor, now=now)
        moved.own.update(results[0])
        operations = []
    if take_back:
        operations.append(
            points.claw_back(
                take_back,
                lots=_own_lots(order, accounts),
                policy=policy,
                meta={**meta, "rule": "accrual", "cause": f"{cause}/clawback"},
            )
        )
    own = len(operations)
    operations += [
        _claw_back(each, order, accounts, policy, meta)
        for each in taken
        if each.points and each.row.member_id == accounts.survivor
    ]
    if operations:
        moved.balance, results = points.post(brand_id, accounts.survivor, operations, now=now)
        for result in results[:own]:
            moved.own.update(result)
        moved.granted += results[own:]
    for each in taken:
        if each.points and each.row.member_id != accounts.survivor:
            operation = _claw_back(each, order, accounts, policy, meta)
            _, results = points.post(brand_id, each.row.member_id, [operation], now=now)
            moved.granted += results
    return moved


def _claw_back(
    each: TakenBack, order: Order, accounts: Accounts, policy: str, meta: dict[str, Any]
) -> Operation:
    lots = [] if each.row.lot_no is None else [each.row.lot_no]
    if accounts.merged and each.row.member_id == accounts.survivor and not lots:
        lots = points.list_order_lots(order.brand_id, accounts.survivor, order.id)
    return points.claw_back(
        each.points,
        lots=lots,
        policy=policy,
        meta={
            **meta,
            "rule": each.row.source,
            "rule_version": each.row.source_version,
            "cause": f"refund/{meta['refund_id']}/grant/{each.row.id}",
        },
    )


def _own_lots(order: Order, accounts: Accounts) -> list[int]:
    if accounts.merged:
        return points.list_order_lots(order.brand_id, accounts.survivor, order.id)
    return [] if order.accrual_lot is None else [order.accrual_lot]


def _grace_until(settings: Settings, now: datetime) -> datetime | None:
    """Return until when points live that come back to a lot that has lapsed."""
    if not settings.refund.grace_days:
        return None
    days = timedelta(days=settings.refund.grace_days + 1)
    return points.midnight_of(now + days, ZoneInfo(settings.timezone))
