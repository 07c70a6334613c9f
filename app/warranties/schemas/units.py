"""The wire format of batches and units."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app import ids
from app.warranties.models import WarrantyBatchTask, WarrantyUnit, WarrantyUnitEvent
from app.warranties.rules.serials import OWN_SERIAL_LENGTH_MAX
from app.warranties.rules.units import FLAGS, STAFF_STEPS, STATES
from app.warranties.schemas.terms import CoverageOut, Day, show_coverage, show_day
from app.warranties.services import Coverage, Piece, Stock
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant

QUANTITY_MAX = 100_000
SERIALS_MAX = 5_000  # what one request of 256 KiB holds; for more, several batches
CHANNEL = validate.Length(1, 50)
REASON = validate.Length(1, 200)

AS_MANY_SERIALS = say(
    "Send as many serials as quantity says.", "quantity와 같은 개수의 시리얼 번호를 보내 주세요."
)
MADE_BEFORE_CLEARED = say(
    "Import clearance lies before manufacture.", "수입 통관일이 제조일보다 앞서요."
)
ONLY_TO_ALLOCATE = say(
    "Send channel with allocate or ship alone, and always with allocate.",
    "channel은 allocate와 ship에만, allocate에는 꼭 보내 주세요.",
)
ONLY_TO_REPLACE = say(
    "Send by, the serial of the other unit, with replace and only then.",
    "by(대신 줄 제품의 시리얼 번호)는 replace에만, 그때는 꼭 보내 주세요.",
)


def _channel(**options: Any) -> PlainString:
    return PlainString(
        validate=CHANNEL,
        metadata={"description": "판매 채널 · Where it is sold, e.g. coupang"},
        **options,
    )


class WarrantyBatchIn(Schema):
    """Units to be made: their labels carry a serial and a secret code each."""

    product = PlainString(required=True, validate=validate.Length(1, 100))
    quantity = Count(required=True, least=1, most=QUANTITY_MAX)
    channel = _channel()
    manufactured_on = Day()
    import_cleared_on = Day()
    serials = fields.List(
        PlainString(validate=validate.Length(1, OWN_SERIAL_LENGTH_MAX)),
        validate=validate.Length(1, SERIALS_MAX),
        metadata={"description": "제조사의 시리얼 번호 · The maker's own, as many as quantity"},
    )

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if "serials" in data and len(data["serials"]) != data["quantity"]:
            raise ValidationError(AS_MANY_SERIALS, "serials")
        made, cleared = data.get("manufactured_on"), data.get("import_cleared_on")
        if made is not None and cleared is not None and cleared < made:
            raise ValidationError(MADE_BEFORE_CLEARED, "import_cleared_on")


class WarrantyBatchesQuery(PageQuery):
    product = PlainString(load_default=None, validate=validate.Length(1, 100))
    channel = _channel(load_default=None)


class _RangeIn(Schema):
    first = Count(
        least=1,
        most=QUANTITY_MAX,
        metadata={"description": "번호의 처음, 없으면 모두 · From this number; absent: all"},
    )
    last = Count(least=1, most=QUANTITY_MAX)


class BatchAllocationIn(_RangeIn):
    channel = _channel(required=True)


class BatchShipmentIn(_RangeIn):
    channel = _channel()


class BatchVoidIn(_RangeIn):
    reason = PlainString(required=True, validate=REASON)


class UnitsQuery(PageQuery):
    batch = PlainString(load_default=None, validate=validate.Length(1, 60))
    product = PlainString(load_default=None, validate=validate.Length(1, 100))
    state = PlainString(load_default=None, validate=validate.OneOf(STATES))
    flag = PlainString(load_default=None, validate=validate.OneOf(FLAGS))
    channel = _channel(load_default=None)


class UnitStepIn(Schema):
    step = PlainString(required=True, validate=validate.OneOf(STAFF_STEPS))
    reason = PlainString(validate=REASON)
    channel = _channel()
    by = PlainString(
        validate=validate.Length(1, OWN_SERIAL_LENGTH_MAX),
        metadata={"description": "replace: 대신 주는 제품 · Serial of the replacement"},
    )

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        step = data["step"]
        allowed = step in ("allocate", "ship")
        if ("channel" in data and not allowed) or (step == "allocate" and "channel" not in data):
            raise ValidationError(ONLY_TO_ALLOCATE, "channel")
        if (step == "replace") != ("by" in data):
            raise ValidationError(ONLY_TO_REPLACE, "by")


class UnitFlagIn(Schema):
    flag = PlainString(required=True, validate=validate.OneOf(FLAGS))
    set = Flag(load_default=True, metadata={"description": "false: 떼기 · Take it off"})
    reason = PlainString(required=True, validate=REASON)


class BatchTaskOut(Schema):
    step = fields.String()
    first = fields.Integer()
    last = fields.Integer()
    looked_at = fields.Integer(metadata={"description": "진행: 살펴본 수 · Progress"})
    done = fields.Integer(metadata={"description": "실제로 바뀐 수 · Units it changed"})
    channel = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    actor = fields.String()
    at = fields.String()
    finished_at = fields.String(allow_none=True)


class WarrantyBatchOut(Schema):
    object = fields.String()
    id = fields.String()
    status = fields.String(metadata={"enum": ["working", "ready", "void"]})
    product = fields.String()
    quantity = fields.Integer()
    channel = fields.String(allow_none=True)
    manufactured_on = fields.String(allow_none=True)
    import_cleared_on = fields.String(allow_none=True)
    terms = fields.String()
    terms_version = fields.Integer()
    own_serials = fields.Boolean()
    units = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "By state"}
    )
    tasks = fields.List(fields.Nested(BatchTaskOut))
    labels_until = fields.String(
        allow_none=True, metadata={"description": "라벨을 뽑을 수 있는 때까지 · Printable until"}
    )
    created_by = fields.String()
    created_at = fields.String()
    voided_at = fields.String(allow_none=True)
    void_reason = fields.String(allow_none=True)


class UnitOut(Schema):
    object = fields.String()
    serial = fields.String()
    state = fields.String()
    flags = fields.List(fields.String())
    batch = fields.String()
    number = fields.Integer()
    channel = fields.String(allow_none=True)
    shipped_at = fields.String(allow_none=True)
    exchanged_on = fields.String(allow_none=True)
    changed_at = fields.String()


class UnitDetailOut(UnitOut):
    product = fields.String()
    terms = fields.String()
    terms_version = fields.Integer()
    coverage = fields.Nested(CoverageOut)


class UnitEventOut(Schema):
    object = fields.String()
    seq = fields.Integer()
    step = fields.String()
    state = fields.String()
    detail = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    actor = fields.String()
    at = fields.String()


def show_batch(stock: Stock) -> dict[str, Any]:
    batch = stock.batch
    status = "void" if batch.voided_at else "working" if stock.waiting else "ready"
    return {
        "object": "warranty_batch",
        "id": ids.show("wbt", batch.id),
        "status": status,
        "product": batch.sku,
        "quantity": batch.quantity,
        "channel": batch.channel,
        "manufactured_on": show_day(batch.manufactured_on),
        "import_cleared_on": show_day(batch.import_cleared_on),
        "terms": batch.terms,
        "terms_version": batch.terms_version,
        "own_serials": batch.own_serials,
        "units": dict(sorted(stock.by_state.items())),
        "tasks": [_show_task(task) for task in stock.tasks],
        "labels_until": show_instant(batch.codes_kept_until),
        "created_by": batch.actor,
        "created_at": show_instant(batch.created_at),
        "voided_at": show_instant(batch.voided_at),
        "void_reason": batch.void_reason,
    }


def _show_task(task: WarrantyBatchTask) -> dict[str, Any]:
    return {
        "step": task.step,
        "first": task.first_no,
        "last": task.last_no,
        "looked_at": task.cursor - task.first_no + 1,
        "done": task.done,
        "channel": task.channel,
        "reason": task.reason,
        "actor": task.actor,
        "at": show_instant(task.at),
        "finished_at": show_instant(task.finished_at),
    }


def show_unit(unit: WarrantyUnit) -> dict[str, Any]:
    return {
        "object": "unit",
        "serial": unit.serial,
        "state": unit.state,
        "flags": list(unit.flags),
        "batch": ids.show("wbt", unit.batch_id),
        "number": unit.number,
        "channel": unit.channel,
        "shipped_at": show_instant(unit.shipped_at),
        "exchanged_on": show_day(unit.exchanged_on),
        "changed_at": show_instant(unit.changed_at),
    }


def show_piece(piece: Piece, coverage: Coverage) -> dict[str, Any]:
    return {
        **show_unit(piece.unit),
        "product": piece.batch.sku,
        "terms": piece.batch.terms,
        "terms_version": piece.batch.terms_version,
        "coverage": show_coverage(coverage),
    }


def show_event(event: WarrantyUnitEvent) -> dict[str, Any]:
    return {
        "object": "unit_event",
        "seq": event.seq,
        "step": event.step,
        "state": event.state,
        "detail": event.detail,
        "reason": event.reason,
        "actor": event.actor,
        "at": show_instant(event.at),
    }
