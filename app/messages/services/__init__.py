"""The use cases of messages. None of them commits; none of them knows about HTTP."""

from app.messages.rules.templates import Address
from app.messages.services.delivering import Work, claim, list_due, settle
from app.messages.services.reading import Opened, list_outbox
from app.messages.services.sending import DELIVER, send

__all__ = [
    "DELIVER",
    "Address",
    "Opened",
    "Work",
    "claim",
    "list_due",
    "list_outbox",
    "send",
    "settle",
]
