"""The wire format of "may we send this?" and of how texts are answered."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.consents.rules.purposes import CHANNELS, PURPOSES
from app.consents.rules.sending import Permission
from app.consents.services import TextStats
from app.web.fields import Instant, PlainString
from app.web.pagination import PageQuery
from app.web.responses import show_instant


class MaySendQuery(Schema):
    purpose = PlainString(
        required=True,
        validate=validate.Length(1, 60),
        metadata={
            "description": "메시지의 목적, 안내가 아니면 광고 · What it is for; else advertising",
            "example": "campaign",
        },
    )
    channel = PlainString(required=True, validate=validate.OneOf(list(CHANNELS)))
    at = Instant(
        load_default=None,
        metadata={"description": "넘겨줄 때, 비우면 지금 · When it is handed over; else now"},
    )


class MaySendOut(Schema):
    object = fields.String()
    member = fields.String()
    purpose = fields.String()
    channel = fields.String()
    at = fields.String()
    allowed = fields.Boolean()
    advertising = fields.Boolean()
    reasons = fields.List(
        fields.String(), metadata={"description": "안 되는 까닭 모두 · Every reason for a no"}
    )
    not_before = fields.String(
        allow_none=True, metadata={"description": "시각만 문제일 때 · If only the hour is wrong"}
    )


class ConsentStatsQuery(PageQuery):
    purpose = PlainString(load_default=None, validate=validate.OneOf(PURPOSES))


class ConsentStatsOut(Schema):
    object = fields.String()
    purpose = fields.String()
    language = fields.String()
    version = fields.Integer()
    published_at = fields.String()
    text_sha256 = fields.String()
    asked = fields.Integer(metadata={"description": "물어본 회원 수 · Members who were asked"})
    granted = fields.Integer()
    refused = fields.Integer()
    pending = fields.Integer(metadata={"description": "Guardians who have not proved it yet"})
    withdrawn = fields.Integer(
        metadata={"description": "동의했다가 철회한 수 · Of granted, taken back later"}
    )
    rate_basis_points = fields.Integer(
        allow_none=True, metadata={"description": "granted ÷ asked, 100 = 1 %"}
    )


def show_permission(member: str, query: dict[str, Any], permission: Permission) -> dict[str, Any]:
    return {
        "object": "send_permission",
        "member": member,
        "purpose": query["purpose"],
        "channel": query["channel"],
        "at": show_instant(query["at"]),
        "allowed": permission.allowed,
        "advertising": permission.advertising,
        "reasons": list(permission.reasons),
        "not_before": show_instant(permission.not_before),
    }


def show_stats(stats: TextStats) -> dict[str, Any]:
    return {
        "object": "consent_stats",
        "purpose": stats.purpose,
        "language": stats.language,
        "version": stats.version,
        "published_at": show_instant(stats.published_at),
        "text_sha256": stats.sha256.hex(),
        "asked": stats.asked,
        "granted": stats.granted,
        "refused": stats.refused,
        "pending": stats.pending,
        "withdrawn": stats.withdrawn,
        "rate_basis_points": stats.rate_basis_points,
    }
