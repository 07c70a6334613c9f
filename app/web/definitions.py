"""Pieces that the definitions of several features are made of: benefits, selections."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.errors import RuleViolation
from app.web.fields import Count, PlainString
from app.web.messages import say

CODE = validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
KINDS = ("points", "coupon", "gift", "stamps", "tag")

ONE_BENEFIT = say(
    "Send exactly one of points, coupon, gift, stamps, tag.",
    "points, coupon, gift, stamps, tag 중 하나만 보내 주세요.",
)
NEEDS_PROGRAMME = say(
    "Say which stamp programme: programme.", "어떤 스탬프인지 programme으로 알려 주세요."
)
ONLY_WITH_POINTS = say("Only with points.", "points와 함께만 쓸 수 있어요.")


class CodeInvalid(RuleViolation):
    code = "code_invalid"
    ko = "코드는 1~40자여야 하고, 영문자, 숫자, _, -만 쓸 수 있어요. 맨 앞은 영문자나 숫자예요."
    en = "A code has 1 to 40 letters, digits, _ or -, and begins with a letter or a digit."


def code_of(text: str) -> str:
    """Return the code that an address gives to something new.

    :raises CodeInvalid: it is none
    """
    try:
        CODE(text)
    except ValidationError as error:
        raise CodeInvalid from error
    return text


class SelectionIn(Schema):
    """Chosen goods: those of any of the SKUs or categories."""

    skus = fields.List(
        PlainString(validate=validate.Length(1, 100)), validate=validate.Length(max=500)
    )
    categories = fields.List(
        PlainString(validate=validate.Length(1, 100)), validate=validate.Length(max=200)
    )


class BenefitIn(Schema):
    """One thing that is given: points, a coupon, a gift (a coupon for one), stamps or a tag."""

    points = Count(least=1, most=100_000_000)
    expires_in_days = Count(
        least=1, most=3660, metadata={"description": "Else as points of orders do."}
    )
    coupon = PlainString(validate=CODE, metadata={"description": "Code of a coupon template."})
    gift = PlainString(
        validate=CODE, metadata={"description": "Code of a coupon template of kind gift."}
    )
    stamps = Count(least=1, most=1000)
    programme = PlainString(validate=CODE, metadata={"description": "With stamps: which card."})
    tag = PlainString(validate=validate.Length(1, 50))

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if sum(kind in data for kind in KINDS) != 1:
            raise ValidationError(ONE_BENEFIT)
        if ("stamps" in data) != ("programme" in data):
            raise ValidationError(NEEDS_PROGRAMME, "programme")
        if "expires_in_days" in data and "points" not in data:
            raise ValidationError(ONLY_WITH_POINTS, "expires_in_days")
