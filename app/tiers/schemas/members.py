"""The wire format of members' tiers: syntax only."""

from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from app import ids
from app.tiers.models import TierChange, TierPosting
from app.tiers.rules.ladders import Ladder, Tier
from app.tiers.schemas.definitions import show_first_day
from app.tiers.services import Adjusted, Status, Text, accrual_rate, reason_of
from app.web.definitions import CODE
from app.web.fields import MONEY_MAX, YEAR_MAX, YEAR_MIN, Count, Instant, PlainString
from app.web.messages import say
from app.web.responses import show_instant
from app.web.schemas import Schema

SOMETHING_COUNTS = say(
    "Send an amount or orders other than 0.", "amount나 orders를 0이 아니게 보내 주세요."
)
UNTIL_WITH_TIER = say("Only with a tier.", "등급(tier)과 함께만 쓸 수 있어요.")


class MemberTierIn(Schema):
    tier = PlainString(required=True, allow_none=True, validate=CODE)
    until = fields.Date(
        load_default=None,
        allow_none=True,
        validate=validate.Range(date(YEAR_MIN, 1, 1), date(YEAR_MAX, 12, 31)),
        metadata={"description": "The last day, in the brand's time zone; for good by default."},
    )
    reason = PlainString(required=True, validate=validate.Length(1, 200))

    @validates_schema
    def _until(self, data: dict[str, Any], **_: Any) -> None:
        if data["tier"] is None and data["until"] is not None:
            raise ValidationError(UNTIL_WITH_TIER, "until")


class SpendAdjustmentIn(Schema):
    external_id = PlainString(required=True, validate=validate.Length(1, 128))
    amount = Count(
        required=True,
        least=-MONEY_MAX,
        metadata={"description": "Won paid for goods; a return is below zero."},
    )
    orders = Count(load_default=0, least=-10_000, most=10_000)
    occurred_at = Instant(load_default=None, allow_none=True)
    reason = PlainString(required=True, validate=validate.Length(1, 200))

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if data["amount"] == data["orders"] == 0:
            raise ValidationError(SOMETHING_COUNTS, "amount")


class TierStepOut(Schema):
    code = fields.String()
    name = fields.String()
    threshold = fields.Integer()


class HeldTierOut(TierStepOut):
    accrual_rate_basis_points = fields.Integer()
    member_discount_basis_points = fields.Integer()


class NextTierOut(TierStepOut):
    missing = fields.Integer()


class TierStayOut(Schema):
    needed = fields.Integer()
    missing = fields.Integer()
    by = fields.Date()


class TierProjectionOut(Schema):
    on = fields.Date()
    tier = fields.Nested(TierStepOut, allow_none=True)
    qualifying_amount = fields.Integer()


class MemberTierOut(Schema):
    object = fields.String()
    member = fields.String()
    tier = fields.Nested(HeldTierOut, allow_none=True)
    since = fields.String(allow_none=True)
    source = fields.String(allow_none=True)
    until = fields.Date(allow_none=True)
    ladder_version = fields.Integer()
    basis = fields.String()
    qualifying_amount = fields.Integer()
    first_day = fields.Date(allow_none=True)
    last_day = fields.Date()
    next = fields.Nested(NextTierOut, allow_none=True)
    stay = fields.Nested(TierStayOut, allow_none=True)
    grace_until = fields.Date(allow_none=True)
    projected = fields.Nested(TierProjectionOut)


class TierReasonOut(Schema):
    ko = fields.String()
    en = fields.String()


class TierChangeOut(Schema):
    object = fields.String()
    seq = fields.Integer()
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    kind = fields.String()
    reason = fields.Nested(TierReasonOut)
    changed_on = fields.Date()
    changed_at = fields.String()
    qualifying_amount = fields.Integer(allow_none=True)
    order = fields.String(allow_none=True)
    refund = fields.String(allow_none=True)
    ladder_version = fields.Integer()
    note = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)


class TierPostingOut(Schema):
    object = fields.String()
    kind = fields.String()
    order = fields.String(allow_none=True)
    refund = fields.String(allow_none=True)
    external_id = fields.String(allow_none=True)
    counted_on = fields.Date()
    order_on = fields.Date()
    net = fields.Integer()
    gross = fields.Integer()
    orders = fields.Integer()
    points = fields.Integer()
    reason = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)
    recorded_at = fields.String()


