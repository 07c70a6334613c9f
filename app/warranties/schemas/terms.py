"""The wire format of warranty terms and coverage."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.warranties.models import WarrantyTermVersion
from app.warranties.rules.terms import STANDARDS, terms_of, warnings_of
from app.warranties.services import Coverage, Defined
from app.web.definitions import SelectionIn
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

MONTHS_MAX = 600
DAYS_MAX = 3660

ONLY_AFTER_REGISTRATION = say(
    "Only with start registration.", "start가 registration일 때만 쓸 수 있어요."
)
ONLY_WITH_BONUS = say(
    "Only with registration_bonus_months.", "registration_bonus_months와 함께만 쓸 수 있어요."
)
EACH_PART_ONCE = say("Name each part once.", "같은 부품은 한 번만 적어 주세요.")
NEEDS_REGISTERED_ON = say(
    "Send registered_on too: these dates are told when registering.",
    "registered_on도 보내 주세요. 등록할 때 알려 주는 날짜예요.",
)


class Day(fields.Date):
    """A date with a year that every part of the system can hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            format="iso", validate=validate.Range(date(1970, 1, 1), date(2999, 12, 31)), **kwargs
        )


class WarrantyCorePartIn(Schema):
    name = PlainString(required=True, validate=validate.Length(1, 50))
    months = Count(required=True, least=1, most=MONTHS_MAX)


class WarrantyTermsIn(Schema):
    """What a brand promises. Without ``selection``, for all products that no other terms name."""

    name = PlainString(required=True, validate=validate.Length(1, 100))
    selection = fields.Nested(SelectionIn)
    item = PlainString(
        validate=validate.OneOf(sorted(STANDARDS)),
        metadata={"description": "품목: 적지 않은 기간의 기준 · Kind of goods: what is not stated"},
    )
    months = Count(
        most=MONTHS_MAX,
        metadata={"description": "없으면 품목의 분쟁해결기준 · Absent: the standard of the item"},
    )
    parts_months = Count(most=MONTHS_MAX, metadata={"description": "Absent: months"})
    labour_months = Count(most=MONTHS_MAX, metadata={"description": "Absent: months"})
    core_parts = fields.List(fields.Nested(WarrantyCorePartIn), validate=validate.Length(max=20))
    start = PlainString(
        load_default="delivered",
        validate=validate.OneOf(["delivered", "purchase", "registration"]),
    )
    registration_within_days = Count(
        most=DAYS_MAX,
        metadata={"description": "With start registration: this long after delivery at the latest"},
    )
    registration_bonus_months = Count(most=MONTHS_MAX)
    registration_bonus_within_days = Count(most=DAYS_MAX)
    exclusions = fields.List(
        PlainString(validate=validate.Length(1, 500)),
        validate=validate.Length(max=50),
        metadata={"description": "보증하지 않는 경우 · What is not covered, a sentence each"},
    )
    parts_retention_years = Count(most=50)
    transferable = Flag(load_default=True)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if "registration_within_days" in data and data["start"] != "registration":
            raise ValidationError(ONLY_AFTER_REGISTRATION, "registration_within_days")
        if "registration_bonus_within_days" in data and "registration_bonus_months" not in data:
            raise ValidationError(ONLY_WITH_BONUS, "registration_bonus_within_days")
        names = [part["name"] for part in data.get("core_parts", ())]
        if len(set(names)) < len(names):
            raise ValidationError(EACH_PART_ONCE, "core_parts")


class WarrantyTermsQuery(PageQuery):
    status = PlainString(load_default=None, validate=validate.OneOf(["active", "ended"]))


class CoverageQuery(Schema):
    """The dates of a unit, to see what terms make of them."""

    on = Day(load_default=None, metadata={"description": "없으면 오늘 · Absent: today"})
    manufactured_on = Day(load_default=None)
    import_cleared_on = Day(load_default=None)
    exchanged_on = Day(load_default=None)
    registered_on = Day(load_default=None)
    purchased_on = Day(load_default=None)
    delivered_on = Day(load_default=None)
    proof = PlainString(
        load_default="proven",
        validate=validate.OneOf(["proven", "told", "disproved"]),
        metadata={"description": "구매일의 근거 · What speaks for the day of purchase"},
    )

    @validates_schema
    def _registered(self, data: dict[str, Any], **_: Any) -> None:
        if data["registered_on"] is None and (data["purchased_on"] or data["delivered_on"]):
            raise ValidationError(NEEDS_REGISTERED_ON, "registered_on")


