"""Handing over: claim a message, let a channel carry it, settle what came of it.

The claim and the settlement are two transactions; the provider is called between them. A
claim that nobody settled is taken up again after two minutes, and then the provider is
asked first whether it had the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.channels import Handover, Receipt
from app.consents import services as consents
from app.db import db
from app.events import publish
from app.ids import new_id, show
from app.messages import queries
from app.messages.events import MessageDelivered, MessageFailed, MessageSent
from app.messages.models import Message, MessageAttempt
from app.messages.rules import delivery
from app.messages.services.sealing import open_content
from app.messages.services.ways_out import consent_channel


@dataclass(frozen=True)
class Work:
    """What a worker is to do with one message.

    ``ask``: it was, or may have been, handed over before, so the provider has to be asked;
    ``test``: the brand's messages stay in the house.
    """

    handover: Handover
    ask: bool
    test: bool
    provider: str | None = None
    reference: str | None = None


def list_due(brand_id: UUID, limit: int, *, now: datetime) -> Sequence[UUID]:
    """Return messages that a worker has to look at."""
    return queries.list_due(brand_id, limit, now=now)


def claim(brand_id: UUID, message_id: UUID, *, now: datetime) -> Work | None:
    """Write down that a message is about to be handed over, or asked after.

    None if there is nothing to do: it is not due, held, over, or in another worker's hands.
    """
    message = queries.lock_message(brand_id, message_id)
    if message is None or message.next_at is None or message.next_at > now:
        return None
    content = open_content(message)
    brand = brands.get_brand(brand_id)
    last = queries.last_attempt(brand_id, message_id)
    if content is None or message.channel is None:
        _end(message, "failed", "unreadable", now=now)
        return None
    address, texts = content
    channel = message.channel
    policy = brands.current_settings(brand_id).messages
    text = texts[channel]
    handover = Handover(
        id=new_id(),
        channel=channel,
        address=address.on(channel) or "",
        text=text["text"],
        subject=text.get("subject", ""),
        template_id=text.get("template_id", ""),
        sender=(policy.sender_email if channel == "email" else policy.sender_phone) or "",
        kakao_channel=policy.kakao_channel or "",
        brand=brand.name,
    )
    is_test = brand.mode == "test"
    if message.state in ("sending", "sent") and last is not None:
        message.next_at = now + delivery.CLAIM
        db.session.flush()  # autoflush is off
        asked = replace(handover, id=last.id)
        return Work(asked, ask=True, test=is_test, provider=last.provider, reference=last.reference)
    if now >= message.expires_at:
        _end(message, "failed", "expired", now=now)
        return None
    if not _may_go(message, handover, text.get("opt_out"), now=now):
        return None
    message.state = "sending"
    message.attempts += 1
    message.next_at = now + delivery.CLAIM
    db.session.add(
        MessageAttempt(
            brand_id=brand_id,
            id=handover.id,
            message_id=message_id,
            seq=message.attempts,
            channel=channel,
            provider="",
            state="sending",
            code=None,
            reference=None,
            started_at=now,
            finished_at=None,
        )
    )
    db.session.flush()  # autoflush is off
    return Work(handover, ask=False, test=is_test)


def settle(
    brand_id: UUID,
    message_id: UUID,
    attempt_id: UUID,
    receipt: Receipt | None,
    *,
    provider: str,
    reports: bool,
    now: datetime,
) -> timedelta | None:
    """Write down what a provider said; returns after how long the message is due again.

    ``receipt`` is None if the provider, asked, does not know the message: then it is tried
    again, unless the provider has said before that it has it. What comes late, for an
    attempt that was followed by another, changes nothing.
    """
    message = queries.lock_message(brand_id, message_id)
    last = queries.last_attempt(brand_id, message_id)
    if message is None or last is None or last.id != attempt_id or message.finished_at:
        return None
    said = receipt or (
        Receipt("accepted")
        if last.state == "accepted"
        else Receipt("failed", code="not_received", temporary=True)
    )
    tries = queries.count_attempts(brand_id, message_id, last.channel)
    step = delivery.after(
        said,
        message.channels,
        last.channel,
        tries,
        started_at=last.started_at,
        expires_at=message.expires_at,
        reports=reports,
        now=now,
    )
    last.provider = provider
    last.code = said.code or last.code
    last.reference = said.reference or last.reference
    if said.outcome != "unknown":
        last.state = said.outcome
        last.finished_at = None if said.outcome == "accepted" else now
    message.channel = step.channel
    if said.outcome in ("accepted", "delivered") and message.sent_at is None:
        message.sent_at = now
        publish(MessageSent(*_named(message), last.channel, message.key, now))
    if step.next_at is None:
        _end(message, step.state, step.reason, now=now)
        return None
    message.state = step.state
    message.next_at = step.next_at
    db.session.flush()  # autoflush is off
    return step.next_at - now


def _may_go(message: Message, handover: Handover, opt_out: str | None, *, now: datetime) -> bool:
    """Ask whether it may be sent at this moment; hold or end it if not.

    ``opt_out`` is the way out that it was written with; none if it was no advertising.
    """
    if message.member_id is None:
        return True
    policy = brands.current_settings(message.brand_id).messages
    permission = consents.may_send(
        message.brand_id,
        show("mem", message.member_id),
        message.purpose,
        consent_channel(handover.channel),
        now,
        consents.Wording(
            body=handover.text,
            title=handover.subject,
            sender=handover.brand,
            contact=policy.contact or "",
            opt_out=opt_out or policy.opt_out or "",
        ),
    )
    if permission.allowed:
        return True
    if permission.not_before is not None and permission.not_before < message.expires_at:
        message.next_at = permission.not_before
        message.reason = permission.reasons[0]
        db.session.flush()  # autoflush is off
        return False
    _end(message, "failed", permission.reasons[0], now=now)
    return False


def _end(message: Message, state: str, reason: str | None, *, now: datetime) -> None:
    message.state = state
    message.reason = reason
    message.next_at = None
    message.finished_at = now
    db.session.flush()  # autoflush is off
    if state == "delivered":
        publish(MessageDelivered(*_named(message), message.channel or "", message.key, now))
    if state == "failed":
        publish(MessageFailed(*_named(message), reason or "", message.key, now))


def _named(message: Message) -> tuple[UUID, UUID, UUID | None, str]:
    return message.brand_id, message.id, message.member_id, message.code
