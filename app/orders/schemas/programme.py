"""How the programme's part of an order is shown: coupons, stamps, tier, rewards."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from app import ids
from app.benefits.services import Grant
from app.coupons.services import Applied, CouponOutcome, Owned, Rejected
from app.orders.services import Told
from app.rewards.services import Skip
from app.stamps.services import Added, CardView, StampOutcome
from app.tiers.services import Tier
from app.web.responses import show_instant


class OrderTextOut(Schema):
    ko = fields.String()
    en = fields.String()


class OrderAppliedCouponOut(Schema):
    coupon = fields.String(allow_none=True)
    code = fields.String(allow_none=True)
    template = fields.String()
    name = fields.String()
    kind = fields.String()
    discount = fields.Integer()
    shipping_discount = fields.Integer()
    gift = fields.Dict(allow_none=True)
    reason = fields.Nested(OrderTextOut)


class OrderRejectedCouponOut(Schema):
    name = fields.String(metadata={"description": "As it was sent."})
    reason = fields.String()
    text = fields.Nested(OrderTextOut)


class OrderOwnedCouponOut(Schema):
    coupon = fields.String()
    template = fields.String()
    name = fields.String()
    kind = fields.String()
    discount = fields.Integer()
    shipping_discount = fields.Integer()
    applicable = fields.Boolean()
    reason = fields.String(allow_none=True)
    text = fields.Nested(OrderTextOut, allow_none=True)
    valid_until = fields.String(allow_none=True)


class OrderBestCouponsOut(Schema):
    coupons = fields.List(fields.String())
    discount = fields.Integer()
    shipping_discount = fields.Integer()


class OrderCouponsOut(Schema):
    applied = fields.List(fields.Nested(OrderAppliedCouponOut))
    rejected = fields.List(fields.Nested(OrderRejectedCouponOut))
    owned = fields.List(fields.Nested(OrderOwnedCouponOut))
    best = fields.Nested(OrderBestCouponsOut, allow_none=True)


class OrderCardOut(Schema):
    programme = fields.String()
    name = fields.String()
    card = fields.Integer(allow_none=True)
    state = fields.String()
    stamps = fields.Integer()
    goal = fields.Integer()
    missing = fields.Integer()
    expires_at = fields.String(allow_none=True)


class OrderStampsAddedOut(Schema):
    programme = fields.String()
    stamps = fields.Integer()
    reason = fields.Nested(OrderTextOut)


class OrderStampsToldOut(Schema):
    added = fields.List(fields.Nested(OrderStampsAddedOut))
    cards = fields.List(fields.Nested(OrderCardOut))


class OrderTierShortOut(Schema):
    code = fields.String()
    name = fields.String()


class OrderNextTierOut(Schema):
    code = fields.String()
    name = fields.String()
    missing = fields.Integer()


class OrderTierToldOut(Schema):
    before = fields.Nested(OrderTierShortOut, allow_none=True)
    after = fields.Nested(OrderTierShortOut, allow_none=True)
    counted_when = fields.String()
    qualifying_amount = fields.Integer(metadata={"description": "This order included."})
    next = fields.Nested(OrderNextTierOut, allow_none=True)


class OrderExpectedOut(Schema):
    rule = fields.String()
    points = fields.Integer()
    reason = fields.Nested(OrderTextOut)


class OrderSkippedOut(Schema):
    rule = fields.String()
    reason = fields.String()
    text = fields.Nested(OrderTextOut)


def show_coupons(outcome: CouponOutcome) -> dict[str, Any]:
    best = outcome.best
    return {
        "applied": [_applied(coupon) for coupon in outcome.applied],
        "rejected": [_rejected(coupon) for coupon in outcome.rejected],
        "owned": [_owned(coupon) for coupon in outcome.owned],
        "best": {
            "coupons": [ids.show("cpn", coupon_id) for coupon_id in best.coupon_ids],
            "discount": best.discount,
            "shipping_discount": best.shipping_discount,
        }
        if best.coupon_ids
        else None,
    }


def _applied(coupon: Applied) -> dict[str, Any]:
    return {
        "coupon": coupon.coupon_id and ids.show("cpn", coupon.coupon_id),
        "code": coupon.code,
        "template": coupon.template,
        "name": coupon.title,
        "kind": coupon.kind,
        "discount": coupon.discount,
        "shipping_discount": coupon.shipping_discount,
        "gift": coupon.gift and asdict(coupon.gift),
        "reason": {"ko": coupon.ko, "en": coupon.en},
    }


def _rejected(coupon: Rejected) -> dict[str, Any]:
    return {
        "name": coupon.name,
        "reason": coupon.reason,
        "text": {"ko": coupon.ko, "en": coupon.en},
    }


def _owned(owned: Owned) -> dict[str, Any]:
    refused = owned.refused
    return {
        "coupon": ids.show("cpn", owned.coupon.id),
        "template": owned.template.code,
        "name": owned.template.name,
        "kind": owned.template.pricing.kind,
        "discount": owned.discount,
        "shipping_discount": owned.shipping_discount,
        "applicable": refused is None,
        "reason": refused and refused.reason,
        "text": refused and {"ko": refused.ko, "en": refused.en},
        "valid_until": show_instant(owned.coupon.valid_until),
    }


def show_stamps(stamped: StampOutcome) -> dict[str, Any]:
    return {
        "added": [_added(added) for added in stamped.added],
        "cards": [show_card(card) for card in stamped.cards],
    }


def _added(added: Added) -> dict[str, Any]:
    return {
        "programme": added.programme,
        "stamps": added.stamps,
        "reason": _text(added.reason),
    }


def show_card(card: CardView) -> dict[str, Any]:
    return {
        "programme": card.programme,
        "name": card.name,
        "card": card.card_no,
        "state": card.state,
        "stamps": card.stamps,
        "goal": card.goal,
        "missing": card.missing,
        "expires_at": show_instant(card.expires_at),
    }


def show_tier(told: Told) -> dict[str, Any] | None:
    outcome, ladder = told.tier, told.ladder
    if outcome is None or ladder is None:
        return None
    higher = next((tier for tier in ladder.tiers if tier.threshold > outcome.amount), None)
    return {
        "before": _tier(outcome.before),
        "after": _tier(outcome.after),
        "counted_when": ladder.counted_when,
        "qualifying_amount": outcome.amount,
        "next": higher
        and {
            "code": higher.code,
            "name": higher.name,
            "missing": higher.threshold - outcome.amount,
        },
    }


def _tier(tier: Tier | None) -> dict[str, str] | None:
    return None if tier is None else {"code": tier.code, "name": tier.name}


def show_expected(grant: Grant) -> dict[str, Any]:
    return {
        "rule": grant.source,
        "points": grant.points,
        "reason": _text(grant.reason),
    }


def show_skipped(skip: Skip) -> dict[str, Any]:
    return {
        "rule": skip.rule,
        "reason": skip.reason,
        "text": {"ko": skip.ko, "en": skip.en},
    }


def _text(text: Any) -> dict[str, str]:
    return {"ko": text.ko, "en": text.en}
