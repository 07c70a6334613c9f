"""The wire format of downloads and labels."""

from typing import Any

from marshmallow import Schema, fields, validate

from app import ids
from app.labels import SHEETS
from app.warranties.models import WarrantyBatchDownload
from app.warranties.schemas.units import QUANTITY_MAX, REASON
from app.web.fields import PlainString, QueryCount
from app.web.responses import show_instant

PRINTED_MAX = 1_000  # labels in one PDF


class BatchDownloadIn(Schema):
    reason = PlainString(
        validate=REASON, metadata={"description": "두 번째부터 필요 · Needed after the first time"}
    )


class LabelsQuery(Schema):
    download = QueryCount(required=True, least=1, most=1_000_000)
    first = QueryCount(load_default=1, least=1, most=QUANTITY_MAX)


class LabelSheetQuery(LabelsQuery):
    sheet = PlainString(load_default="24", validate=validate.OneOf(sorted(SHEETS)))
    error_correction = PlainString(load_default="M", validate=validate.OneOf(["L", "M", "Q", "H"]))
    crop = PlainString(load_default="false", validate=validate.OneOf(["true", "false"]))


class BatchDownloadOut(Schema):
    object = fields.String()
    download = fields.Integer()
    batch = fields.String()
    reason = fields.String(allow_none=True)
    open_until = fields.String()
    pdf = fields.String()
    csv = fields.String()


def show_download(download: WarrantyBatchDownload) -> dict[str, Any]:
    batch = ids.show("wbt", download.batch_id)
    path = f"/v1/warranty-batches/{batch}/labels"
    return {
        "object": "warranty_batch_download",
        "download": download.seq,
        "batch": batch,
        "reason": download.reason,
        "open_until": show_instant(download.open_until),
        "pdf": f"{path}.pdf?download={download.seq}",
        "csv": f"{path}.csv?download={download.seq}",
    }
