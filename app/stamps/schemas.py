"""The wire format of stamps: syntax only."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app import ids
from app.benefits.services import Grant, sentence_of
from app.stamps.models import StampEntry, StampProgrammeVersion
from app.stamps.rules.programmes import ORDER_STAMPS_MAX, Reward, terms_of
from app.stamps.rules.wording import sentence_of as sentence_of_terms
from app.stamps.services import ByHand, CardView, Defined, MemberStamps
from app.web.definitions import CODE, BenefitIn, SelectionIn
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

GOAL_MAX = 1000
DAYS_MAX = 3660

AMOUNT_WITH_AMOUNT = say(
    "Send amount with per amount, and only with it.", "amount는 per가 amount일 때만 보내 주세요."
)
BEYOND_THE_CARD = say("A card has {goal} stamps.", "카드는 스탬프 {goal}개짜리예요.")
EACH_ONCE = say("Put all rewards of one stamp into one.", "같은 개수의 보상은 하나로 모아 주세요.")
NO_STAMPS = say(
    "A card cannot give stamps. Give points, a coupon, a gift or a tag.",
    "카드 보상으로 스탬프를 줄 수 없어요. 포인트, 쿠폰, 사은품, 태그 중에서 골라 주세요.",
)


class StampEarnIn(Schema):
    """For what a stamp is given: an order, each ``amount`` won paid, or each piece."""

    per = PlainString(required=True, validate=validate.OneOf(["order", "amount", "item"]))
    amount = Count(least=1, metadata={"description": "amount: 얼마마다 · Won for each stamp"})

    @validates_schema
    def _amount(self, data: dict[str, Any], **_: Any) -> None:
        if (data["per"] == "amount") != ("amount" in data):
            raise ValidationError(AMOUNT_WITH_AMOUNT, "amount")


class StampRewardIn(Schema):
    at = Count(
        required=True,
        least=1,
        most=GOAL_MAX,
        metadata={"description": "몇 개째 스탬프에 · At which stamp"},
    )
    benefits = fields.List(fields.Nested(BenefitIn), required=True, validate=validate.Length(1, 10))

    @validates_schema
    def _no_stamps(self, data: dict[str, Any], **_: Any) -> None:
        if any("stamps" in benefit for benefit in data["benefits"]):
            raise ValidationError(NO_STAMPS, "benefits")


class StampProgrammeIn(Schema):
    """Stamps for orders, and cards that give something when they fill up."""

    name = PlainString(required=True, validate=validate.Length(1, 100))
    earn = fields.Nested(StampEarnIn, required=True)
    goal = Count(
        required=True,
        least=1,
        most=GOAL_MAX,
        metadata={"description": "카드 한 장의 스탬프 수 · Stamps that fill a card"},
    )
    rewards = fields.List(
        fields.Nested(StampRewardIn), load_default=list, validate=validate.Length(max=50)
    )
    minimum_order_amount = Count(load_default=0)
    selection = fields.Nested(
        SelectionIn, metadata={"description": "고른 상품만 · Only these goods count"}
    )
    channels = fields.List(
        PlainString(validate=validate.Length(1, 50)), validate=validate.Length(max=20)
    )
    daily_limit = Count(
        least=1,
        most=ORDER_STAMPS_MAX,
        metadata={"description": "하루에 주문으로 받는 최대 · From orders of one day"},
    )
    counted_when = PlainString(load_default="paid", validate=validate.OneOf(["paid", "confirmed"]))
    card_expires_in_days = Count(
        least=1,
        most=DAYS_MAX,
        metadata={"description": "카드를 시작한 날이 1일째 · The day it is begun is the first"},
    )
    stamps_expire_in_days = Count(
        least=1,
        most=DAYS_MAX,
        metadata={"description": "마지막 스탬프를 받은 날이 1일째 · Counted from the last stamp"},
    )
    on_refund_of_used_reward = PlainString(
        load_default="debt", validate=validate.OneOf(["keep", "debt", "revoke_if_unused"])
    )
    draft = Flag(
        load_default=False,
        metadata={"description": "새 스탬프를 초안으로 · A new programme begins as a draft"},
    )

    @validates_schema
    def _rewards_fit(self, data: dict[str, Any], **_: Any) -> None:
        at = [reward["at"] for reward in data["rewards"]]
        if max(at, default=0) > data["goal"]:
            raise ValidationError(BEYOND_THE_CARD.format(goal=data["goal"]), "rewards")
        if len(set(at)) < len(at):
            raise ValidationError(EACH_ONCE, "rewards")


class StampProgrammesQuery(PageQuery):
    status = PlainString(
        load_default=None, validate=validate.OneOf(["draft", "active", "paused", "ended"])
    )


class StampAdjustmentIn(Schema):
    programme = PlainString(required=True, validate=CODE)
    stamps = fields.Integer(
        required=True,
        strict=True,
        validate=[validate.Range(-GOAL_MAX, GOAL_MAX), validate.NoneOf([0])],
        metadata={"description": "Negative takes stamps away."},
    )
    reason = PlainString(required=True, validate=validate.Length(1, 200))


class StampTextOut(Schema):
    ko = fields.String()
    en = fields.String()


class StampEarnOut(Schema):
    per = fields.String()
    amount = fields.Integer(allow_none=True)


class StampRewardOut(Schema):
    at = fields.Integer()
    benefits = fields.List(fields.Dict())
    text = fields.Nested(StampTextOut)


class StampSelectionOut(Schema):
    skus = fields.List(fields.String())
    categories = fields.List(fields.String())


class StampProgrammeOut(Schema):
    object = fields.String()
    code = fields.String()
    status = fields.String()
    version = fields.Integer()
    name = fields.String()
    earn = fields.Nested(StampEarnOut)
    goal = fields.Integer()
    rewards = fields.List(fields.Nested(StampRewardOut))
    minimum_order_amount = fields.Integer()
    selection = fields.Nested(StampSelectionOut)
    channels = fields.List(fields.String())
    daily_limit = fields.Integer(allow_none=True)
    counted_when = fields.String()
    card_expires_in_days = fields.Integer(allow_none=True)
    stamps_expire_in_days = fields.Integer(allow_none=True)
    on_refund_of_used_reward = fields.String()
    sentence = fields.Nested(StampTextOut)
    created_at = fields.String()
    changed_at = fields.String()


class StampProgrammeVersionOut(Schema):
    object = fields.String()
    version = fields.Integer()
    definition = fields.Dict()
    sentence = fields.Nested(StampTextOut)
    actor = fields.String()
    created_at = fields.String()


class StampNextRewardOut(Schema):
    at = fields.Integer()
    missing = fields.Integer()
    text = fields.Nested(StampTextOut)


class StampCardOut(Schema):
    card = fields.Integer(
        allow_none=True, metadata={"description": "null: the next card, not begun yet."}
    )
    version = fields.Integer()
    state = fields.String()
    stamps = fields.Integer()
    goal = fields.Integer()
    missing = fields.Integer()
    next_reward = fields.Nested(StampNextRewardOut, allow_none=True)
    opened_at = fields.String(allow_none=True)
    expires_at = fields.String(allow_none=True)
    expiring = fields.Integer(metadata={"description": "Stamps that lapse at expires_at."})
    completed_at = fields.String(allow_none=True)


class MemberProgrammeOut(Schema):
    programme = fields.String()
    name = fields.String()
    status = fields.String()
    sentence = fields.Nested(StampTextOut)
    debt = fields.Integer(metadata={"description": "Stamps that the next ones pay first."})
    completed_cards = fields.Integer()
    left_today = fields.Integer(
        allow_none=True, metadata={"description": "From orders; null: no daily limit."}
    )
    cards = fields.List(fields.Nested(StampCardOut))


class MemberStampsOut(Schema):
    object = fields.String()
    member = fields.String()
    programmes = fields.List(fields.Nested(MemberProgrammeOut))


class StampGivenOut(Schema):
    card = fields.Integer()
    at = fields.Integer()
    text = fields.Nested(StampTextOut)


class StampAdjustmentOut(Schema):
    object = fields.String()
    programme = fields.String()
    stamps = fields.Integer()
    reason = fields.String()
    cards = fields.List(fields.Nested(StampCardOut))
    rewards = fields.List(fields.Nested(StampGivenOut))


class StampEntryOut(Schema):
    object = fields.String()
    programme = fields.String()
    seq = fields.Integer()
    kind = fields.String()
    version = fields.Integer()
    card = fields.Integer(allow_none=True)
    stamps = fields.Integer()
    debt = fields.Integer()
    kept = fields.Integer()
    order = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)
    at = fields.String()


def show_programme(defined: Defined) -> dict[str, Any]:
    row, version = defined.programme, defined.version
    terms = terms_of(row.code, version.version, version.created_at, version.definition)
    stored = version.definition
    selection = stored.get("selection", {})
    return {
        "object": "stamp_programme",
        "code": row.code,
        "status": row.status,
        "version": row.version,
        "name": terms.name,
        "earn": {"per": terms.per, "amount": stored["earn"].get("amount")},
        "goal": terms.goal,
        "rewards": [
            {**each, "text": reward.text._asdict()}
            for each, reward in zip(
                sorted(stored["rewards"], key=lambda each: each["at"]), terms.rewards, strict=True
            )
        ],
        "minimum_order_amount": terms.minimum_order_amount,
        "selection": {name: selection.get(name, []) for name in ("skus", "categories")},
        "channels": stored.get("channels", []),
        "daily_limit": terms.daily_limit,
        "counted_when": terms.counted_when,
        "card_expires_in_days": terms.card_expires_in_days,
        "stamps_expire_in_days": terms.stamps_expire_in_days,
        "on_refund_of_used_reward": terms.on_refund_of_used_reward,
        "sentence": sentence_of_terms(terms)._asdict(),
        "created_at": show_instant(row.created_at),
        "changed_at": show_instant(row.updated_at),
    }


def show_version(version: StampProgrammeVersion) -> dict[str, Any]:
    terms = terms_of(version.code, version.version, version.created_at, version.definition)
    return {
        "object": "stamp_programme_version",
        "version": version.version,
        "definition": version.definition,
        "sentence": sentence_of_terms(terms)._asdict(),
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }


def show_member(member: str, found: list[MemberStamps]) -> dict[str, Any]:
    return {
        "object": "member_stamps",
        "member": member,
        "programmes": [
            {
                "programme": each.programme.code,
                "name": each.programme.current.name,
                "status": each.programme.status,
                "sentence": sentence_of_terms(each.programme.current)._asdict(),
                "debt": each.debt,
                "completed_cards": each.completed,
                "left_today": each.left_today,
                "cards": [_card(card) for card in each.cards],
            }
            for each in found
        ],
    }


def show_adjustment(programme: str, reason: str, done: ByHand) -> dict[str, Any]:
    return {
        "object": "stamp_adjustment",
        "programme": programme,
        "stamps": done.stamps,
        "reason": reason,
        "cards": [_card(card) for card in done.outcome.cards],
        "rewards": [_given(grant) for grant in done.outcome.grants],
    }


def show_entry(entry: StampEntry) -> dict[str, Any]:
    return {
        "object": "stamp_entry",
        "programme": entry.programme,
        "seq": entry.seq,
        "kind": entry.kind,
        "version": entry.version,
        "card": entry.card_no,
        "stamps": entry.d_stamps,
        "debt": entry.d_debt,
        "kept": entry.kept,
        "order": entry.order_id and ids.show("ord", entry.order_id),
        "reason": entry.reason,
        "actor": entry.actor,
        "at": show_instant(entry.at),
    }


def _card(card: CardView) -> dict[str, Any]:
    return {
        "card": card.card_no,
        "version": card.version,
        "state": card.state,
        "stamps": card.stamps,
        "goal": card.goal,
        "missing": card.missing,
        "next_reward": _next(card.next_reward, card.stamps),
        "opened_at": show_instant(card.opened_at),
        "expires_at": show_instant(card.expires_at) if card.state == "open" else None,
        "expiring": card.stamps if card.state == "open" and card.expires_at else 0,
        "completed_at": show_instant(card.completed_at),
    }


def _next(reward: Reward | None, stamps: int) -> dict[str, Any] | None:
    if reward is None:
        return None
    return {"at": reward.at, "missing": reward.at - stamps, "text": reward.text._asdict()}


def _given(grant: Grant) -> dict[str, Any]:
    texts = [sentence_of(benefit) for benefit in grant.benefits]
    return {
        "card": grant.terms["card_no"],
        "at": grant.terms["at"],
        "text": {
            "ko": ", ".join(text.ko for text in texts),
            "en": ", ".join(text.en for text in texts),
        },
    }
