"""The wire format of figures. Rates are in basis points, amounts in won."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from app.insights.rules import DEFINITIONS
from app.insights.services import Intervals, PointFigures, Purchases, Repurchase

DAYS = validate.Range(date(1970, 1, 1), date(2999, 12, 31))


class InsightPurchasesQuery(Schema):
    as_of = fields.Date(
        format="iso",
        load_default=None,
        validate=DAYS,
        metadata={"description": "이날까지의 주문, 기본은 오늘 · Orders until that day"},
    )


class InsightSaidOut(Schema):
    ko = fields.String()
    en = fields.String()


class InsightRepurchaseOut(Schema):
    members = fields.Integer()
    two_or_more_orders = fields.Integer()
    two_or_more_days = fields.Integer()
    rate_basis_points = fields.Integer(allow_none=True)
    rate_by_day_basis_points = fields.Integer(allow_none=True)
    orders = fields.Integer()
    amount = fields.Integer()
    average_amount = fields.Float(allow_none=True)
    median_amount = fields.Float(allow_none=True)


class InsightBandOut(Schema):
    band = fields.String()
    gaps = fields.Integer()


class InsightStepOut(Schema):
    step = fields.Integer(metadata={"description": "1: first purchase to the second"})
    gaps = fields.Integer()
    median = fields.Float()


class InsightIntervalsOut(Schema):
    gaps = fields.Integer()
    mean = fields.Float(allow_none=True)
    p10 = fields.Float(allow_none=True)
    p25 = fields.Float(allow_none=True)
    median = fields.Float(allow_none=True)
    p75 = fields.Float(allow_none=True)
    p90 = fields.Float(allow_none=True)
    histogram = fields.List(fields.Nested(InsightBandOut))
    by_step = fields.List(fields.Nested(InsightStepOut))


class InsightGroupOut(Schema):
    recency = fields.String()
    frequency = fields.String()
    money = fields.String()
    members = fields.Integer()
    amount = fields.Integer()


class InsightCohortOut(Schema):
    month = fields.String()
    members = fields.Integer()
    later = fields.List(
        fields.Integer(), metadata={"description": "Who ordered 1, 2, 3, … months later"}
    )


class InsightPurchasesOut(Schema):
    object = fields.String()
    as_of = fields.String()
    window_first = fields.String()
    ever = fields.Nested(InsightRepurchaseOut)
    last_12_months = fields.Nested(InsightRepurchaseOut)
    intervals = fields.Nested(InsightIntervalsOut)
    groups = fields.List(fields.Nested(InsightGroupOut))
    cohorts = fields.List(fields.Nested(InsightCohortOut))
    definitions = fields.Dict(keys=fields.String(), values=fields.Nested(InsightSaidOut))


class InsightPointMonthOut(Schema):
    month = fields.String()
    earned = fields.Integer()
    taken_back = fields.Integer()
    used = fields.Integer()
    given_back = fields.Integer()
    lapsed = fields.Integer()
    adjusted = fields.Integer()


class InsightOwedOut(Schema):
    month = fields.String(allow_none=True)
    available = fields.Integer()
    pending = fields.Integer()
    members = fields.Integer()


class InsightClosedOut(Schema):
    month = fields.String()
    original = fields.Integer()
    lapsed = fields.Integer()


class InsightPointsOut(Schema):
    object = fields.String()
    owed = fields.Integer()
    breakage_basis_points = fields.Integer(allow_none=True)
    by_month = fields.List(fields.Nested(InsightPointMonthOut))
    owed_by_month = fields.List(fields.Nested(InsightOwedOut))
    closed_by_month = fields.List(fields.Nested(InsightClosedOut))
    definitions = fields.Dict(keys=fields.String(), values=fields.Nested(InsightSaidOut))


def show_purchases(found: Purchases) -> dict[str, Any]:
    return {
        "object": "insight_purchases",
        "as_of": found.as_of.isoformat(),
        "window_first": found.window.first.isoformat(),
        "ever": _repurchase(found.ever),
        "last_12_months": _repurchase(found.year),
        "intervals": _intervals(found.intervals),
        "groups": [vars(each) for each in found.groups],
        "cohorts": [
            {"month": f"{each.month:%Y-%m}", "members": each.members, "later": list(each.later)}
            for each in found.cohorts
        ],
        "definitions": _definitions(
            "repurchase", "repurchase_by_day", "average_order", "intervals", "recency",
            "frequency", "money", "cohorts",
        ),
    }  # fmt: skip


def show_points(found: PointFigures) -> dict[str, Any]:
    return {
        "object": "insight_points",
        "owed": found.owed_in_all,
        "breakage_basis_points": _basis_points(found.breakage),
        "by_month": [_row(each) for each in found.moves],
        "owed_by_month": [_row(each) for each in found.owed],
        "closed_by_month": [_row(each) for each in found.closed],
        "definitions": _definitions("points", "liability", "breakage"),
    }


def _repurchase(found: Repurchase) -> dict[str, Any]:
    return {
        "members": found.members,
        "two_or_more_orders": found.by_order,
        "two_or_more_days": found.by_day,
        "rate_basis_points": _basis_points(found.rate),
        "rate_by_day_basis_points": _basis_points(found.rate_by_day),
        "orders": found.orders,
        "amount": found.amount,
        "average_amount": found.average_amount,
        "median_amount": found.median_amount,
    }


def _intervals(found: Intervals) -> dict[str, Any]:
    p10, p25, median, p75, p90 = found.at or (None,) * 5
    return {
        "gaps": found.gaps,
        "mean": found.mean,
        "p10": p10,
        "p25": p25,
        "median": median,
        "p75": p75,
        "p90": p90,
        "histogram": [{"band": band, "gaps": gaps} for band, gaps in found.histogram.items()],
        "by_step": [
            {"step": each.number, "gaps": each.gaps, "median": each.median} for each in found.steps
        ],
    }


def _row(row: Any) -> dict[str, Any]:
    """Return a row by month; what did not happen is 0."""
    values = dict(row._mapping)
    month = values.pop("month")
    counts = {name: int(value or 0) for name, value in values.items()}
    return {"month": f"{month:%Y-%m}" if month else None, **counts}


def _basis_points(share: float | None) -> int | None:
    return None if share is None else round(share * 10_000)


def _definitions(*names: str) -> dict[str, Any]:
    return {name: vars(DEFINITIONS[name]) for name in names}
