"""Events between features: published in the transaction, handled in the transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

HANDLERS: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def publish(event: object) -> None:
    """Call every handler of the event's class. A handler that fails undoes the use case."""
    for handler in HANDLERS[type(event)]:
        handler(event)
