"""The one interface of everything that carries a message out of the house.

A channel is called outside of any transaction, by a worker. What it answers is a
:class:`Receipt`; it raises nothing: what is not known is ``unknown``.
"""

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

Outcome = Literal["accepted", "delivered", "failed", "unknown"]


@dataclass(frozen=True)
class Handover:
    """One message to one address. ``id`` is ours, and the provider is to keep it.

    ``channel`` is alimtalk, sms or email; ``address`` a phone in E.164 or an e-mail
    address; ``sender`` the number or address it comes from.
    """

    id: UUID
    channel: str
    address: str
    text: str
    subject: str = ""
    template_id: str = ""
    sender: str = ""
    kakao_channel: str = ""
    brand: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a provider says of a message.

    ``accepted``: it has it, and will say later how it went. ``failed``: it will not arrive;
    with ``temporary`` another try may help. ``unknown``: it may have it or not; it must be
    asked before anything is sent again. ``code`` is its own word, ``reference`` its own id.
    """

    outcome: Outcome
    code: str = ""
    reference: str = ""
    temporary: bool = False


class Channel(Protocol):
    """A provider of one or more channels.

    ``reports``: it can be asked how it went; if not, ``accepted`` is all it ever says.
    """

    name: str
    reports: bool

    def send(self, handover: Handover) -> Receipt:
        """Hand a message over, once."""
        ...

    def ask(self, handover: Handover, reference: str | None) -> Receipt | None:
        """Return what became of a message, None if the provider never had it."""
        ...


class Dev:
    """Carries nothing: a test brand's messages are looked at in the outbox."""

    name = "dev"
    reports = True

    def send(self, handover: Handover) -> Receipt:
        return Receipt("delivered")

    def ask(self, handover: Handover, reference: str | None) -> Receipt | None:
        return None


class Nowhere:
    """Stands where no provider is set up: nothing can be sent on this channel."""

    name = "none"
    reports = True

    def send(self, handover: Handover) -> Receipt:
        return Receipt("failed", code="not_configured")

    def ask(self, handover: Handover, reference: str | None) -> Receipt | None:
        return None
