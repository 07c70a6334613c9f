"""The use cases of exchanges. None of them commits; none of them knows about HTTP."""

from app.exchanges.rules import Exchanger, Item
from app.exchanges.services.exchanging import (
    Cancelled,
    Exchanged,
    cancel,
    exchange,
    get_exchange,
    list_exchanges,
)
from app.exchanges.services.items import (
    Offer,
    get_item,
    list_items,
    list_offers,
    list_versions,
    put_item,
)
from app.exchanges.services.upkeep import audit, forget_reasons, move_to_survivor

__all__ = [
    "Cancelled", "Exchanged", "Exchanger", "Item", "Offer", "audit", "cancel", "exchange",
    "forget_reasons", "get_exchange", "get_item", "list_exchanges", "list_items", "list_offers",
    "list_versions", "move_to_survivor", "put_item",
]  # fmt: skip
