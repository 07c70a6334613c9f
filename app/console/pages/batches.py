"""Batches of units with QR labels: made, printed, given to channels, shipped, voided."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids
from app.console.errors import BatchFormInvalid
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.pages.once import once_on_desk
from app.console.rules import batches as words
from app.console.rules.batches import read_count
from app.console.rules.navigation import Entry
from app.csvfile import escaped
from app.errors import DomainError
from app.jobs import run_due
from app.labels import SHEETS, sheet_pdf
from app.products import services as products
from app.queue import enqueue
from app.staff import services as staff
from app.warranties import services as warranties
from app.web.json_input import is_clean
from app.web.pages import read_form, render

READ, MAKE = "labels:read", "labels:make"
NAV = Entry("console.batches", "QR 배치", "QR batches", READ, "room", 60, "qrcode")
DONE = {
    "batch_made": ("배치를 만들었어요.", "The batch is made."),
    "batch_moved": ("적용했어요.", "Done."),
    "batch_open": ("한 시간 동안 라벨을 받을 수 있어요.", "Labels can be fetched for an hour."),
}
HOME = "/console/batches"
SIZE = 50
PRODUCTS_MAX = 500
PRINTED_MAX = 1_000  # labels in one PDF
WORK = "warranties.work"
CHANNEL_MAX, REASON_MAX = 50, 200


@pages.get("/batches")
@permitted(READ)
def batches() -> AnyResponse:
    """Show batches, the newest first, and how far each is."""
    sku, channel = _word("product"), _word("channel")
    before = ids.read("wbt", request.args.get("before", ""))
    return on_desk(lambda desk: _list_drawn(desk, sku, channel, before))


@pages.post("/batches")
@permitted(MAKE)
def make_batch() -> AnyResponse:
    """Make units of a product; large batches are left to a worker."""
    values = read_form("product", "quantity", "channel", "manufactured_on", "import_cleared_on")

    def use_case(desk: Desk) -> AnyResponse:
        quantity = read_count(values["quantity"])
        made, cleared = _day(values["manufactured_on"]), _day(values["import_cleared_on"])
        if (
            quantity is None
            or len(values["channel"]) > CHANNEL_MAX
            or (made is not None and cleared is not None and cleared < made)
        ):
            raise BatchFormInvalid
        stock = warranties.create_batch(
            desk.brand_id,
            values["product"],
            quantity,
            channel=values["channel"] or None,
            manufactured_on=made,
            import_cleared_on=cleared,
            actor=desk.actor,
            now=desk.now,
        )
        _go_on(stock)
        return redirect(f"{HOME}/{ids.show('wbt', stock.batch.id)}?done=batch_made", 303)

    try:
        return once_on_desk(use_case)
    except DomainError as error:
        refusal = error
        return on_desk(lambda desk: _list_drawn(desk, None, None, None, refusal, values))


@pages.get("/batches/<batch>")
@permitted(READ)
def batch(batch: str) -> AnyResponse:
    """Show a batch: how far its tasks are, and what can be done with it."""
    batch_id = read_id("wbt", batch)
    opened = read_count(request.args.get("download", ""))
    return on_desk(lambda desk: _batch_drawn(desk, batch_id, opened=opened))


@pages.post("/batches/<batch>/moves")
@permitted(MAKE)
def move_batch(batch: str) -> AnyResponse:
    """Give units to a channel, ship or void them: all, or those from a number to another."""
    values = read_form("step", "first", "last", "channel", "reason")

    def do(desk: Desk, batch_id: UUID) -> str:
        step = values["step"]
        first, last = (
            read_count(values[name]) if values[name] else None for name in ("first", "last")
        )
        unread = any(
            values[name] and found is None for name, found in (("first", first), ("last", last))
        )
        missing = {"allocate": "channel", "ship": "", "void": "reason"}.get(step)
        if (
            missing is None
            or unread
            or (missing and not values[missing])
            or len(values["channel"]) > CHANNEL_MAX
            or len(values["reason"]) > REASON_MAX
        ):
            raise BatchFormInvalid
        stock = warranties.move_batch(
            desk.brand_id,
            batch_id,
            step,
            first=first,
            last=last,
            channel=values["channel"] or None,
            reason=values["reason"] or None,
            actor=desk.actor,
            now=desk.now,
        )
        _go_on(stock)
        return "?done=batch_moved"

    return _change(batch, do, values)


@pages.post("/batches/<batch>/downloads")
@permitted(MAKE)
def open_labels(batch: str) -> AnyResponse:
    """Let the labels be fetched for an hour; the second time only with a reason."""
    reason = read_form("reason")["reason"][:REASON_MAX]

    def do(desk: Desk, batch_id: UUID) -> str:
        download = warranties.open_download(
            desk.brand_id, batch_id, reason=reason or None, actor=desk.actor, now=desk.now
        )
        _start_work(desk.brand_id)
        return f"?done=batch_open&download={download.seq}"

    return _change(batch, do, {"step": "print", "reason": reason})


@pages.get("/batches/<batch>/labels.pdf")
@permitted(MAKE)
def batch_labels(batch: str) -> AnyResponse:
    """Print up to 1,000 labels from a number on, as A4 sheets."""
    batch_id = read_id("wbt", batch)
    download = read_count(request.args.get("download", "")) or 0
    first = read_count(request.args.get("first", "")) or 1
    sheet = SHEETS.get(request.args.get("sheet", ""), SHEETS["24"])

    def use_case(desk: Desk) -> AnyResponse:
        labels = [
            label
            for _, label in warranties.read_labels(
                desk.brand_id,
                batch_id,
                download,
                first=first,
                last=first + PRINTED_MAX - 1,
                now=desk.now,
            )
        ]
        pdf = sheet_pdf(labels, sheet, error="M", crop=True)
        return _file(pdf, "application/pdf", f"{batch}-{first}.pdf")

    return on_desk(use_case)


@pages.get("/batches/<batch>/labels.csv")
@permitted(MAKE)
def batch_label_list(batch: str) -> AnyResponse:
    """Write all labels as CSV, for a print shop's own software."""
    batch_id = read_id("wbt", batch)
    download = read_count(request.args.get("download", "")) or 0

    def use_case(desk: Desk) -> AnyResponse:
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerow(["number", "serial", "url", "product", "text"])
        for number, label in warranties.read_labels(
            desk.brand_id, batch_id, download, first=1, last=words.QUANTITY_MAX, now=desk.now
        ):
            cells = (label.serial, label.url, label.name, label.text)
            writer.writerow([number, *map(escaped, cells)])
        # With a BOM, or Excel takes it for CP949.
        return _file(target.getvalue().encode("utf-8-sig"), "text/csv", f"{batch}.csv")

    return on_desk(use_case)


