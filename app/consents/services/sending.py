"""The one question that every sender asks."""

from datetime import datetime
from uuid import UUID

from app.consents.rules import sending as rules
from app.consents.rules.records import is_under_14
from app.consents.rules.sending import INFORMATION, Permission, Recipient
from app.consents.rules.sending import Message as Wording
from app.consents.services.standing import load_states
from app.members import services as members


def may_send(
    brand_id: UUID,
    member: str,
    purpose: str,
    channel: str,
    at: datetime,
    message: Wording | None = None,
) -> Permission:
    """Answer whether a message may go to a member, or its survivor, at a moment.

    Ask right before it is handed over; nothing is held meanwhile.

    :raises MemberNotFound: the brand has no such member
    """
    return rules.may_send(load_recipient(brand_id, member, at), purpose, channel, at, message)


def is_information(purpose: str) -> bool:
    """Whether a message for this purpose is no advertising, by its purpose alone."""
    return purpose in INFORMATION


def load_recipient(brand_id: UUID, member: str, at: datetime) -> Recipient:
    """Return what has to be known of a member, for any number of questions.

    :raises MemberNotFound: the brand has no such member
    """
    found = members.find_member(brand_id, member)
    if found.merged_into_id is not None:
        found = members.resolve(brand_id, member)
    if found.status != "active":
        return Recipient(active=False)
    return Recipient(
        active=True,
        states=load_states(brand_id, found.id),
        phone_verified=found.phone_verified_at is not None,
        under_14=is_under_14(members.birth_date(brand_id, found.id), at),
    )
