"""Messages leave here: claimed, carried and settled, each in its own time."""

from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from app import clock
from app.brands import services as brands
from app.channels import Channel, Receipt
from app.chunks import Report, in_chunks
from app.db import transact
from app.messages import services
from app.providers import provider_of
from app.queue import enqueue, tasks

CHUNK = 20  # a worker that is to stop waits for so many calls of a provider
FORGET_CHUNK = 5000
TELL_CHUNK = 200

log = structlog.get_logger()


def carry(brand_id: UUID, message_id: UUID, now: datetime) -> None:
    """Do what is due with one message. Safe to run twice, late and in parallel.

    ``now`` is the brand's own time.
    """
    work = transact(brand_id, partial(services.claim, brand_id, message_id, now=now))
    if work is None:
        return
    channel = provider_of(work.handover, test=work.test)
    receipt = _call(channel, work)

    def use_case() -> None:
        due_in = services.settle(
            brand_id,
            message_id,
            work.handover.id,
            receipt,
            provider=channel.name,
            reports=channel.reports,
            now=now,
        )
        if due_in is not None:
            enqueue(
                services.DELIVER,
                run_at=clock.now() + due_in,
                brand_id=str(brand_id),
                message_id=str(message_id),
            )

    transact(brand_id, use_case)


def _call(channel: Channel, work: services.Work) -> Receipt | None:
    """Call the provider. A fault of ours in doing so must not keep back other messages."""
    try:
        if work.ask:
            return channel.ask(work.handover, work.reference)
        return channel.send(work.handover)
    except Exception:
        # The log keeps the class alone: a message may quote a person's data.
        log.exception("message_channel_failed", channel=channel.name)
        return Receipt("unknown", "fault")


def carry_due(
    brand_id: UUID, now: datetime, *, chunk: int = CHUNK, report: Report = lambda done: None
) -> int:
    """Do what is due with every message whose own job is late or lost.

    :returns: how many were looked at
    """
    done = 0
    while True:
        due = transact(brand_id, partial(services.list_due, brand_id, chunk, now=now))
        for message_id in due:
            carry(brand_id, message_id, now)
        done += len(due)
        report(done)
        if len(due) < chunk:
            return done


def tell_consents(
    brand_id: UUID, now: datetime, *, chunk: int = TELL_CHUNK, report: Report = lambda done: None
) -> int:
    """Tell members of their consents, in chunks and by day.

    :returns: how many members there were something to tell
    """
    step = partial(services.tell_consents_chunk, brand_id, chunk, now=now)
    return in_chunks(brand_id, step, report)


def forget(
    brand_id: UUID, now: datetime, *, chunk: int = FORGET_CHUNK, report: Report = lambda done: None
) -> int:
    """Empty what messages said once it was kept long enough.

    :returns: how many were emptied
    """
    return in_chunks(brand_id, partial(services.forget_chunk, brand_id, chunk, now=now), report)


@tasks.task(name=services.DELIVER)
def deliver(*, brand_id: str, message_id: str) -> None:
    """Carry one message that was just asked for, or is due again."""
    brand = UUID(brand_id)
    now = transact(brand, lambda: brands.brand_now(brand, clock.now()))
    carry(brand, UUID(message_id), now)