def _change(batch: str, do: Callable[[Desk, UUID], str], values: dict[str, str]) -> AnyResponse:
    """Change a batch, once however often the form is sent."""
    batch_id = read_id("wbt", batch)

    def use_case(desk: Desk) -> AnyResponse:
        return redirect(f"{HOME}/{ids.show('wbt', batch_id)}{do(desk, batch_id)}", 303)

    try:
        return once_on_desk(use_case)
    except DomainError as error:
        refusal = error
        return on_desk(lambda desk: _batch_drawn(desk, batch_id, refusal=refusal, values=values))


def _list_drawn(
    desk: Desk,
    sku: str | None,
    channel: str | None,
    before: UUID | None,
    refusal: DomainError | None = None,
    values: Mapping[str, str] | None = None,
) -> AnyResponse:
    found = warranties.list_batches(
        desk.brand_id, sku=sku, channel=channel, before=before, limit=SIZE + 1
    )
    catalogue = products.list_products(
        desk.brand_id, category=None, active=None, after=None, limit=PRODUCTS_MAX
    )
    names = products.list_names(desk.brand_id, {each.batch.sku for each in found})
    return render(
        "console/batches.html",
        422 if refusal else 200,
        stocks=found[:SIZE],
        following=found[SIZE - 1].batch.id if len(found) > SIZE else None,
        catalogue=catalogue,
        names=names,
        sku=sku or "",
        channel=channel or "",
        values=values or {},
        refusal=refusal,
        words=words,
    )


def _batch_drawn(
    desk: Desk,
    batch_id: UUID,
    *,
    opened: int | None = None,
    refusal: DomainError | None = None,
    values: Mapping[str, str] | None = None,
) -> AnyResponse:
    stock = warranties.get_batch(desk.brand_id, batch_id)
    shown: dict[str, Any] = {
        "stock": stock,
        "b": stock.batch,
        "id": ids.show("wbt", batch_id),
        "product": products.list_names(desk.brand_id, [stock.batch.sku])[stock.batch.sku],
        "people": staff.names_of(desk.brand_id),
    }
    return render(
        "console/batch.html",
        422 if refusal else 200,
        **shown,
        opened=opened,
        firsts=range(1, stock.batch.quantity + 1, PRINTED_MAX),
        per_file=PRINTED_MAX,
        sheets=sorted(SHEETS),
        refusal=refusal,
        values=values or {},
        words=words,
    )


def _go_on(stock: warranties.Stock) -> None:
    if stock.waiting is not None:
        _start_work(stock.batch.brand_id)


def _start_work(brand_id: UUID) -> None:
    """Let a worker go on with what batches have left to do, in the caller's transaction."""
    enqueue(run_due, lock=f"jobs:{brand_id}", brand_id=str(brand_id), kinds=[WORK])


def _word(name: str) -> str | None:
    text = request.args.get(name, "").strip()[:100]
    return text if text and is_clean(text) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _file(content: bytes, mimetype: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})
