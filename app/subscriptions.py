"""Which feature listens to which event: the whole table. Handlers run in the transaction."""

from collections.abc import Callable
from typing import Any

from app import events
from app.members.events import MemberErased, MemberMerged, MemberRegistered
from app.points import services as points

SUBSCRIPTIONS: dict[type, list[Callable[[Any], None]]] = {
    MemberRegistered: [points.open_account],
    MemberMerged: [points.move_to_survivor],
    MemberErased: [points.forfeit],
}


def connect() -> None:
    """Load the table; repeating it changes nothing."""
    events.HANDLERS.clear()
    for event, handlers in SUBSCRIPTIONS.items():
        events.HANDLERS[event] = list(handlers)
