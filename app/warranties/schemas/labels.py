"""The wire format of downloads and labels."""

import base64
from typing import Any

from marshmallow import Schema, fields, validate

from app import ids
from app.label_images import LOGO_BYTES_MAX
from app.labels import SHEETS
from app.warranties.models import LabelLogo, WarrantyBatchDownload
from app.warranties.schemas.units import QUANTITY_MAX, REASON
from app.warranties.services import sha256_of
from app.web.fields import PlainString, QueryCount
from app.web.responses import show_instant

BASE64_MAX = (LOGO_BYTES_MAX + 2) // 3 * 4
PRINTED_MAX = 1_000  # labels in one PDF


class BatchDownloadIn(Schema):
    reason = PlainString(
        validate=REASON, metadata={"description": "두 번째부터 필요 · Needed after the first time"}
    )


_YES_OR_NO = validate.OneOf(["true", "false"])


class LabelsQuery(Schema):
    download = QueryCount(required=True, least=1, most=1_000_000)
    first = QueryCount(load_default=1, least=1, most=QUANTITY_MAX)


class _LookQuery(Schema):
    sheet = PlainString(load_default="24", validate=validate.OneOf(sorted(SHEETS)))
    error_correction = PlainString(load_default="M", validate=validate.OneOf(["L", "M", "Q", "H"]))
    logo = PlainString(
        load_default="false",
        validate=_YES_OR_NO,
        metadata={"description": "가운데 로고, Q 이상으로 찍어요 · At least Q with it"},
    )


class LabelSheetQuery(LabelsQuery, _LookQuery):
    crop = PlainString(load_default="false", validate=_YES_OR_NO)


class LabelQuery(_LookQuery):
    download = QueryCount(required=True, least=1, most=1_000_000)


class LabelLogoIn(Schema):
    png = PlainString(
        required=True,
        validate=validate.Length(1, BASE64_MAX),
        metadata={"description": "base64로 쓴 PNG · PNG in base64"},
    )


class LabelLogoOut(Schema):
    object = fields.String()
    png = fields.String(metadata={"description": "As it is printed"})
    sha256 = fields.String()
    changed_by = fields.String()
    changed_at = fields.String()


def show_logo(logo: LabelLogo) -> dict[str, Any]:
    return {
        "object": "label_logo",
        "png": base64.b64encode(logo.png).decode(),
        "sha256": sha256_of(logo),
        "changed_by": logo.actor,
        "changed_at": show_instant(logo.changed_at),
    }


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
