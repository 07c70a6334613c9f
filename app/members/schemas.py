"""The wire format of members: syntax only.

No message repeats what was sent: it may be somebody's personal data.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app import ids
from app.members import rules
from app.members.errors import ExternalIdInvalid
from app.members.models import Member, MemberTag
from app.members.rules import ERASURE_SOURCES, Birthday
from app.members.services import Erasure, profile_of
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import LIMIT_DEFAULT, LIMIT_MAX, PageQuery
from app.web.responses import show_instant

NOT_A_PHONE = say(
    "Not a phone number. Send 010-1234-5678, or another country's number with its +code.",
    "휴대폰 번호를 확인해 주세요. 예: 010-1234-5678 (해외 번호는 +국가번호부터)",
)
NOT_AN_EMAIL = say("Not an e-mail address.", "이메일 주소를 확인해 주세요. 예: dangol@example.com")
NO_SUCH_DAY = say(
    "There is no such day in that calendar. Send YYYY-MM-DD and solar or lunar.",
    "그 달력에 없는 날이에요. 1990-03-05처럼 쓰고, 음력이면 음력(윤달이면 윤달)이라고 알려 주세요.",
)
NO_SUCH_JOINING = say("Must be from 1900 to 2100.", "1900년부터 2100년 사이의 날짜여야 해요.")
NOT_AN_EXTERNAL_ID = say(ExternalIdInvalid.en, ExternalIdInvalid.ko)
NOT_A_NAME = say(
    "Must be 1 to 100 printable characters.", "1~100자여야 하고, 줄바꿈은 쓸 수 없어요."
)
ONE_KEY = say(
    "Send at least one of phone, email and external_id.",
    "phone, email, external_id 가운데 하나는 보내 주세요.",
)
STATUS_ALONE = say(
    "Cannot be combined with phone, email or external_id.",
    "phone, email, external_id와 함께 쓸 수 없어요.",
)

NAME_MAX = 100
MEMBER = {"description": "`mem_…` or `ext:<your id>`"}


class _Read(fields.String):
    """A string that a rule turns into its one form, or None if it cannot be read."""

    rule: Callable[[str], str | None]
    sentence: str

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        read = type(self).rule(text)
        if read is None:
            raise ValidationError(self.sentence)
        return read


class Phone(_Read):
    rule = staticmethod(rules.phone_of)
    sentence = NOT_A_PHONE


class Email(_Read):
    rule = staticmethod(rules.email_of)
    sentence = NOT_AN_EMAIL


def _external_id(text: str) -> str | None:
    try:
        return rules.external_id_of(text)
    except ExternalIdInvalid:
        return None


class ExternalId(_Read):
    rule = staticmethod(_external_id)
    sentence = NOT_AN_EXTERNAL_ID


def _name(text: str) -> str | None:
    plain = unicodedata.normalize("NFC", text).strip()
    return plain if 0 < len(plain) <= NAME_MAX and plain.isprintable() else None


class Name(_Read):
    rule = staticmethod(_name)
    sentence = NOT_A_NAME


class BirthdayIn(Schema):
    date = PlainString(
        required=True,
        validate=validate.Length(10, 10),
        metadata={"description": "YYYY-MM-DD, also if lunar"},
    )
    calendar = PlainString(load_default="solar", validate=validate.OneOf(["solar", "lunar"]))
    leap_month = Flag(load_default=False, metadata={"description": "윤달"})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Birthday:
        birthday = rules.birthday_of(data["date"], data["calendar"], leap_month=data["leap_month"])
        if birthday is None:
            raise ValidationError(NO_SUCH_DAY, "date")
        return birthday


class BirthdayField(fields.Field[Birthday]):
    """``{"date", "calendar", "leap_month"}``, or just a solar ``"YYYY-MM-DD"``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Birthday:
        if isinstance(value, str):
            value = {"date": value}
        birthday: Birthday = BirthdayIn().load(value)
        return birthday


class MemberIn(Schema):
    """Fields that are not named stay; a null clears."""

    name = Name(allow_none=True, metadata={"example": "김단골"})
    phone = Phone(
        allow_none=True,
        metadata={
            "example": "010-1234-5678",
            "description": "Any Korean form, or +country code. Kept as +821012345678.",
        },
    )
    email = Email(allow_none=True, metadata={"example": "dangol@example.com"})
    birthday = BirthdayField(
        allow_none=True,
        metadata={
            "oneOf": [
                {"type": "null"},
                {"type": "string", "format": "date", "description": "a solar date"},
                {
                    "type": "object",
                    "required": ["date"],
                    "additionalProperties": False,
                    "properties": {
                        "date": {"type": "string", "example": "1990-03-05"},
                        "calendar": {"type": "string", "enum": ["solar", "lunar"]},
                        "leap_month": {"type": "boolean"},
                    },
                },
            ]
        },
    )
    joined_on = fields.Date(
        format="iso",
        validate=validate.Range(
            date(rules.YEAR_MIN, 1, 1), date(rules.YEAR_MAX, 12, 31), error=NO_SUCH_JOINING
        ),
        metadata={"description": "When the person joined; today if not given."},
    )
    referred_by_code = PlainString(
        validate=validate.Length(1, 64),
        metadata={"description": "Code of who invited the member; cannot change once given."},
    )


