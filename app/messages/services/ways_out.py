"""How a member ends advertising from the message itself: free, and without a login."""

from uuid import UUID

from app.brands import services as brands
from app.consents import services as consents

# What consents call the channels of messages, where the names differ.
CONSENT_CHANNELS = {"alimtalk": "kakao"}


def consent_channel(channel: str) -> str:
    return CONSENT_CHANNELS.get(channel, channel)


def way_out(brand_id: UUID, member_id: UUID | None, channel: str) -> str:
    """Return the line that advertising ends with.

    A brand with a host gives a link that withdraws this member's consent to this channel;
    another one what its settings say.
    """
    settings = brands.current_settings(brand_id)
    if settings.warranty.host is None or member_id is None:
        return settings.messages.opt_out or ""
    token = consents.unsubscribe_token(brand_id, member_id, consent_channel(channel))
    return f"무료수신거부 https://{settings.warranty.host}/u/{token}"
