"""Reward rules as they are sent: what is said, and whether it makes sense by itself."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.rewards.rules import NO_TIER, ORDER_TRIGGERS, TRIGGERS, WEEKDAYS
from app.web.definitions import (
    CODE,
    KINDS,
    NEEDS_PROGRAMME,
    ONLY_WITH_POINTS,
    BenefitIn,
    SelectionIn,
)
from app.web.fields import Count, Flag, Instant, PlainString, QueryCount
from app.web.messages import say
from app.web.pagination import PageQuery

DAYS_MAX = 3660
POINTS_MAX = 1_000_000_000_000
EFFECT_KINDS = (*KINDS, "percent_basis_points", "multiplier_percent")
SHARES = ("percent_basis_points", "multiplier_percent")
STATUSES = ("draft", "scheduled", "active", "paused", "ended")
# Conditions that only an order can meet.
OF_AN_ORDER = (
    "minimum_amount", "maximum_amount", "selection", "channels", "first_order_only",
    "days_since_last_order",
)  # fmt: skip
# What a trigger may say besides ``on``.
SAYS = {
    "nth_order": {"n", "every"},
    "tier_reached": {"tiers"},
    "stamp_card_completed": {"programmes"},
    "birthday": {"days_before", "valid_days"},
    "signup_anniversary": {"days_before", "valid_days"},
    "referral_qualified": {"to"},
    "repurchase": {"kind", "within_days"},
    "event": {"type"},
}

NOT_OF_TRIGGER = say(
    "This trigger does not take that.", "이 계기(on)에는 쓸 수 없는 항목이에요. 빼고 보내 주세요."
)
N_OR_EVERY = say("Send either n or every.", "n과 every 중 하나만 보내 주세요.")
SAY_KIND = say("Say which kind of repurchase.", "어떤 재구매인지 kind로 알려 주세요.")
SAY_TYPE = say("Say which type of event.", "어떤 이벤트인지 type으로 알려 주세요.")
ORDERS_ONLY = say(
    "Only a trigger on orders can have this.",
    "주문 계기(order_paid, order_confirmed, nth_order, repurchase)에서만 쓸 수 있어요.",
)
ONE_EFFECT = say(
    "Send exactly one of points, percent_basis_points, multiplier_percent, coupon, gift, stamps,"
    " tag.",
    "points, percent_basis_points, multiplier_percent, coupon, gift, stamps, tag 중 하나만"
    " 보내 주세요.",
)
ONLY_WITH_SHARES = say(
    "Only with percent_basis_points or multiplier_percent.",
    "percent_basis_points나 multiplier_percent와 함께만 쓸 수 있어요.",
)
NO_STAMPS_HERE = say(
    "A rule on a full stamp card or a tier reached cannot give stamps.",
    "스탬프 카드 완성이나 등급 달성 계기로는 스탬프를 줄 수 없어요. 다른 혜택을 골라 주세요.",
)
END_BEFORE_START = say("The end must lie after the start.", "끝은 시작보다 뒤여야 해요.")
LESS_THAN_LEAST = say("The most must not be below the least.", "최대는 최소보다 작을 수 없어요.")
SAME_TIME = say("from_time and to_time must differ.", "from_time과 to_time은 서로 달라야 해요.")
NAME_A_GROUP = say(
    "An exclusive rule needs a group.", "best와 priority에는 묶음 이름(group)이 필요해요."
)
GROUP_OF_ALL = say(
    "A group needs the mode best or priority.",
    "group은 mode가 best나 priority일 때만 쓸 수 있어요.",
)
SAY_TIMES = say("Say how many times.", "몇 번까지인지 times로 알려 주세요.")
TIME = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")


def _names(length: int, many: int, **metadata: str) -> "fields.List[Any]":
    return fields.List(
        PlainString(validate=validate.Length(1, length)),
        validate=validate.Length(max=many),
        metadata=metadata,
    )


def _codes(many: int) -> "fields.List[Any]":
    return fields.List(PlainString(validate=CODE), validate=validate.Length(max=many))


class TriggerIn(Schema):
    """When the rule is asked."""

    on = PlainString(required=True, validate=validate.OneOf(TRIGGERS))
    n = Count(least=1, most=1000, metadata={"description": "nth_order: exactly this one."})
    every = Count(least=2, most=1000, metadata={"description": "nth_order: each n-th one."})
    tiers = _codes(20)
    programmes = _codes(20)
    days_before = Count(most=60, metadata={"description": "Birthday, anniversary: how early."})
    valid_days = Count(
        least=1, most=DAYS_MAX, metadata={"description": "Points lapse after so many days."}
    )
    to = PlainString(validate=validate.OneOf(["inviter", "invitee", "both"]))
    kind = PlainString(validate=validate.OneOf(["same_product", "add_on", "upgrade"]))
    within_days = Count(
        most=DAYS_MAX, metadata={"description": "Repurchase: days since the earlier purchase."}
    )
    type = PlainString(validate=CODE, metadata={"description": "Of POST /v1/events."})

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        on = data["on"]
        wrong = data.keys() - {"on"} - SAYS.get(on, set())
        if wrong:
            raise ValidationError({name: [NOT_OF_TRIGGER] for name in sorted(wrong)})
        if on == "nth_order" and len(data) != 2:
            raise ValidationError(N_OR_EVERY, "n")
        if on == "repurchase" and "kind" not in data:
            raise ValidationError(SAY_KIND, "kind")
        if on == "event" and "type" not in data:
            raise ValidationError(SAY_TYPE, "type")


class _Span(Schema):
    starts_at = Instant()
    ends_at = Instant()

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if "starts_at" in data and "ends_at" in data and data["ends_at"] <= data["starts_at"]:
            raise ValidationError(END_BEFORE_START, "ends_at")


class WindowIn(_Span):
    """Times at which an order counts: dates, days of the week, hours of the brand's zone.

    Hours may run over midnight and then belong to the day on which they begin.
    """

    weekdays = fields.List(
        PlainString(validate=validate.OneOf(WEEKDAYS)), validate=validate.Length(max=7)
    )
    from_time = PlainString(validate=TIME, metadata={"description": "HH:MM, included"})
    to_time = PlainString(validate=TIME, metadata={"description": "HH:MM, not included"})

    @validates_schema
    def _some_time(self, data: dict[str, Any], **_: Any) -> None:
        if "from_time" in data and data["from_time"] == data.get("to_time"):
            raise ValidationError(SAME_TIME, "to_time")


class ScheduleIn(_Span):
    """From when until when the rule runs."""


class DaysSinceIn(Schema):
    at_least = Count(most=DAYS_MAX)
    at_most = Count(most=DAYS_MAX)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("at_most", DAYS_MAX) < data.get("at_least", 0):
            raise ValidationError(LESS_THAN_LEAST, "at_most")


class ConditionsIn(Schema):
    """If: all of them must hold. Amounts are won paid in money for the chosen goods."""

    minimum_amount = Count()
    maximum_amount = Count(least=1)
    selection = fields.Nested(SelectionIn)
    channels = _names(40, 20)
    tiers = fields.List(
        PlainString(validate=CODE),
        validate=validate.Length(max=20),
        metadata={"description": f"Codes of tiers; {NO_TIER}: without one."},
    )
    tags_any = _names(50, 50)
    tags_none = _names(50, 50)
    first_order_only = Flag()
    days_since_last_order = fields.Nested(DaysSinceIn)
    window = fields.Nested(WindowIn)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        most = data.get("maximum_amount")
        if most is not None and most < data.get("minimum_amount", 0):
            raise ValidationError(LESS_THAN_LEAST, "maximum_amount")


class EffectIn(BenefitIn):
    """Then: one thing that is given."""

    percent_basis_points = Count(
        least=1, most=10_000, metadata={"description": "Of the chosen goods; 100 = 1 %."}
    )
    multiplier_percent = Count(
        least=101,
        most=10_000,
        metadata={"description": "200: twice the usual points; the rule gives what lies above."},
    )
    maximum_points = Count(least=1, most=POINTS_MAX)

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if sum(kind in data for kind in EFFECT_KINDS) != 1:
            raise ValidationError(ONE_EFFECT)
        if ("stamps" in data) != ("programme" in data):
            raise ValidationError(NEEDS_PROGRAMME, "programme")
        is_share = any(share in data for share in SHARES)
        if "expires_in_days" in data and "points" not in data and not is_share:
            raise ValidationError(ONLY_WITH_POINTS, "expires_in_days")
        if "maximum_points" in data and not is_share:
            raise ValidationError(ONLY_WITH_SHARES, "maximum_points")


class PerMemberIn(Schema):
    times = Count(required=True, least=1, most=10_000)
    period = PlainString(validate=validate.OneOf(["total", "year", "month", "day"]))


class LimitsIn(Schema):
    """Within: what is never exceeded, however many orders come at once."""

    per_member = fields.Nested(PerMemberIn)
    total_grants = Count(least=1, metadata={"description": "선착순: so many grants in all."})
    total_points = Count(least=1, most=POINTS_MAX, metadata={"description": "A budget."})
    maximum_margin_percent = Count(
        least=1,
        most=100,
        metadata={"description": "Points at most this part of paid less cost (see products)."},
    )


class StackingIn(Schema):
    """``all``: beside others. ``best``, ``priority``: only one rule of the group gives."""

    group = PlainString(validate=CODE)
    mode = PlainString(validate=validate.OneOf(["all", "best", "priority"]))
    priority = Count(most=1_000_000, metadata={"description": "The highest wins."})

    @validates_schema
    def _grouped(self, data: dict[str, Any], **_: Any) -> None:
        exclusive = data.get("mode", "all") != "all"
        if exclusive and "group" not in data:
            raise ValidationError(NAME_A_GROUP, "group")
        if not exclusive and "group" in data:
            raise ValidationError(GROUP_OF_ALL, "mode")


class RewardRuleIn(Schema):
    """A rule: when (trigger), if (conditions), then (effects), within (limits, …)."""

    name = PlainString(required=True, validate=validate.Length(1, 100))
    trigger = fields.Nested(TriggerIn, required=True)
    conditions = fields.Nested(ConditionsIn)
    effects = fields.List(
        fields.Nested(EffectIn), required=True, validate=validate.Length(min=1, max=10)
    )
    limits = fields.Nested(LimitsIn)
    stacking = fields.Nested(StackingIn)
    schedule = fields.Nested(ScheduleIn)
    holdout_percent = Count(most=50, metadata={"description": "Members kept out to compare."})

    @validates_schema
    def _makes_sense(self, data: dict[str, Any], **_: Any) -> None:
        on = data["trigger"]["on"]
        errors: dict[str, Any] = {}
        if on not in ORDER_TRIGGERS:
            conditions = data.get("conditions", {})
            wrong = [name for name in OF_AN_ORDER if name in conditions]
            if wrong:
                errors["conditions"] = {name: [ORDERS_ONLY] for name in wrong}
            if "maximum_margin_percent" in data.get("limits", {}):
                errors["limits"] = {"maximum_margin_percent": [ORDERS_ONLY]}
        effects = {
            number: found
            for number, effect in enumerate(data["effects"])
            if (found := _wrong_effect(on, effect))
        }
        if effects:
            errors["effects"] = effects
        if errors:
            raise ValidationError(errors)


def _wrong_effect(on: str, effect: dict[str, Any]) -> dict[str, list[str]]:
    if on not in ORDER_TRIGGERS:
        for share in SHARES:
            if share in effect:
                return {share: [ORDERS_ONLY]}
    if on in ("stamp_card_completed", "tier_reached") and "stamps" in effect:
        return {"stamps": [NO_STAMPS_HERE]}
    return {}


class RulesQuery(PageQuery):
    status = PlainString(load_default=None, validate=validate.OneOf(STATUSES))


class DiffQuery(Schema):
    against = QueryCount(
        load_default=None,
        least=1,
        most=1_000_000,
        metadata={"description": "비교할 버전 · The version to compare with"},
    )


class RollbackIn(Schema):
    version = Count(required=True, least=1, most=1_000_000)
