"""The wire format of ladders: syntax only."""

from datetime import date
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app import ids
from app.tiers.models import TierLadder
from app.tiers.rules.ladders import Window
from app.tiers.services import Distribution, Forecast
from app.web.definitions import CODE, BenefitIn
from app.web.fields import YEAR_MAX, YEAR_MIN, Count, Flag, PlainString
from app.web.messages import say
from app.web.responses import show_instant
from app.web.schemas import Schema

NONE = "NONE"
BASES = ("net_paid", "gross", "orders", "points_earned")

MONTHS_AND_ROLLING = say(
    "Send months with rolling_months, and only with it.",
    "months는 rolling_months와 함께, 그때만 보내 주세요.",
)
YEARS_ARE_JUDGED_YEARLY = say(
    "Calendar years are assessed yearly: send when as yearly.",
    "calendar_year는 해마다 심사해요. when을 yearly로 보내 주세요.",
)
NEVER_NEEDS_NO_GRACE = say(
    "A tier that is never lost needs no grace.", "등급이 내려가지 않으면 grace_days는 필요 없어요."
)
ASCENDING = say(
    "Each tier must ask for more than the one before.",
    "등급 기준은 낮은 등급부터 차례로 커져야 해요.",
)
CODES_ONCE = say("Each code only once.", "같은 코드를 두 번 쓸 수 없어요.")
CODE_RESERVED = say("NONE stands for no tier.", "NONE은 등급 없음을 뜻해서 쓸 수 없어요.")
ONE_RATE = say(
    "Send rate_basis_points or multiplier_percent, not both.",
    "rate_basis_points와 multiplier_percent 중 하나만 보내 주세요.",
)
NOBODY_REACHES = say(
    "Everyone has the tier that asks for nothing; nobody reaches it.",
    "기준이 0인 등급은 누구나 처음부터 갖고 있어서, 달성 혜택을 줄 수 없어요.",
)
NO_STAMPS = say(
    "A tier cannot give stamps. Use a reward rule on tier_reached.",
    "등급 달성 혜택으로 스탬프를 줄 수 없어요. tier_reached 리워드 규칙을 써 주세요.",
)


class TierPeriodIn(Schema):
    kind = PlainString(
        required=True, validate=validate.OneOf(["rolling_months", "calendar_year", "lifetime"])
    )
    months = Count(least=1, most=120)

    @validates_schema
    def _months(self, data: dict[str, Any], **_: Any) -> None:
        if (data["kind"] == "rolling_months") != ("months" in data):
            raise ValidationError(MONTHS_AND_ROLLING, "months")


class TierAssessmentIn(Schema):
    when = PlainString(
        load_default="monthly",
        validate=validate.OneOf(["monthly", "quarterly", "yearly", "anniversary"]),
    )
    drop = PlainString(
        load_default="to_earned", validate=validate.OneOf(["to_earned", "one_step", "never"])
    )
    grace_days = Count(load_default=0, most=180)

    @validates_schema
    def _grace(self, data: dict[str, Any], **_: Any) -> None:
        if data["drop"] == "never" and data["grace_days"]:
            raise ValidationError(NEVER_NEEDS_NO_GRACE, "grace_days")


class TierAccrualIn(Schema):
    rate_basis_points = Count(most=10_000, metadata={"description": "500: 5 % of what is paid."})
    multiplier_percent = Count(
        least=100, most=10_000, metadata={"description": "200: twice the brand's rate."}
    )

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) > 1:
            raise ValidationError(ONE_RATE)


class TierIn(Schema):
    code = PlainString(required=True, validate=CODE)
    name = PlainString(required=True, validate=validate.Length(1, 50))
    threshold = Count(required=True)
    accrual = fields.Nested(
        TierAccrualIn, load_default=dict, metadata={"description": "Else the brand's rate."}
    )
    member_discount_basis_points = Count(load_default=0, most=10_000)
    on_reaching = fields.List(
        fields.Nested(BenefitIn),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "Given once per member and tier in each period."},
    )

    @validates_schema
    def _reachable(self, data: dict[str, Any], **_: Any) -> None:
        if data["code"].upper() == NONE:
            raise ValidationError(CODE_RESERVED, "code")
        if data["threshold"] == 0 and data["on_reaching"]:
            raise ValidationError(NOBODY_REACHES, "on_reaching")
        if any("stamps" in benefit for benefit in data["on_reaching"]):
            raise ValidationError(NO_STAMPS, "on_reaching")


def _proposal() -> list[dict[str, Any]]:
    """Return the example of the trade."""
    return [
        {
            "code": code,
            "name": code,
            "threshold": threshold,
            "accrual": {},
            "member_discount_basis_points": 0,
            "on_reaching": [],
        }
        for code, threshold in (
            ("LV1", 10_000),
            ("LV2", 100_000),
            ("LV3", 200_000),
            ("MASTER", 500_000),
        )
    ]


