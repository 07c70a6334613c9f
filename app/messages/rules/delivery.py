"""What is done next with a message, after what its provider said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.channels import Receipt

# How long after a failed try on a channel the next one follows; after the last, the next
# channel is tried.
RETRY_AFTER = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
)
# A claimed message that nobody settled: its worker is dead, or its provider silent.
CLAIM = timedelta(minutes=2)
ASK_AFTER = timedelta(seconds=30)  # how it went, if the provider does not say so by itself
ASK_LATER = timedelta(minutes=10)
LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Step:
    """``state`` of the message from now on; ``next_at`` when it is looked at again."""

    state: str
    channel: str | None
    next_at: datetime | None = None
    reason: str | None = None


def after(
    receipt: Receipt,
    channels: Sequence[str],
    channel: str,
    tries: int,
    *,
    started_at: datetime,
    expires_at: datetime,
    reports: bool,
    now: datetime,
) -> Step:
    """Decide what follows the ``tries``-th try (from 1) on ``channel``.

    ``started_at``: when that try began; ``reports``: its provider can be asked again.
    """
    if receipt.outcome == "delivered":
        return Step("delivered", channel)
    ask_at = now + (ASK_AFTER if now - started_at < ASK_LATER else ASK_LATER)
    is_last = now >= started_at + LIFE
    if receipt.outcome == "accepted":
        # It has left, and nobody will say more.
        return Step("sent", channel, ask_at if reports and not is_last else None)
    if receipt.outcome == "unknown":
        if is_last:
            return Step("failed", channel, reason="outcome_unknown")
        return Step("sending", channel, ask_at)
    return failed(
        channels, channel, tries, receipt.code, receipt.temporary, expires_at=expires_at, now=now
    )


def failed(
    channels: Sequence[str],
    channel: str,
    tries: int,
    code: str,
    temporary: bool,  # noqa: FBT001 - always named where it is called
    *,
    expires_at: datetime,
    now: datetime,
) -> Step:
    """Decide for another try, the next channel, or the end."""
    following = channels[channels.index(channel) + 1 :]
    if temporary and tries <= len(RETRY_AFTER):
        next_at = now + RETRY_AFTER[tries - 1]
        if next_at < expires_at:
            return Step("queued", channel, next_at)
    if following and now < expires_at:
        return Step("queued", following[0], now)
    return Step("failed", channel, reason=code or "failed")
