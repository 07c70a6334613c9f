"""Which feature listens to which event: the whole table. Handlers run in the transaction."""

from collections.abc import Callable
from typing import Any

from app import events

SUBSCRIPTIONS: dict[type, list[Callable[[Any], None]]] = {}


def connect() -> None:
    """Load the table; repeating it changes nothing."""
    events.HANDLERS.clear()
    for event, handlers in SUBSCRIPTIONS.items():
        events.HANDLERS[event] = list(handlers)
