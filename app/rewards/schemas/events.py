"""The wire format of events: syntax only."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app import ids
from app.rewards.models import MemberEvent
from app.rewards.rules import Evaluation, Skip
from app.rewards.schemas.referrals import ReferralDetailsOut, show_referral
from app.rewards.services import Recorded
from app.web.definitions import CODE
from app.web.fields import INTEGER_MAX, Instant, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

NOT_PLAIN = say(
    "Must be a text of at most 500 characters, a whole number, true, false or null.",
    "500자 이하의 글, 정수, true, false, null만 쓸 수 있어요.",
)


class PlainValue(fields.Field[Any]):
    """A text, a whole number, true, false or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and len(value) <= 500:
            return value
        if type(value) is int and abs(value) <= INTEGER_MAX:
            return value
        if isinstance(value, bool):
            return value
        raise ValidationError(NOT_PLAIN)


class EventIn(Schema):
    type = PlainString(required=True, validate=CODE, metadata={"example": "review_written"})
    member = PlainString(
        required=True,
        validate=validate.Length(1, 140),
        metadata={"description": "`mem_…` or `ext:<your id>`"},
    )
    external_id = PlainString(
        required=True,
        validate=validate.Length(1, 128),
        metadata={"description": "Your own id of it: told again, it changes nothing."},
    )
    occurred_at = Instant(load_default=None, metadata={"description": "Now if not given."})
    data = fields.Dict(
        keys=PlainString(validate=validate.Length(1, 50)),
        values=PlainValue(
            metadata={
                "oneOf": [
                    {"type": "string", "maxLength": 500},
                    {"type": "integer"},
                    {"type": "boolean"},
                    {"type": "null"},
                ]
            }
        ),
        load_default=dict,
        validate=validate.Length(max=50),
        metadata={"description": "What you want to keep of it; no contact data, please."},
    )


class EventsQuery(PageQuery):
    type = PlainString(load_default=None, validate=CODE)


class GivenOut(Schema):
    rule = fields.String()
    rule_version = fields.Integer()
    points = fields.Integer()
    ko = fields.String()
    en = fields.String()


class SkippedOut(Schema):
    rule = fields.String()
    reason = fields.String()
    ko = fields.String()
    en = fields.String()


class EventOut(Schema):
    object = fields.String()
    id = fields.String()
    type = fields.String()
    member = fields.String()
    external_id = fields.String()
    data = fields.Dict()
    occurred_at = fields.String()
    recorded_at = fields.String()


class RecordedEventOut(Schema):
    """An event without its data: answers to POST are kept for repeats."""

    object = fields.String()
    id = fields.String()
    type = fields.String()
    member = fields.String()
    external_id = fields.String()
    occurred_at = fields.String()
    recorded_at = fields.String()
    grants = fields.List(fields.Nested(GivenOut))
    skipped = fields.List(fields.Nested(SkippedOut))
    referral = fields.Nested(ReferralDetailsOut, allow_none=True)


def show_event(event: MemberEvent) -> dict[str, Any]:
    return {**_shown(event), "data": event.data}


def show_recorded(recorded: Recorded) -> dict[str, Any]:
    """Return an event with what it brought about."""
    outcome = recorded.referral
    return {
        **_shown(recorded.event),
        **show_evaluation(recorded.evaluation),
        "referral": outcome and show_referral(outcome.referral),
    }


def show_evaluation(evaluation: Evaluation) -> dict[str, Any]:
    """Return what rules gave, and why others gave nothing."""
    return {
        "grants": [
            {
                "rule": each.source.removeprefix("rule:"),
                "rule_version": each.version,
                "points": each.points,
                "ko": each.reason.ko,
                "en": each.reason.en,
            }
            for each in evaluation.grants
        ],
        "skipped": [_skip(each) for each in evaluation.skipped],
    }


def _skip(skip: Skip) -> dict[str, Any]:
    return {"rule": skip.rule, "reason": skip.reason, "ko": skip.ko, "en": skip.en}


def _shown(event: MemberEvent) -> dict[str, Any]:
    return {
        "object": "event",
        "id": ids.show("evt", event.id),
        "type": event.type,
        "member": ids.show("mem", event.member_id),
        "external_id": event.external_id,
        "occurred_at": show_instant(event.occurred_at),
        "recorded_at": show_instant(event.recorded_at),
    }
