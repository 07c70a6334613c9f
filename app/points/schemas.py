"""The wire format of points: syntax only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from sqlalchemy import Row

from app import ids
from app.points.models import Entry, ExpiryNotice, Hold
from app.points.rules import Balance
from app.points.services import Posted, Statement
from app.web.fields import Count, Instant, PlainString
from app.web.responses import show_instant
from app.web.schemas import Schema

POINTS_MAX = 1_000_000_000
TTL_MAX = 7 * 24 * 3600


class AccrualIn(Schema):
    points = Count(required=True, least=1, most=POINTS_MAX)
    origin = PlainString(
        load_default="grant", validate=validate.OneOf(["purchase", "event", "grant"])
    )
    reason = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    expires_at = Instant(load_default=None, allow_none=True)


class RedemptionIn(Schema):
    points = Count(required=True, least=1, most=POINTS_MAX)
    reason = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 200))


class AdjustmentIn(Schema):
    points = fields.Integer(
        required=True,
        strict=True,
        validate=[validate.Range(-POINTS_MAX, POINTS_MAX), validate.NoneOf([0])],
        metadata={"description": "Negative takes points away."},
    )
    reason_code = PlainString(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{1,49}\Z"))
    note = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 500))
    actor = PlainString(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 100),
        metadata={"description": "Who decided it; the API key is recorded as well."},
    )
    expires_at = Instant(load_default=None, allow_none=True)


class TransferIn(Schema):
    to = PlainString(required=True, validate=validate.Length(1, 140))
    points = Count(required=True, least=1, most=POINTS_MAX)
    reason = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 200))


class HoldIn(Schema):
    points = Count(required=True, least=1, most=POINTS_MAX)
    ttl_seconds = Count(load_default=None, allow_none=True, least=1, most=TTL_MAX)


class CaptureIn(Schema):
    points = Count(load_default=None, allow_none=True, least=1, most=POINTS_MAX)


class BalanceOut(Schema):
    available = fields.Integer()
    pending = fields.Integer()
    held = fields.Integer()
    debt = fields.Integer()


class ExpiryOut(Schema):
    expires_at = fields.String(allow_none=True)
    points = fields.Integer()


class PendingOut(Schema):
    confirms_at = fields.String(allow_none=True)
    points = fields.Integer()


class StatementOut(Schema):
    object = fields.String()
    member = fields.String()
    available = fields.Integer()
    pending = fields.Integer()
    held = fields.Integer()
    debt = fields.Integer()
    expiries = fields.List(fields.Nested(ExpiryOut))
    pending_until = fields.List(fields.Nested(PendingOut))


class NoticeOut(Schema):
    object = fields.String()
    expires_on = fields.String()
    days_before = fields.Integer()
    due_on = fields.String()
    points = fields.Integer()
    state = fields.String(metadata={"description": "due | sent | cancelled"})
    prepared_at = fields.String()


class EntryOut(Schema):
    object = fields.String()
    seq = fields.Integer()
    kind = fields.String()
    points = fields.Integer()
    changes = fields.Nested(BalanceOut)
    after = fields.Nested(BalanceOut)
    reverses = fields.Integer(allow_none=True)
    order = fields.String(allow_none=True)
    refund = fields.String(allow_none=True)
    hold = fields.String(allow_none=True)
    origin = fields.String(allow_none=True)
    rule = fields.String(allow_none=True)
    rule_version = fields.Integer(allow_none=True)
    reason = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)
    occurred_at = fields.String()
    recorded_at = fields.String()


class AllocationOut(Schema):
    lot = fields.Integer()
    points = fields.Integer()
    pending = fields.Integer()
    earned_by_entry = fields.Integer()
    earned_by_order = fields.String(allow_none=True)
    gives_back_entry = fields.Integer(allow_none=True)
    expires_at = fields.String(allow_none=True)


class ExplainedEntryOut(EntryOut):
    lots = fields.List(fields.Nested(AllocationOut))


class PostedOut(Schema):
    object = fields.String()
    entry = fields.Nested(EntryOut)
    balance = fields.Nested(BalanceOut)


class HoldOut(Schema):
    object = fields.String()
    id = fields.String()
    member = fields.String()
    points = fields.Integer()
    captured = fields.Integer()
    state = fields.String()
    expires_at = fields.String()
    created_at = fields.String()
    closed_at = fields.String(allow_none=True)
    balance = fields.Nested(BalanceOut)


def show_balance(balance: Balance) -> dict[str, int]:
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "debt": balance.debt,
    }


def show_statement(member_id: UUID, statement: Statement) -> dict[str, Any]:
    return {
        "object": "points",
        "member": ids.show("mem", member_id),
        **show_balance(statement.balance),
        "expiries": [
            {"expires_at": show_instant(row.expires_at), "points": row.points}
            for row in statement.expiries
        ],
        "pending_until": [
            {"confirms_at": show_instant(row.confirms_at), "points": row.points}
            for row in statement.pending
        ],
    }


def show_notice(notice: ExpiryNotice) -> dict[str, Any]:
    return {
        "object": "point_expiry_notice",
        "expires_on": notice.expires_on.isoformat(),
        "days_before": notice.days_before,
        "due_on": (notice.expires_on - timedelta(days=notice.days_before)).isoformat(),
        "points": notice.points,
        "state": notice.state,
        "prepared_at": show_instant(notice.prepared_at),
    }


def show_entry(entry: Entry) -> dict[str, Any]:
    return {
        "object": "point_entry",
        "seq": entry.seq,
        "kind": entry.kind,
        "points": entry.d_available + entry.d_pending + entry.d_held - entry.d_debt,
        "changes": {
            "available": entry.d_available,
            "pending": entry.d_pending,
            "held": entry.d_held,
            "debt": entry.d_debt,
        },
        "after": {
            "available": entry.available_after,
            "pending": entry.pending_after,
            "held": entry.held_after,
            "debt": entry.debt_after,
        },
        "reverses": entry.ref_seq,
        "order": show_id("ord", entry.order_id),
        "refund": show_id("rfd", entry.refund_id),
        "hold": show_id("hld", entry.hold_id),
        "origin": entry.origin,
        "rule": entry.rule,
        "rule_version": entry.rule_version,
        "reason": entry.reason,
        "note": entry.note,
        "actor": entry.actor,
        "occurred_at": show_instant(entry.occurred_at),
        "recorded_at": show_instant(entry.recorded_at),
    }


def show_explained(entry: Entry, allocations: list[Row[Any]]) -> dict[str, Any]:
    return {
        **show_entry(entry),
        "lots": [
            {
                "lot": row.lot_no,
                "points": row.d_remaining,
                "pending": row.d_pending,
                "earned_by_entry": row.entry_seq,
                "earned_by_order": show_id("ord", row.order_id),
                "gives_back_entry": row.source_seq,
                "expires_at": show_instant(row.expires_at),
            }
            for row in allocations
        ],
    }


def show_posted(posted: Posted) -> dict[str, Any]:
    return {
        "object": "point_posting",
        "entry": show_entry(posted.entry),
        "balance": show_balance(posted.balance),
    }


def show_hold(hold: Hold, balance: Balance) -> dict[str, Any]:
    return {
        "object": "hold",
        "id": ids.show("hld", hold.id),
        "member": ids.show("mem", hold.member_id),
        "points": hold.amount,
        "captured": hold.captured,
        "state": hold.state,
        "expires_at": show_instant(hold.expires_at),
        "created_at": show_instant(hold.created_at),
        "closed_at": show_instant(hold.closed_at),
        "balance": show_balance(balance),
    }


def show_id(prefix: str, value: UUID | None) -> str | None:
    return None if value is None else ids.show(prefix, value)
