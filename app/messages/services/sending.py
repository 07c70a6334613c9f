"""Asking for a message: a row and a job, in the transaction of whoever asks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.consents import services as consents
from app.db import db
from app.ids import new_id, show
from app.members import services as members
from app.messages import queries
from app.messages.errors import (
    MessageNeedsMember,
    MessageTemplateUnknown,
    MessageUnreachable,
    MessageVariableMissing,
)
from app.messages.models import Message
from app.messages.rules.builtin import BUILTIN
from app.messages.rules.delivery import LIFE
from app.messages.rules.templates import Address, as_advertising, render, variables_of
from app.messages.services.sealing import index_of, seal
from app.messages.services.ways_out import way_out
from app.queue import enqueue

DELIVER = "messages.deliver"


def send(
    brand_id: UUID,
    template: str,
    *,
    to: Address | None = None,
    member_id: UUID | None = None,
    variables: Mapping[str, str],
    purpose: str,
    now: datetime,
    key: str | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Ask for a message to an address, or to a member where it can be reached now.

    ``purpose`` is what ``consents.may_send`` knows (``service_status``, …): whatever it does
    not know as information is advertising, and goes to members alone. With ``key`` a repeat
    returns the first message. It leaves once the transaction has committed; what is not
    handed over before ``expires_at`` (24 hours) is not sent any more.

    :raises MessageTemplateUnknown: neither the brand nor we have this template
    :raises MessageVariableMissing: it uses a variable that is not given
    :raises MessageUnreachable: none of its channels has an address
    :raises MessageNeedsMember: advertising to somebody who is no member
    """
    if key is not None and (known := queries.find_by_key(brand_id, key)) is not None:
        return known
    definition, version = _definition(brand_id, template)
    values = {"brand": brands.get_brand(brand_id).name, **variables}
    if missing := sorted(variables_of(definition) - values.keys()):
        raise MessageVariableMissing(template=template, missing=", ".join(missing))
    if member_id is None and not consents.is_information(purpose):
        raise MessageNeedsMember(purpose=purpose)
    address = to or _address_of(brand_id, member_id)
    channels = [each for each in definition["channels"] if address.on(each)]
    if not channels:
        raise MessageUnreachable(template=template)
    message_id = new_id()
    texts = render({**definition, "channels": channels}, values)
    if not consents.is_information(purpose):
        contact = brands.current_settings(brand_id).messages.contact or ""
        ways_out = {each: way_out(brand_id, member_id, each) for each in channels}
        texts = as_advertising(texts, contact, ways_out)
    message = Message(
        brand_id=brand_id,
        id=message_id,
        code=template,
        version=version,
        purpose=purpose,
        member_id=member_id,
        key=key,
        channels=channels,
        channel=channels[0],
        recipient_index=index_of(brand_id, address),
        content_sealed=seal(brand_id, message_id, address, texts),
        state="queued",
        reason=None,
        attempts=0,
        next_at=now,
        expires_at=expires_at or now + LIFE,
        created_at=now,
        sent_at=None,
        finished_at=None,
        purged_at=None,
    )
    db.session.add(message)
    db.session.flush()  # autoflush is off
    enqueue(DELIVER, brand_id=str(brand_id), message_id=str(message_id))
    return message


def _definition(brand_id: UUID, code: str) -> tuple[Mapping[str, Any], int | None]:
    own = queries.find_published(brand_id, code)
    if own is not None:
        return own.definition, own.version
    if code not in BUILTIN:
        raise MessageTemplateUnknown(template=code)
    return BUILTIN[code], None


def _address_of(brand_id: UUID, member_id: UUID | None) -> Address:
    if member_id is None:
        return Address()
    profile = members.profile_of(members.resolve(brand_id, show("mem", member_id)))
    return Address(profile.phone, profile.email)