class _Keys(Schema):
    phone = Phone(metadata={"description": "Any form of the number."})
    email = Email()
    external_id = ExternalId()


class MembersQuery(PageQuery, _Keys):
    status = PlainString(
        validate=validate.OneOf(["active", "merged", "erased"]),
        metadata={"description": "Not with phone, email or external_id: they find active ones."},
    )

    @validates_schema
    def _either_way(self, data: dict[str, Any], **_: Any) -> None:
        if "status" in data and keys_of(data):
            raise ValidationError(STATUS_ALONE, "status")


class SearchIn(_Keys):
    limit = Count(load_default=LIMIT_DEFAULT, least=1, most=LIMIT_MAX)
    cursor = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 500))

    @validates_schema
    def _by_something(self, data: dict[str, Any], **_: Any) -> None:
        if not keys_of(data):
            raise ValidationError(ONE_KEY)


class MergeIn(Schema):
    into = PlainString(required=True, validate=validate.Length(1, 140), metadata=MEMBER)


class NothingIn(Schema):
    """A body that says nothing."""


class ErasureRequestIn(Schema):
    source = PlainString(required=True, validate=validate.OneOf(ERASURE_SOURCES))


class ErasureRefusalIn(Schema):
    reason = PlainString(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "거절 까닭, 개인정보는 쓰지 마세요 · No personal data in it"},
    )


class ErasureRequestsQuery(PageQuery):
    state = PlainString(
        load_default=None, validate=validate.OneOf(["open", "completed", "refused"])
    )
    overdue = PlainString(load_default=None, validate=validate.OneOf(["true", "false"]))


class ErasureRequestOut(Schema):
    object = fields.String()
    id = fields.String()
    member = fields.String()
    state = fields.String()
    source = fields.String()
    requested_at = fields.String()
    due_on = fields.String(metadata={"description": "처리해야 하는 마지막 날 · Last day to act"})
    overdue = fields.Boolean()
    decided_at = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class BirthdayOut(Schema):
    date = fields.String()
    calendar = fields.String()
    leap_month = fields.Boolean()


class MemberOut(Schema):
    object = fields.String()
    id = fields.String()
    external_id = fields.String(allow_none=True)
    status = fields.String()
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    birthday = fields.Nested(BirthdayOut, allow_none=True)
    joined_on = fields.String()
    referred_by_code = fields.String(allow_none=True)
    merged_into = fields.String(allow_none=True)
    created_at = fields.String()
    updated_at = fields.String()


class TagOut(Schema):
    object = fields.String()
    tag = fields.String()
    created_at = fields.String()


class MemberStateOut(Schema):
    """A member without personal data: answers to POST are kept for repeats."""

    object = fields.String()
    id = fields.String()
    status = fields.String()
    merged_into = fields.String(allow_none=True)
    updated_at = fields.String()


def keys_of(values: dict[str, Any]) -> dict[str, str]:
    """Return what members are to be found by."""
    return {name: values[name] for name in _Keys().fields if name in values}


def show_member(member: Member) -> dict[str, Any]:
    """Return the JSON-ready form of a member, its contact data opened."""
    profile = profile_of(member)
    birthday = profile.birthday
    return {
        **show_state(member),
        "external_id": member.external_id,
        "name": profile.name,
        "phone": profile.phone,
        "email": profile.email,
        "birthday": birthday
        and {
            "date": birthday.text,
            "calendar": birthday.calendar,
            "leap_month": birthday.leap_month,
        },
        "joined_on": profile.joined_on.isoformat(),
        "referred_by_code": profile.referred_by_code,
        "created_at": member.created_at.isoformat(),
    }


def show_tag(tag: MemberTag) -> dict[str, Any]:
    return {"object": "tag", "tag": tag.tag, "created_at": tag.created_at.isoformat()}


def show_state(member: Member) -> dict[str, Any]:
    """Return the JSON-ready form of a member without personal data."""
    return {
        "object": "member",
        "id": ids.show("mem", member.id),
        "status": member.status,
        "merged_into": member.merged_into_id and ids.show("mem", member.merged_into_id),
        "updated_at": member.updated_at.isoformat(),
    }


def show_erasure(erasure: Erasure) -> dict[str, Any]:
    request = erasure.request
    return {
        "object": "erasure_request",
        "id": ids.show("era", request.id),
        "member": ids.show("mem", erasure.member_id),
        "state": request.state,
        "source": request.source,
        "requested_at": show_instant(request.requested_at),
        "due_on": request.due_on.isoformat(),
        "overdue": erasure.overdue,
        "decided_at": show_instant(request.decided_at),
        "decided_by": request.decided_by,
        "reason": request.reason,
    }