class TierLadderIn(Schema):
    """A ladder; whatever is left out is as the trade does it."""

    basis = PlainString(
        load_default="net_paid",
        validate=validate.OneOf(BASES),
        metadata={
            "description": "net_paid: won paid for goods, less refunds; gross: won ordered,"
            " whatever is taken off or given back, unless cancelled; orders; points_earned."
        },
    )
    period = fields.Nested(
        TierPeriodIn, load_default=lambda: {"kind": "rolling_months", "months": 12}
    )
    counted_when = PlainString(
        load_default="confirmed", validate=validate.OneOf(["confirmed", "paid"])
    )
    refunds_count_on = PlainString(
        load_default="order_day", validate=validate.OneOf(["order_day", "refund_day"])
    )
    assessment = fields.Nested(
        TierAssessmentIn,
        load_default=lambda: {"when": "monthly", "drop": "to_earned", "grace_days": 0},
    )
    tiers = fields.List(
        fields.Nested(TierIn), load_default=_proposal, validate=validate.Length(1, 20)
    )
    dry_run = Flag(load_default=False)
    move_down = PlainString(
        load_default="at_assessment", validate=validate.OneOf(["at_assessment", "now"])
    )

    @validates_schema
    def _ladder(self, data: dict[str, Any], **_: Any) -> None:
        if data["period"]["kind"] == "calendar_year" and data["assessment"]["when"] != "yearly":
            raise ValidationError(YEARS_ARE_JUDGED_YEARLY, "assessment")
        tiers = data["tiers"]
        if len({tier["code"] for tier in tiers}) < len(tiers):
            raise ValidationError(CODES_ONCE, "tiers")
        if any(one["threshold"] >= next_["threshold"] for one, next_ in pairwise(tiers)):
            raise ValidationError(ASCENDING, "tiers")


class TierDistributionQuery(Schema):
    on = fields.Date(
        load_default=None,
        validate=validate.Range(date(YEAR_MIN, 1, 1), date(YEAR_MAX, 12, 31)),
        metadata={"description": "Today by default."},
    )
    basis = PlainString(
        load_default=None,
        validate=validate.OneOf(BASES),
        metadata={"description": "That of the ladder by default."},
    )


class TierBenefitOut(Schema):
    points = fields.Integer()
    expires_in_days = fields.Integer()
    coupon = fields.String()
    gift = fields.String()
    tag = fields.String()


class TierPeriodOut(Schema):
    kind = fields.String()
    months = fields.Integer()


class TierAssessmentOut(Schema):
    when = fields.String()
    drop = fields.String()
    grace_days = fields.Integer()


class TierAccrualOut(Schema):
    rate_basis_points = fields.Integer()
    multiplier_percent = fields.Integer()


class TierOut(Schema):
    code = fields.String()
    name = fields.String()
    threshold = fields.Integer()
    accrual = fields.Nested(TierAccrualOut)
    member_discount_basis_points = fields.Integer()
    on_reaching = fields.List(fields.Nested(TierBenefitOut))


class TierCountOut(Schema):
    tier = fields.String()
    now = fields.Integer()
    at_once = fields.Integer()
    at_assessment = fields.Integer()


class TierMoveOut(Schema):
    member = fields.String()
    now = fields.String(allow_none=True)
    at_once = fields.String(allow_none=True)
    at_assessment = fields.String(allow_none=True)
    qualifying_amount = fields.Integer()


class TierForecastOut(Schema):
    moved = fields.Integer()
    counts = fields.List(fields.Nested(TierCountOut))
    members = fields.List(fields.Nested(TierMoveOut))


class TierLadderOut(Schema):
    object = fields.String()
    version = fields.Integer()
    basis = fields.String()
    period = fields.Nested(TierPeriodOut)
    counted_when = fields.String()
    refunds_count_on = fields.String()
    assessment = fields.Nested(TierAssessmentOut)
    tiers = fields.List(fields.Nested(TierOut))
    replaced = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))
    move_down = fields.String()
    actor = fields.String(allow_none=True)
    created_at = fields.String(allow_none=True)
    dry_run = fields.Nested(TierForecastOut, allow_none=True)


class TierMembersOut(Schema):
    tier = fields.String()
    members = fields.Integer()


class TierDistributionOut(Schema):
    object = fields.String()
    ladder_version = fields.Integer()
    basis = fields.String()
    first_day = fields.Date(allow_none=True)
    last_day = fields.Date()
    members = fields.Integer()
    tiers = fields.List(fields.Nested(TierMembersOut))


def show_ladder(row: TierLadder) -> dict[str, Any]:
    return {
        "object": "tier_ladder",
        "version": row.version,
        **row.definition,
        "move_down": "now" if row.lowers else "at_assessment",
        "actor": row.actor,
        "created_at": show_instant(row.created_at),
        "dry_run": None,
    }


def show_forecast(
    definition: dict[str, Any], forecast: Forecast, *, move_down: str
) -> dict[str, Any]:
    """Return a ladder that is not in force, with what it would do to members."""
    codes = [None, *(tier.code for tier in forecast.ladder.tiers)]
    codes += [code for code in forecast.now if code not in codes]
    return {
        "object": "tier_ladder",
        "version": forecast.ladder.version,
        **definition,
        "replaced": dict(forecast.ladder.replaced),
        "move_down": move_down,
        "actor": None,
        "created_at": None,
        "dry_run": {
            "moved": forecast.moved,
            "counts": [
                {
                    "tier": code or NONE,
                    "now": forecast.now.get(code, 0),
                    "at_once": forecast.at_once.get(code, 0),
                    "at_assessment": forecast.at_assessment.get(code, 0),
                }
                for code in codes
            ],
            "members": [
                {
                    "member": ids.show("mem", move.member_id),
                    "now": move.now,
                    "at_once": move.at_once,
                    "at_assessment": move.at_assessment,
                    "qualifying_amount": move.amount,
                }
                for move in forecast.moves
            ],
        },
    }


def show_distribution(found: Distribution) -> dict[str, Any]:
    ladder = found.ladder
    return {
        "object": "tier_distribution",
        "ladder_version": ladder.version,
        "basis": ladder.basis,
        "first_day": show_first_day(found.window),
        "last_day": str(found.window.last),
        "members": sum(found.members.values()),
        "tiers": [
            {"tier": ladder.code(rank) or NONE, "members": found.members.get(rank, 0)}
            for rank in range(len(ladder.tiers) + 1)
        ],
    }


def show_first_day(window: Window) -> str | None:
    """Return the first day of a period, None if it has none."""
    return None if window.first == date.min else str(window.first)