class WarrantySentenceOut(Schema):
    ko = fields.String()
    en = fields.String()


class TermsWarningOut(Schema):
    code = fields.String()
    field = fields.String()
    stated = fields.Integer()
    standard = fields.Integer()
    sentence = fields.Nested(WarrantySentenceOut)


class WarrantyCorePartOut(Schema):
    name = fields.String()
    months = fields.Integer()


class WarrantyTermsOut(Schema):
    object = fields.String()
    code = fields.String()
    status = fields.String()
    version = fields.Integer()
    name = fields.String()
    selection = fields.Dict(allow_none=True)
    item = fields.String(allow_none=True)
    months = fields.Integer(metadata={"description": "The longer of parts and labour"})
    parts_months = fields.Integer()
    labour_months = fields.Integer()
    core_parts = fields.List(fields.Nested(WarrantyCorePartOut))
    start = fields.String()
    registration_within_days = fields.Integer(allow_none=True)
    registration_bonus_months = fields.Integer()
    registration_bonus_within_days = fields.Integer(allow_none=True)
    exclusions = fields.List(fields.String())
    parts_retention_years = fields.Integer(allow_none=True)
    transferable = fields.Boolean()
    warnings = fields.List(fields.Nested(TermsWarningOut))
    created_at = fields.String()
    changed_at = fields.String()


class WarrantyTermsVersionOut(Schema):
    object = fields.String()
    version = fields.Integer()
    definition = fields.Dict()
    actor = fields.String()
    created_at = fields.String()


class WarrantyCorePartUntilOut(Schema):
    name = fields.String()
    until = fields.String()


class CoverageOut(Schema):
    object = fields.String()
    state = fields.String(metadata={"enum": ["in", "out", "unknown"]})
    basis = fields.String()
    provisional = fields.Boolean()
    starts_on = fields.String(allow_none=True)
    ends_on = fields.String(allow_none=True, metadata={"description": "The last day covered"})
    parts_until = fields.String(allow_none=True)
    labour_until = fields.String(allow_none=True)
    core_parts = fields.List(fields.Nested(WarrantyCorePartUntilOut))
    terms_version = fields.Integer(allow_none=True)
    extensions = fields.List(fields.String())
    reason = fields.Nested(WarrantySentenceOut)


def show_terms(defined: Defined) -> dict[str, Any]:
    row, stored = defined.terms, defined.version.definition
    terms = terms_of(row.code, row.version, stored)
    return {
        "object": "warranty_terms",
        "code": row.code,
        "status": row.status,
        "version": row.version,
        "name": stored["name"],
        "selection": stored.get("selection"),
        "item": stored.get("item"),
        "months": max(terms.parts_months, terms.labour_months),
        "parts_months": terms.parts_months,
        "labour_months": terms.labour_months,
        "core_parts": [{"name": name, "months": n} for name, n in sorted(terms.core_parts.items())],
        "start": terms.start,
        "registration_within_days": stored.get("registration_within_days"),
        "registration_bonus_months": terms.bonus_months,
        "registration_bonus_within_days": terms.bonus_within_days,
        "exclusions": stored.get("exclusions", []),
        "parts_retention_years": terms.parts_retention_years,
        "transferable": terms.transferable,
        "warnings": [
            {
                "code": "shorter_than_standard",
                "field": each.field,
                "stated": each.stated,
                "standard": each.standard,
                "sentence": {"ko": each.ko, "en": each.en},
            }
            for each in warnings_of(stored)
        ],
        "created_at": show_instant(row.created_at),
        "changed_at": show_instant(row.updated_at),
    }


def show_version(version: WarrantyTermVersion) -> dict[str, Any]:
    return {
        "object": "warranty_terms_version",
        "version": version.version,
        "definition": version.definition,
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }


def show_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def show_coverage(found: Coverage) -> dict[str, Any]:
    return {
        "object": "coverage",
        "state": found.state,
        "basis": found.basis,
        "provisional": found.provisional,
        "starts_on": show_day(found.starts_on),
        "ends_on": show_day(found.ends_on),
        "parts_until": show_day(found.parts_until),
        "labour_until": show_day(found.labour_until),
        "core_parts": [{"name": name, "until": day.isoformat()} for name, day in found.core_parts],
        "terms_version": found.terms_version,
        "extensions": list(found.extension_ids),
        "reason": {"ko": found.ko, "en": found.en},
    }
