"""The wire format of messages and their templates."""

from typing import Any

from marshmallow import Schema, fields, validate

from app import ids
from app.messages.models import MessageTemplate
from app.messages.rules.builtin import BUILTIN
from app.messages.rules.templates import CHANNELS, variables_of
from app.messages.services import MessageView, TemplateView
from app.web.fields import PlainString
from app.web.pagination import PageQuery
from app.web.responses import show_instant

STATES = ("queued", "sending", "sent", "delivered", "failed")
_NO_CONTROL = validate.Regexp(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f]*\Z")


def _text(most: int, description: str) -> fields.String:
    return fields.String(
        validate=[validate.Length(1, most), _NO_CONTROL], metadata={"description": description}
    )


class SmsIn(Schema):
    text = _text(2000, "90바이트를 넘으면 LMS로 보내요 · Sent as LMS if longer than 90 bytes")


class AlimtalkIn(Schema):
    template_id = PlainString(
        validate=validate.Length(1, 100),
        metadata={"description": "카카오가 승인한 템플릿 · The template that Kakao approved"},
    )
    text = _text(1000, "승인된 문구 그대로 · Exactly as approved")


class EmailIn(Schema):
    subject = PlainString(validate=validate.Length(1, 100))
    text = _text(10_000, "본문 · Body")


class MessageTemplateIn(Schema):
    """A draft may lack anything; what publishing needs, it says."""

    channels = fields.List(
        PlainString(validate=validate.OneOf(CHANNELS)),
        validate=validate.Length(max=len(CHANNELS)),
        metadata={"description": "시도하는 순서대로 · In the order they are tried"},
    )
    sms = fields.Nested(SmsIn)
    alimtalk = fields.Nested(AlimtalkIn)
    email = fields.Nested(EmailIn)


class MessageFaultOut(Schema):
    field = fields.String()
    ko = fields.String()
    en = fields.String()


class MessageTemplateVersionOut(Schema):
    object = fields.String()
    version = fields.Integer()
    status = fields.String()
    definition = fields.Dict()
    actor = fields.String()
    created_at = fields.String()
    published_at = fields.String(allow_none=True)


class MessageTemplateOut(Schema):
    object = fields.String()
    code = fields.String()
    variables = fields.List(
        fields.String(), metadata={"description": "쓸 수 있는 #{변수} · Variables it may use"}
    )
    builtin = fields.Dict(metadata={"description": "기본 문구 · What is sent without a version"})
    published = fields.Nested(MessageTemplateVersionOut, allow_none=True)
    draft = fields.Nested(MessageTemplateVersionOut, allow_none=True)
    faults = fields.List(fields.Nested(MessageFaultOut))


class MessagesQuery(PageQuery):
    member = PlainString(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "mem_… 또는 ext:… · Messages of this member"},
    )
    state = PlainString(load_default=None, validate=validate.OneOf(STATES))


class MessageAttemptOut(Schema):
    channel = fields.String()
    provider = fields.String(allow_none=True)
    state = fields.String()
    code = fields.String(allow_none=True, metadata={"description": "The provider's own word"})
    reference = fields.String(allow_none=True, metadata={"description": "The provider's own id"})
    started_at = fields.String()
    finished_at = fields.String(allow_none=True)


class MessageOut(Schema):
    object = fields.String()
    id = fields.String()
    template = fields.String()
    template_version = fields.Integer(
        allow_none=True, metadata={"description": "None: the built-in wording."}
    )
    purpose = fields.String()
    member = fields.String(allow_none=True)
    to = fields.String(
        allow_none=True, metadata={"description": "Masked; none once it was forgotten."}
    )
    channels = fields.List(fields.String())
    channel = fields.String(allow_none=True)
    state = fields.String()
    reason = fields.String(allow_none=True)
    next_at = fields.String(allow_none=True)
    expires_at = fields.String()
    created_at = fields.String()
    sent_at = fields.String(allow_none=True)
    finished_at = fields.String(allow_none=True)
    attempts = fields.List(fields.Nested(MessageAttemptOut))


def show_template(view: TemplateView) -> dict[str, Any]:
    return {
        "object": "message_template",
        "code": view.code,
        "variables": sorted(variables_of(BUILTIN[view.code]) | {"brand"}),
        "builtin": view.builtin,
        "published": show_template_version(view.published) if view.published else None,
        "draft": show_template_version(view.draft) if view.draft else None,
        "faults": [fault._asdict() for fault in view.faults],
    }


def show_template_version(template: MessageTemplate) -> dict[str, Any]:
    return {
        "object": "message_template_version",
        "version": template.version,
        "status": template.status,
        "definition": template.definition,
        "actor": template.actor,
        "created_at": show_instant(template.created_at),
        "published_at": show_instant(template.published_at),
    }


def show_message(view: MessageView) -> dict[str, Any]:
    message = view.message
    return {
        "object": "message",
        "id": ids.show("msg", message.id),
        "template": message.code,
        "template_version": message.version,
        "purpose": message.purpose,
        "member": ids.show("mem", message.member_id) if message.member_id else None,
        "to": view.masked,
        "channels": message.channels,
        "channel": message.channel,
        "state": message.state,
        "reason": message.reason,
        "next_at": show_instant(message.next_at),
        "expires_at": show_instant(message.expires_at),
        "created_at": show_instant(message.created_at),
        "sent_at": show_instant(message.sent_at),
        "finished_at": show_instant(message.finished_at),
        "attempts": [
            {
                "channel": attempt.channel,
                "provider": attempt.provider or None,
                "state": attempt.state,
                "code": attempt.code,
                "reference": attempt.reference,
                "started_at": show_instant(attempt.started_at),
                "finished_at": show_instant(attempt.finished_at),
            }
            for attempt in view.attempts
        ],
    }
