"""The wire format of members' consents."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app import ids
from app.consents.models import ConsentRecord
from app.consents.rules.purposes import LANGUAGES, PURPOSES
from app.consents.rules.records import CHOICES, GUARDIAN_METHODS, SOURCES
from app.consents.services import Answer, Evidence, Standing
from app.web.fields import Count, PlainString
from app.web.messages import say
from app.web.responses import show_instant

EACH_ONCE = say("Each purpose once.", "목적마다 한 번만 보내 주세요.")
SOMETHING = say("Send decisions or asked.", "decisions나 asked를 보내 주세요.")
_PURPOSE = validate.OneOf(PURPOSES)


class ConsentEvidenceIn(Schema):
    """What proves the answer. Nothing else of a person, or of a guardian, is taken."""

    ip = PlainString(
        validate=validate.Length(1, 45),
        metadata={"description": "Kept as a keyed hash only, never as it is."},
    )
    user_agent = PlainString(validate=validate.Length(1, 300))
    otp_ref = PlainString(validate=validate.Length(1, 100))
    ui_snapshot_sha256 = PlainString(validate=validate.Regexp("^[0-9a-f]{64}$"))
    guardian_ref = PlainString(
        validate=validate.Length(1, 100),
        metadata={"description": "Your own reference to the guardian's consent, no name."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Evidence:
        if snapshot := data.pop("ui_snapshot_sha256", None):
            data["ui_snapshot_sha256"] = bytes.fromhex(snapshot)
        return Evidence(**data)


class ConsentDecisionIn(Schema):
    purpose = PlainString(required=True, validate=_PURPOSE)
    choice = PlainString(required=True, validate=validate.OneOf(CHOICES))
    version = Count(
        least=1,
        most=1_000_000,
        metadata={"description": "보여 준 동의문 버전 · Of the text shown; else the published"},
    )


class ConsentAnswerIn(Schema):
    """What a member said at one time. What was asked and not answered counts as refused."""

    decisions = fields.List(
        fields.Nested(ConsentDecisionIn),
        load_default=list,
        validate=validate.Length(max=len(PURPOSES)),
    )
    asked = fields.List(
        PlainString(validate=_PURPOSE),
        load_default=list,
        validate=validate.Length(max=len(PURPOSES)),
        metadata={"description": "물어본 목적, 답이 없으면 거부 · Asked; no answer is a refusal"},
    )
    source = PlainString(
        required=True,
        validate=validate.OneOf(SOURCES),
        metadata={"description": "prompt: the brand asked of its own accord."},
    )
    language = PlainString(load_default="ko", validate=validate.OneOf(LANGUAGES))
    by = PlainString(
        load_default="member", validate=validate.OneOf(["member", "guardian", "staff"])
    )
    guardian_method = PlainString(
        load_default=None,
        validate=validate.OneOf(GUARDIAN_METHODS),
        metadata={"description": "How the guardian agreed; without it the consent is pending."},
    )
    evidence = fields.Nested(ConsentEvidenceIn, load_default=Evidence)

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        named = [each["purpose"] for each in data["decisions"]]
        if len(set(named)) < len(named):
            raise ValidationError(EACH_ONCE, "decisions")
        if not named and not data["asked"]:
            raise ValidationError(SOMETHING, "decisions")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Answer:
        decisions = data.pop("decisions")
        return Answer(
            choices={each["purpose"]: each["choice"] for each in decisions},
            versions={each["purpose"]: each["version"] for each in decisions if "version" in each},
            **data,
        )


class ConsentsQuery(Schema):
    language = PlainString(load_default="ko", validate=validate.OneOf(LANGUAGES))


class ConsentStandingOut(Schema):
    purpose = fields.String()
    state = fields.String(allow_none=True, metadata={"description": "null: never answered."})
    granted = fields.Boolean(metadata={"description": "In force at this moment."})
    decided_at = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)
    same_text = fields.Boolean(
        metadata={"description": "false: the published text asks for something else by now."}
    )
    expires_at = fields.String(allow_none=True)
    reconfirm_on = fields.String(allow_none=True)
    may_ask = fields.Boolean(metadata={"description": "May the brand ask of its own accord?"})
    ask_again_at = fields.String(allow_none=True)
    text_version = fields.Integer(allow_none=True)


class MemberConsentsOut(Schema):
    object = fields.String()
    member = fields.String()
    consents = fields.List(fields.Nested(ConsentStandingOut))


class ConsentAnswerOut(MemberConsentsOut):
    changed = fields.List(
        fields.String(), metadata={"description": "Purposes of which something was recorded."}
    )


class ConsentRecordOut(Schema):
    object = fields.String()
    member = fields.String()
    seq = fields.Integer()
    purpose = fields.String()
    action = fields.String()
    language = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)
    text_sha256 = fields.String(allow_none=True)
    source = fields.String()
    actor = fields.String()
    recorded_by = fields.String()
    guardian_method = fields.String(allow_none=True)
    evidence_sha256 = fields.String(allow_none=True)
    at = fields.String()
    previous_hash = fields.String()
    hash = fields.String()


def show_consents(member: str, standings: list[Standing]) -> dict[str, Any]:
    return {
        "object": "member_consents",
        "member": member,
        "consents": [_show_standing(each) for each in standings],
    }


def show_record(record: ConsentRecord) -> dict[str, Any]:
    return {
        "object": "consent_record",
        "member": ids.show("mem", record.member_id),
        "seq": record.seq,
        "purpose": record.purpose,
        "action": record.action,
        "language": record.language,
        "version": record.version,
        "text_sha256": record.text_sha256.hex() if record.text_sha256 else None,
        "source": record.source,
        "actor": record.actor,
        "recorded_by": record.recorded_by,
        "guardian_method": record.method,
        "evidence_sha256": record.evidence_sha256.hex() if record.evidence_sha256 else None,
        "at": show_instant(record.at),
        "previous_hash": record.prev_hash.hex(),
        "hash": record.row_hash.hex(),
    }


def _show_standing(each: Standing) -> dict[str, Any]:
    state = each.state
    return {
        "purpose": each.purpose,
        "state": state.state if state else None,
        "granted": each.granted,
        "decided_at": show_instant(state.decided_at) if state else None,
        "language": state.language if state else None,
        "version": state.version if state else None,
        "same_text": state.holds if state else True,
        "expires_at": show_instant(state.expires_at) if state else None,
        "reconfirm_on": state.reconfirm_on.isoformat() if state and state.reconfirm_on else None,
        "may_ask": each.may_ask,
        "ask_again_at": show_instant(each.ask_again_at),
        "text_version": each.text.version if each.text else None,
    }
