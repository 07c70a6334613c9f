"""The wire format of referrals: syntax only."""

from typing import Any

from marshmallow import Schema, fields, validate

from app import ids
from app.rewards.models import Referral
from app.rewards.rules.referrals import REASONS
from app.rewards.services import ReferralCard
from app.web.fields import PlainString
from app.web.pagination import PageQuery
from app.web.responses import show_instant

STATES = ["pending", "review", "refused", "qualified", "reversed"]


class ReferralsQuery(PageQuery):
    state = PlainString(load_default=None, validate=validate.OneOf(STATES))
    inviter = PlainString(
        load_default=None,
        validate=validate.Length(1, 140),
        metadata={"description": "`mem_…` or `ext:<your id>`"},
    )


class DecisionIn(Schema):
    reason = PlainString(
        load_default=None,
        validate=validate.Length(1, 500),
        metadata={"description": "Why, for the record"},
    )


class ReferralReasonOut(Schema):
    code = fields.String()
    ko = fields.String()
    en = fields.String()


class ReferralDetailsOut(Schema):
    object = fields.String()
    id = fields.String()
    state = fields.String()
    inviter = fields.String()
    invitee = fields.String()
    reasons = fields.List(fields.Nested(ReferralReasonOut))
    approved = fields.Boolean()
    invited_at = fields.String()
    order = fields.String(allow_none=True)
    order_amount = fields.Integer(allow_none=True)
    qualified_at = fields.String(allow_none=True)
    reversed_at = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_at = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class OneReferralOut(ReferralDetailsOut):
    missing_events = fields.List(fields.String())


class InvitedOut(Schema):
    pending = fields.Integer()
    review = fields.Integer()
    refused = fields.Integer()
    qualified = fields.Integer()
    reversed = fields.Integer()


class ReferredByOut(Schema):
    code = fields.String(allow_none=True)
    referral = fields.String(allow_none=True)
    state = fields.String(allow_none=True)


class ReferralCodeOut(Schema):
    object = fields.String()
    member = fields.String()
    code = fields.String()
    link = fields.String(allow_none=True)
    invited = fields.Nested(InvitedOut)
    referred_by = fields.Nested(ReferredByOut)


def show_card(card: ReferralCard) -> dict[str, Any]:
    return {
        "object": "referral_code",
        "member": ids.show("mem", card.member_id),
        "code": card.code,
        "link": card.link,
        "invited": {state: card.invited.get(state, 0) for state in STATES},
        "referred_by": {
            "code": card.referred_by_code,
            "referral": card.referral and ids.show("ref", card.referral.id),
            "state": card.referral and card.referral.state,
        },
    }


def show_referral(referral: Referral) -> dict[str, Any]:
    """Return the JSON-ready form of a referral. Staff's note is in no answer to a POST."""
    return {
        "object": "referral",
        "id": ids.show("ref", referral.id),
        "state": referral.state,
        "inviter": ids.show("mem", referral.inviter_id),
        "invitee": ids.show("mem", referral.invitee_id),
        "reasons": [
            {"code": each, "ko": REASONS[each].ko, "en": REASONS[each].en}
            for each in referral.reasons
        ],
        "approved": referral.approved,
        "invited_at": show_instant(referral.invited_at),
        "order": referral.order_id and ids.show("ord", referral.order_id),
        "order_amount": referral.order_amount,
        "qualified_at": show_instant(referral.qualified_at),
        "reversed_at": show_instant(referral.reversed_at),
        "decided_by": referral.decided_by,
        "decided_at": show_instant(referral.decided_at),
    }


def show_noted(referral: Referral) -> dict[str, Any]:
    """Return a referral with the note of who decided it."""
    return {**show_referral(referral), "note": referral.note}


def show_one(referral: Referral, missing: list[str]) -> dict[str, Any]:
    """Return a referral with what it waits for."""
    return {**show_noted(referral), "missing_events": missing}
