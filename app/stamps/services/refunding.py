"""Taking back the stamps of an order when some or all of it is given back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.purchases import Purchase
from app.stamps import queries
from app.stamps.models import StampCard, StampEntry
from app.stamps.rules import taking
from app.stamps.rules.cards import Account, Card
from app.stamps.rules.taking import Movement, OrderStamps, StampReversal, Used
from app.stamps.services.programmes import current_programmes
from app.stamps.services.reading import read_state


def take_back(
    brand_id: UUID,
    member_id: UUID,
    order_id: UUID,
    refund_id: UUID,
    *,
    purchase_left: Purchase | None,
    used: Used,
    actor: str,
    now: datetime,
    extra_left: dict[str, int] | None = None,
) -> StampReversal:
    """Take the stamps that what is left of an order no longer deserves.

    ``member_id`` is who has the order's stamps now, its account is locked;
    ``purchase_left`` None: nothing is left. ``used`` is asked whether what a card gave
    at a position is used. The grants of the answer are to be taken back by the caller:
    they may have been caused by other orders. ``extra_left`` tells by programme how many
    of the stamps that rules gave are still deserved; without it they all are until
    nothing is left.

    Any sequence of refunds takes in the end what one refund of the whole would. Repeating
    it with the same remainder changes nothing.
    """
    movements = queries.list_movements(brand_id, member_id, order_id)
    if not movements:
        return StampReversal()
    settings = brands.current_settings(brand_id)
    zone = ZoneInfo(settings.timezone)
    programmes = current_programmes(brand_id)
    state = read_state(brand_id, member_id, zone, now=now)
    told, changes = [], []
    for code in sorted({each.programme for each in movements}):
        own = [each for each in movements if each.programme == code]
        stamps = _order_stamps(brand_id, member_id, code, state.get(code, Account()), own)
        missing = taking.undeserved(
            programmes[code].terms(taking.version_of(stamps)),
            stamps,
            purchase_left,
            extra_left=None if extra_left is None else extra_left.get(code, 0),
            now=now,
        )
        if not missing:
            continue
        taken = taking.take(
            programmes[code],
            stamps,
            missing,
            used=used,
            meta={"refund_id": str(refund_id), "actor": actor},
            now=now,
            zone=zone,
        )
        told.append(taken.told)
        changes.append(taken.changes)
    if changes:
        queries.write(brand_id, member_id, changes, order_id=order_id, now=now)
    return StampReversal(tuple(told))


def _order_stamps(
    brand_id: UUID, member_id: UUID, code: str, account: Account, entries: Sequence[StampEntry]
) -> OrderStamps:
    return OrderStamps(
        account,
        [_movement(each) for each in entries],
        [_card(row) for row in queries.list_cards(brand_id, member_id, code)],
        queries.kept_by_card(brand_id, member_id, code),
    )


def _movement(entry: StampEntry) -> Movement:
    return Movement(
        entry.kind, entry.version, entry.card_no, entry.d_stamps, entry.d_debt, entry.kept
    )


def _card(row: StampCard) -> Card:
    return Card(
        card_no=row.card_no,
        version=row.version,
        goal=row.goal,
        stamps=row.stamps,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        state=row.state,
        completed_at=row.completed_at,
    )
