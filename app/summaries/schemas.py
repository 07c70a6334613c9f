"""The wire format of summaries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from app import exports, ids
from app.benefits.services import Text, sentence_of
from app.coupons import services as coupons
from app.coupons.services import InHand
from app.points.services import Statement
from app.rewards.services import Coming, ReferralCard
from app.stamps.services import CardView
from app.summaries.services import Export, Summary
from app.tiers.services import Status, Tier
from app.tiers.services import accrual_rate as rate_of
from app.web.fields import PlainString
from app.web.pagination import CURSOR_LENGTH_MAX
from app.web.responses import show_instant
from app.web.schemas import Schema

EXPIRING_DAYS = 7
EXPORT_REASONS = ("member_asked", "guardian_asked", "support", "legal")
INVITED = ("pending", "review", "refused", "qualified", "reversed")


class SummaryTextOut(Schema):
    ko = fields.String()
    en = fields.String()


class SummaryExpiryOut(Schema):
    expires_at = fields.String(allow_none=True)
    points = fields.Integer()


class SummaryPendingOut(Schema):
    confirms_at = fields.String(allow_none=True)
    points = fields.Integer()


class SummaryPointsOut(Schema):
    available = fields.Integer()
    pending = fields.Integer()
    held = fields.Integer()
    debt = fields.Integer()
    expiries = fields.List(fields.Nested(SummaryExpiryOut))
    pending_until = fields.List(fields.Nested(SummaryPendingOut))


class SummaryTierOut(Schema):
    code = fields.String()
    name = fields.String()


class SummaryNextTierOut(SummaryTierOut):
    threshold = fields.Integer()
    missing = fields.Integer()
    progress_percent = fields.Integer()


class SummaryStayOut(Schema):
    needed = fields.Integer()
    missing = fields.Integer()
    by = fields.Date()


class SummaryProjectionOut(Schema):
    on = fields.Date()
    tier = fields.Nested(SummaryTierOut, allow_none=True)


class SummaryStandingOut(Schema):
    tier = fields.Nested(SummaryTierOut, allow_none=True)
    since = fields.String(allow_none=True)
    accrual_rate_basis_points = fields.Integer()
    member_discount_basis_points = fields.Integer()
    basis = fields.String()
    qualifying_amount = fields.Integer()
    next = fields.Nested(SummaryNextTierOut, allow_none=True)
    stay = fields.Nested(SummaryStayOut, allow_none=True)
    projected = fields.Nested(SummaryProjectionOut)


class SummaryCardRewardOut(Schema):
    at = fields.Integer()
    missing = fields.Integer()
    gives = fields.Nested(SummaryTextOut)


class SummaryCardOut(Schema):
    programme = fields.String()
    name = fields.String()
    card = fields.Integer(allow_none=True)
    stamps = fields.Integer()
    goal = fields.Integer()
    next_reward = fields.Nested(SummaryCardRewardOut, allow_none=True)
    expires_at = fields.String(allow_none=True)


class SummaryCouponOut(Schema):
    id = fields.String()
    template = fields.String()
    name = fields.String()
    kind = fields.String()
    sentence = fields.Nested(SummaryTextOut)
    usable = fields.Boolean()
    valid_from = fields.String()
    valid_until = fields.String(allow_none=True)


class SummaryCouponsOut(Schema):
    usable = fields.Integer()
    expiring = fields.Integer(
        metadata={"description": f"Of the usable ones those that lapse within {EXPIRING_DAYS} days"}
    )
    list = fields.List(
        fields.Nested(SummaryCouponOut),
        metadata={"description": "The soonest to lapse first, at most 100"},
    )


class SummaryInvitedOut(Schema):
    pending = fields.Integer()
    review = fields.Integer()
    refused = fields.Integer()
    qualified = fields.Integer()
    reversed = fields.Integer()


class SummaryReferralOut(Schema):
    code = fields.String()
    link = fields.String(allow_none=True)
    invited = fields.Nested(SummaryInvitedOut)


class SummaryComingOut(Schema):
    rule = fields.String()
    trigger = fields.String()
    on = fields.Date(metadata={"description": "When it is given"})
    day = fields.Date(metadata={"description": "The birthday or anniversary itself"})
    points = fields.Integer()
    gives = fields.List(fields.Nested(SummaryTextOut))


class SummaryOut(Schema):
    object = fields.String()
    member = fields.String()
    at = fields.String()
    points = fields.Nested(SummaryPointsOut)
    tier = fields.Nested(SummaryStandingOut, allow_none=True)
    stamp_cards = fields.List(fields.Nested(SummaryCardOut))
    coupons = fields.Nested(SummaryCouponsOut)
    referral = fields.Nested(SummaryReferralOut)
    coming = fields.List(fields.Nested(SummaryComingOut))


def show_summary(summary: Summary) -> dict[str, Any]:
    return {
        "object": "member_summary",
        "member": ids.show("mem", summary.member_id),
        "at": show_instant(summary.at),
        "points": _points(summary.points),
        "tier": summary.tier and _standing(summary.tier),
        "stamp_cards": [_card(card) for card in summary.cards],
        "coupons": _coupons(summary),
        "referral": _referral(summary.referral),
        "coming": [_coming(each) for each in summary.coming],
    }


def _points(statement: Statement) -> dict[str, Any]:
    balance = statement.balance
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "debt": balance.debt,
        "expiries": [
            {"expires_at": show_instant(row.expires_at), "points": row.points}
            for row in statement.expiries
        ],
        "pending_until": [
            {"confirms_at": show_instant(row.confirms_at), "points": row.points}
            for row in statement.pending
        ],
    }


def _standing(status: Status) -> dict[str, Any]:
    tier, higher, stay = status.tier, status.next, status.stay
    return {
        "tier": _tier(tier),
        "since": show_instant(status.since),
        "accrual_rate_basis_points": rate_of(tier, status.base_rate),
        "member_discount_basis_points": tier.member_discount_basis_points if tier else 0,
        "basis": status.ladder.basis,
        "qualifying_amount": status.amount,
        "next": higher
        and {
            "code": higher.code,
            "name": higher.name,
            "threshold": higher.threshold,
            "missing": max(0, higher.threshold - status.amount),
            "progress_percent": min(100, max(0, status.amount) * 100 // higher.threshold)
            if higher.threshold
            else 100,
        },
        "stay": stay and {"needed": stay.needed, "missing": stay.missing, "by": str(stay.by)},
        "projected": {"on": str(status.projected.on), "tier": _tier(status.projected.tier)},
    }


def _tier(tier: Tier | None) -> dict[str, str] | None:
    return None if tier is None else {"code": tier.code, "name": tier.name}


def _card(card: CardView) -> dict[str, Any]:
    reward = card.next_reward
    return {
        "programme": card.programme,
        "name": card.name,
        "card": card.card_no,
        "stamps": card.stamps,
        "goal": card.goal,
        "next_reward": reward
        and {"at": reward.at, "missing": reward.at - card.stamps, "gives": _text(reward.text)},
        "expires_at": show_instant(card.expires_at),
    }


def _coupons(summary: Summary) -> dict[str, Any]:
    usable = [each for each in summary.coupons if each.usable]
    soon = summary.at + timedelta(days=EXPIRING_DAYS)
    return {
        "usable": len(usable),
        "expiring": sum(
            each.coupon.valid_until is not None and each.coupon.valid_until <= soon
            for each in usable
        ),
        "list": [_coupon(each) for each in summary.coupons],
    }


def _coupon(each: InHand) -> dict[str, Any]:
    coupon, template = each.coupon, each.template
    return {
        "id": ids.show("cpn", coupon.id),
        "template": template.code,
        "name": template.name,
        "kind": template.pricing.kind,
        "sentence": coupons.sentence_of(template)._asdict(),
        "usable": each.usable,
        "valid_from": show_instant(coupon.valid_from),
        "valid_until": show_instant(coupon.valid_until),
    }


def _referral(card: ReferralCard) -> dict[str, Any]:
    return {
        "code": card.code,
        "link": card.link,
        "invited": {state: card.invited.get(state, 0) for state in INVITED},
    }


def _coming(coming: Coming) -> dict[str, Any]:
    return {
        "rule": coming.grant.source.removeprefix("rule:"),
        "trigger": coming.trigger,
        "on": str(coming.on),
        "day": str(coming.day),
        "points": coming.grant.points,
        "gives": [_text(sentence_of(benefit)) for benefit in coming.grant.benefits],
    }


def _text(text: Text) -> dict[str, str]:
    return {"ko": text.ko, "en": text.en}


class ExportQuery(Schema):
    reason = PlainString(
        required=True,
        validate=validate.OneOf(EXPORT_REASONS),
        metadata={"description": "받는 까닭, 감사 기록에 남아요 · Why; kept in the audit log"},
    )
    part = PlainString(load_default=None, validate=validate.OneOf(list(exports.PARTS)))
    cursor = PlainString(load_default=None, validate=validate.Length(1, CURSOR_LENGTH_MAX))


class ExportPartOut(Schema):
    count = fields.Integer(metadata={"description": "In all, also beyond what is shown"})
    rows = fields.List(fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True)))
    next_cursor = fields.String(
        allow_none=True, metadata={"description": "Send it with part to go on"}
    )


class ExportOut(Schema):
    object = fields.String()
    member = fields.String()
    at = fields.String()
    parts = fields.Dict(keys=fields.String(), values=fields.Nested(ExportPartOut))


def show_export(export: Export, cursor_of: Callable[[str, int], str]) -> dict[str, Any]:
    """Return the JSON-ready form of an export; ``cursor_of`` a part and a number of rows."""
    return {
        "object": "member_export",
        "member": ids.show("mem", export.member_id),
        "at": show_instant(export.at),
        "parts": {
            name: {
                "count": read.count,
                "rows": read.rows,
                "next_cursor": cursor_of(name, done)
                if (done := export.after + len(read.rows)) < read.count
                else None,
            }
            for name, read in export.parts.items()
        },
    }
