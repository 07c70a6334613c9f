"""Labels of a batch: opening a download, A4 sheets, CSV for the printer."""

import csv
import io
from typing import Any

from flask import Response, request

from app.csvfile import escaped
from app.db import transaction
from app.labels import SHEETS, sheet_pdf
from app.warranties import services
from app.warranties.routes.batches import batch_id_of, start_work
from app.warranties.routes.terms import brand_now
from app.warranties.schemas.labels import (
    PRINTED_MAX,
    BatchDownloadIn,
    BatchDownloadOut,
    LabelSheetQuery,
    LabelsQuery,
    show_download,
)
from app.warranties.schemas.units import QUANTITY_MAX
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent

blp = Blueprint("labels", __name__, url_prefix="/v1", description="Labels with QR codes")


@blp.post("/warranty-batches/<string:batch>/downloads")
@requires("warranties:write")
@idempotent
@blp.arguments(BatchDownloadIn)
@blp.response(201, BatchDownloadOut)
def open_download(body: dict[str, Any], batch: str) -> Response:
    """Let the labels of a batch be fetched for an hour, from the links in the answer.

    The first time needs no reason, every further one does; each is written down. Thirty
    days after the first the codes are deleted and labels cannot be printed any more.
    """
    principal = current_principal()
    batch_id = batch_id_of(batch)

    def use_case() -> tuple[Any, int]:
        download = services.open_download(
            principal.brand_id,
            batch_id,
            reason=body.get("reason"),
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        start_work(principal.brand_id)
        return show_download(download), 201

    return execute_once(request.get_json(), use_case)


@blp.get("/warranty-batches/<string:batch>/labels.pdf")
@requires("warranties:read")
@blp.arguments(LabelSheetQuery, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def print_labels(query: dict[str, Any], batch: str) -> Response:
    """Print up to 1,000 labels from the number `first` on, as A4 sheets."""
    brand_id = current_principal().brand_id
    first = query["first"]
    with transaction(brand_id):
        labels = [
            label
            for _, label in services.read_labels(
                brand_id,
                batch_id_of(batch),
                query["download"],
                first=first,
                last=first + PRINTED_MAX - 1,
                now=brand_now(brand_id),
            )
        ]
    pdf = sheet_pdf(
        labels,
        SHEETS[query["sheet"]],
        error=query["error_correction"],
        crop=query["crop"] == "true",
    )
    return _file(pdf, "application/pdf", f"{batch}-{first}.pdf")


@blp.get("/warranty-batches/<string:batch>/labels.csv")
@requires("warranties:read")
@blp.arguments(LabelsQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/csv")
def list_labels(query: dict[str, Any], batch: str) -> Response:
    """Write all labels from the number `first` on as CSV, for a print shop's own software."""
    brand_id = current_principal().brand_id
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["number", "serial", "url", "product", "text"])
    with transaction(brand_id):
        for number, label in services.read_labels(
            brand_id,
            batch_id_of(batch),
            query["download"],
            first=query["first"],
            last=QUANTITY_MAX,
            now=brand_now(brand_id),
        ):
            cells = (label.serial, label.url, label.name, label.text)
            writer.writerow([number, *map(escaped, cells)])
    # With a BOM, or Excel takes it for CP949.
    return _file(target.getvalue().encode("utf-8-sig"), "text/csv", f"{batch}.csv")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})
