"""Labels of a batch: opening a download, A4 sheets, CSV for the printer."""

import base64
import csv
import io
from typing import Any
from uuid import UUID

from flask import Response, request

from app.csvfile import escaped
from app.db import transact, transaction
from app.label_images import label_png, label_svg
from app.labels import SHEETS, Label, sheet_pdf
from app.warranties import services
from app.warranties.errors import LabelLogoInvalid
from app.warranties.routes.batches import batch_id_of, start_work
from app.warranties.routes.terms import brand_now
from app.warranties.schemas.labels import (
    PRINTED_MAX,
    BatchDownloadIn,
    BatchDownloadOut,
    LabelLogoIn,
    LabelLogoOut,
    LabelQuery,
    LabelSheetQuery,
    LabelsQuery,
    show_download,
    show_logo,
)
from app.warranties.schemas.units import QUANTITY_MAX
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.responses import json_response

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
        logo = _logo(brand_id, query)
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
        logo=logo,
    )
    return _file(pdf, "application/pdf", f"{batch}-{first}.pdf")


@blp.get("/units/<string:serial>/label.png")
@requires("warranties:read")
@blp.arguments(LabelQuery, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def show_label_png(query: dict[str, Any], serial: str) -> Response:
    """Draw one label in 300 dpi, as long as a download of its batch is open."""
    label, look = _single(serial, query)
    return _file(label_png(label, **look), "image/png", "label.png")


@blp.get("/units/<string:serial>/label.svg")
@requires("warranties:read")
@blp.arguments(LabelQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="image/svg+xml")
def show_label_svg(query: dict[str, Any], serial: str) -> Response:
    """Draw one label as vectors, as long as a download of its batch is open."""
    label, look = _single(serial, query)
    return _file(label_svg(label, **look).encode(), "image/svg+xml", "label.svg")


@blp.put("/label-logo")
@requires("warranties:write")
@blp.arguments(LabelLogoIn)
@blp.response(200, LabelLogoOut)
def put_logo(body: dict[str, Any]) -> Response:
    """Print a logo in the middle of codes, where `logo=true` asks for it."""
    principal = current_principal()
    brand_id = principal.brand_id
    try:
        file = base64.b64decode(body["png"], validate=True)
    except ValueError as error:  # also of characters that base64 does not have
        raise LabelLogoInvalid(pointer="/png") from error

    def use_case() -> Response:
        now = brand_now(brand_id)
        return json_response(
            show_logo(services.put_logo(brand_id, file, actor=principal.actor, now=now))
        )

    return transact(brand_id, use_case)


@blp.get("/label-logo")
@requires("warranties:read")
@blp.response(200, LabelLogoOut)
def show_brand_logo() -> Response:
    """Show the logo as it is printed."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        logo = services.get_logo(brand_id)
    return json_response(show_logo(logo))


@blp.delete("/label-logo")
@requires("warranties:write")
@blp.response(204)
def remove_logo() -> Response:
    """Print no logo any more. Repeating it changes nothing."""
    principal = current_principal()
    brand_id = principal.brand_id
    transact(
        brand_id,
        lambda: services.remove_logo(brand_id, actor=principal.actor, now=brand_now(brand_id)),
    )
    return Response(status=204)


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


def _single(serial: str, query: dict[str, Any]) -> tuple[Label, dict[str, Any]]:
    """Return a unit's label and how it is to look."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        label = services.read_label(brand_id, serial, query["download"], now=brand_now(brand_id))
        logo = _logo(brand_id, query)
    look = {
        "sheet": SHEETS[query["sheet"]],
        "error": query["error_correction"],
        "logo": logo,
    }
    return label, look


def _logo(brand_id: UUID, query: dict[str, Any]) -> bytes | None:
    return services.get_logo(brand_id).png if query["logo"] == "true" else None


def _file(content: bytes, mimetype: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})
