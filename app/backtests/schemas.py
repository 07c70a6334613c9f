"""The wire format of backtests."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.backtests.services import Backtest, summary_of
from app.web.fields import YEAR_MAX, YEAR_MIN, Count
from app.web.messages import say
from app.web.schemas import Schema

BACKWARDS = say("Must not lie before from.", "from보다 앞설 수 없어요.")
_DAY = validate.Range(date(YEAR_MIN, 1, 1), date(YEAR_MAX, 12, 30))


class BacktestIn(Schema):
    from_ = fields.Date(required=True, data_key="from", validate=_DAY)
    to = fields.Date(
        required=True, validate=_DAY, metadata={"description": "The last day, included."}
    )
    version = Count(
        load_default=None,
        allow_none=True,
        least=1,
        most=1_000_000,
        metadata={"description": "What the rule says now, by default."},
    )

    @validates_schema
    def _forwards(self, data: dict[str, Any], **_: Any) -> None:
        if data["to"] < data["from_"]:
            raise ValidationError(BACKWARDS, "to")


class BacktestDayOut(Schema):
    on = fields.Date()
    members = fields.Integer()
    grants = fields.Integer()
    points = fields.Integer()
    cost = fields.Integer()


class BacktestGaveOut(Schema):
    kind = fields.String()
    name = fields.String()
    count = fields.Integer()


class BacktestSkippedOut(Schema):
    reason = fields.String()
    count = fields.Integer()


class BacktestOut(Schema):
    object = fields.String()
    rule = fields.String()
    version = fields.Integer()
    from_ = fields.Date(data_key="from")
    to = fields.Date()
    looked_at = fields.Integer(
        metadata={"description": "Orders, members, events … that the rule was asked about."}
    )
    members = fields.Integer()
    grants = fields.Integer()
    grants_undone = fields.Integer(metadata={"description": "By refunds until today."})
    points = fields.Integer()
    points_taken_back = fields.Integer(metadata={"description": "By refunds until today."})
    cost = fields.Integer(
        metadata={"description": "Points that stay, a won each. What else was given is in gave."}
    )
    gave = fields.List(
        fields.Nested(BacktestGaveOut),
        metadata={"description": "Coupons, gifts, stamps and tags by name."},
    )
    skipped = fields.List(
        fields.Nested(BacktestSkippedOut),
        metadata={"description": "Why it gave nothing, the most frequent reason first."},
    )
    days = fields.List(
        fields.Nested(BacktestDayOut), metadata={"description": "Days on which it gave."}
    )


def show_backtest(done: Backtest) -> dict[str, Any]:
    told = summary_of(done)
    return {
        "object": "reward_rule_backtest",
        "rule": done.rule.code,
        "version": done.rule.version,
        "from": str(told.first),
        "to": str(told.last),
        "looked_at": told.looked_at,
        "members": told.members,
        "grants": told.grants,
        "grants_undone": told.undone,
        "points": told.points,
        "points_taken_back": told.taken_back,
        "cost": told.cost,
        "gave": [{"kind": kind, "name": name, "count": count} for kind, name, count in told.gave],
        "skipped": [{"reason": reason, "count": count} for reason, count in told.skipped],
        "days": [
            {
                "on": str(day.on),
                "members": day.members,
                "grants": day.grants,
                "points": day.points,
                "cost": day.cost,
            }
            for day in told.days
        ],
    }
