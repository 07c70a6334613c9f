"""What a message says and to whom, at rest."""

import json
from uuid import UUID

from app import crypto
from app.messages.models import Message
from app.messages.rules.templates import Address

Texts = dict[str, dict[str, str]]


def seal(brand_id: UUID, message_id: UUID, address: Address, texts: Texts) -> bytes:
    """Return address and texts sealed for their message."""
    written = json.dumps(
        {"phone": address.phone, "email": address.email, "texts": texts}, ensure_ascii=False
    )
    return crypto.seal(written, _cell(brand_id, message_id))


def open_content(message: Message) -> tuple[Address, Texts] | None:
    """Return address and texts, None once they were emptied or their key is gone."""
    return open_sealed(message.brand_id, message.id, message.content_sealed)


def open_sealed(
    brand_id: UUID, message_id: UUID, sealed: bytes | None
) -> tuple[Address, Texts] | None:
    """Return what is sealed in a message's row; None as :func:`open_content` says."""
    if sealed is None:
        return None
    try:
        opened = crypto.unseal(sealed, _cell(brand_id, message_id))
    except crypto.SealBroken:
        return None
    found = json.loads(opened)
    return Address(found["phone"], found["email"]), found["texts"]


def index_of(brand_id: UUID, address: Address) -> bytes:
    """Return what messages to an address are found by."""
    return crypto.blind_index(
        brand_id, "messages", "recipient", address.phone or (address.email or "").lower()
    )


def _cell(brand_id: UUID, message_id: UUID) -> crypto.Cell:
    return crypto.Cell(brand_id, "messages", "content", message_id)
