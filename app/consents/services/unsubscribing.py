"""Links that end advertising on one channel: no login, no end, nothing of a person in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import links
from app.consents.rules.purposes import CHANNELS
from app.consents.services.recording import Answer, Evidence, record_answer
from app.ids import show
from app.members import services as members
from app.members.errors import MemberNotFound

PURPOSE = "unsubscribe"
# A channel is one byte of the token: only ever added to, at the end.
_CODES = ("sms", "kakao", "email", "push")
_ID = 16


@dataclass(frozen=True)
class Unsubscribe:
    """What a link stands for; the member may have been merged or erased since."""

    brand_id: UUID
    member_id: UUID
    channel: str

    @property
    def purpose(self) -> str:
        """The consent that it withdraws."""
        return CHANNELS[self.channel]


def unsubscribe_token(brand_id: UUID, member_id: UUID, channel: str) -> str:
    """Return the token of the link by which a member ends advertising on a channel."""
    code = bytes((_CODES.index(channel),))
    return links.sign(PURPOSE, brand_id.bytes + member_id.bytes + code)


def read_unsubscribe(token: str) -> Unsubscribe | None:
    """Return what a token stands for, None if we did not make it for this purpose."""
    payload = links.read(PURPOSE, token)
    if payload is None or len(payload) != 2 * _ID + 1 or payload[-1] >= len(_CODES):
        return None
    return Unsubscribe(UUID(bytes=payload[:_ID]), UUID(bytes=payload[_ID:-1]), _CODES[payload[-1]])


def unsubscribe(link: Unsubscribe, *, evidence: Evidence | None = None, now: datetime) -> list[str]:
    """Withdraw what a link stands for, from the member or who it was merged into.

    Repeating it changes nothing; nor does it for a member who is erased.

    :returns: the purposes of which something was recorded
    """
    try:
        member = members.resolve(link.brand_id, show("mem", link.member_id), keep=True)
    except MemberNotFound:
        return []
    answer = Answer(
        choices={link.purpose: "withdrawn"},
        source="unsubscribe_link",
        evidence=evidence or Evidence(),
    )
    return record_answer(link.brand_id, member.id, answer, recorded_by="unsubscribe_link", now=now)