class TierEffectOut(Schema):
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    qualifying_amount = fields.Integer()
    reason = fields.Nested(TierReasonOut, allow_none=True)


class SpendAdjustmentOut(Schema):
    object = fields.String()
    member = fields.String()
    external_id = fields.String()
    amount = fields.Integer()
    orders = fields.Integer()
    counted_on = fields.Date()
    reason = fields.String(allow_none=True)
    recorded_at = fields.String()
    tier = fields.Nested(TierEffectOut, allow_none=True)


def show_status(status: Status) -> dict[str, Any]:
    tier, standing, window = status.tier, status.standing, status.window
    projected, stay = status.projected, status.stay
    until = standing.manual_until if status.source == "manual" else None
    return {
        "object": "member_tier",
        "member": ids.show("mem", status.member_id),
        "tier": tier
        and {
            **show_step(tier),
            "accrual_rate_basis_points": accrual_rate(tier, status.base_rate),
            "member_discount_basis_points": tier.member_discount_basis_points,
        },
        "since": show_instant(status.since),
        "source": status.source,
        "until": show_day(until),
        "ladder_version": status.ladder.version,
        "basis": status.ladder.basis,
        "qualifying_amount": status.amount,
        "first_day": show_first_day(window),
        "last_day": str(window.last),
        "next": status.next
        and {
            **show_step(status.next),
            "missing": max(0, status.next.threshold - status.amount),
        },
        "stay": stay and {"needed": stay.needed, "missing": stay.missing, "by": str(stay.by)},
        "grace_until": show_day(standing.grace_until),
        "projected": {
            "on": str(projected.on),
            "tier": projected.tier and show_step(projected.tier),
            "qualifying_amount": projected.amount,
        },
    }


def show_step(tier: Tier) -> dict[str, Any]:
    return {"code": tier.code, "name": tier.name, "threshold": tier.threshold}


def show_change(change: TierChange, ladder: Ladder) -> dict[str, Any]:
    """Return a change, told in the words of the ladder by which it was made."""
    before, after = (ladder.tier(ladder.rank(code)) for code in (change.from_tier, change.to_tier))
    return {
        "object": "tier_change",
        "seq": change.seq,
        "before": change.from_tier,
        "after": change.to_tier,
        "kind": change.kind,
        "reason": show_text(reason_of(ladder, change.kind, before, after, change.amount)),
        "changed_on": str(change.changed_on),
        "changed_at": show_instant(change.changed_at),
        "qualifying_amount": change.amount,
        "order": _show_posting("order", "ord", change.kind, change.posting_id),
        "refund": _show_posting("refund", "rfd", change.kind, change.posting_id),
        "ladder_version": change.ladder_version,
        "note": change.note,
        "actor": change.actor,
    }


def show_posting(posting: TierPosting) -> dict[str, Any]:
    return {
        "object": "tier_posting",
        "kind": posting.kind,
        "order": posting.order_id and ids.show("ord", posting.order_id),
        "refund": _show_posting("refund", "rfd", posting.kind, posting.id),
        "external_id": posting.external_id,
        "counted_on": str(posting.counted_on),
        "order_on": str(posting.order_on),
        "net": posting.net,
        "gross": posting.gross,
        "orders": posting.orders,
        "points": posting.points,
        "reason": posting.reason,
        "actor": posting.actor,
        "recorded_at": show_instant(posting.recorded_at),
    }


def show_adjusted(adjusted: Adjusted) -> dict[str, Any]:
    posting, outcome = adjusted.posting, adjusted.outcome
    return {
        "object": "spend_adjustment",
        "member": ids.show("mem", posting.member_id),
        "external_id": posting.external_id,
        "amount": posting.net,
        "orders": posting.orders,
        "counted_on": str(posting.counted_on),
        "reason": posting.reason,
        "recorded_at": show_instant(posting.recorded_at),
        "tier": outcome
        and {
            "before": outcome.before and outcome.before.code,
            "after": outcome.after and outcome.after.code,
            "qualifying_amount": outcome.amount,
            "reason": show_text(outcome.reason) if outcome.changed else None,
        },
    }


def show_text(text: Text) -> dict[str, str]:
    return {"ko": text.ko, "en": text.en}


def show_day(day: date | None) -> str | None:
    return None if day is None else str(day)


def _show_posting(kind: str, prefix: str, of: str, posting_id: UUID | None) -> str | None:
    return ids.show(prefix, posting_id) if of == kind and posting_id is not None else None
