"""``flask import serials``: a batch of units with the maker's own serial numbers, from a file."""

import hashlib
import json
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from app import clock, csvfile, ids, imports, sheetfile
from app.brands import services as brands
from app.csvfile import Column, Row, Table, Unreadable
from app.db import dry_run as db_dry_run
from app.db import transact, transaction
from app.errors import DomainError
from app.warranties import services
from app.warranties.schemas.units import QUANTITY_MAX

COLUMNS = (
    Column(
        "serial",
        ("시리얼", "시리얼번호", "일련번호", "제조번호", "제품번호", "serial_number", "s/n", "sn"),
        required=True,
    ),
)
NO_SERIAL = "시리얼 번호가 비어 있어요."
TOO_MANY = f"한 묶음에 {QUANTITY_MAX:,}개까지 돼요. 파일을 나누어 주세요."
SAME_FILE = "오류 파일은 원본과 다른 이름이어야 해요. --errors를 확인해 주세요."
NOTHING = "시리얼 번호가 한 줄도 없어요."
DAY = click.DateTime(["%Y-%m-%d"])


@imports.group.command("serials")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brand", "brand_id", type=click.UUID, required=True)
@click.option("--product", "sku", required=True, help="SKU of the product that they are of.")
@click.option("--channel", help="Sales channel that they are allocated to.")
@click.option("--manufactured-on", type=DAY)
@click.option("--import-cleared-on", type=DAY)
@click.option("--dry-run", is_flag=True, help="Do all of it and undo it again.")
@click.option(
    "--errors",
    "errors_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where bad rows go, with the reasons; FILE.errors.csv if not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    path: Path,
    brand_id: UUID,
    sku: str,
    channel: str | None,
    manufactured_on: datetime | None,
    import_cleared_on: datetime | None,
    errors_path: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make a batch of units with the serials of a file (CSV in UTF-8 or CP949, or XLSX).

    All of them or none: if a row is bad, nothing is made, and every bad row is written to
    a file with the reason beside it (exit status 1).
    """
    errors_path = errors_path or path.with_name(f"{path.stem}.errors.csv")
    details: dict[str, Any] = {
        "channel": channel,
        "manufactured_on": _day(manufactured_on),
        "import_cleared_on": _day(import_cleared_on),
    }
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "sheet.csv"
            if sheetfile.is_sheet(path):
                sheetfile.write_csv(path, source)
            table = csvfile.open_table(source if source.exists() else path, COLUMNS)
            summary = _import(
                table, brand_id, sku, details, errors_path, source=path, dry_run=dry_run
            )
    except (Unreadable, DomainError) as error:
        raise click.UsageError(
            error.sentence("ko") if isinstance(error, DomainError) else str(error)
        ) from error
    _print({"dry_run": dry_run, **summary}, as_json=as_json)
    if summary["refused"]:
        sys.exit(1)


def _import(
    table: Table,
    brand_id: UUID,
    sku: str,
    details: dict[str, Any],
    errors_path: Path,
    *,
    source: Path,
    dry_run: bool,
) -> dict[str, Any]:
    if errors_path.resolve() == source.resolve():
        raise Unreadable(SAME_FILE)
    rows = list(table.rows())
    if not rows:
        raise Unreadable(NOTHING)
    if len(rows) > QUANTITY_MAX:
        raise Unreadable(TOO_MANY)
    with transaction(brand_id):
        brands.get_brand(brand_id)
        reasons = _reasons(brand_id, sku, rows)
    if reasons:
        with csvfile.ErrorFile(errors_path, table.header) as errors:
            for row in rows:
                if row.number in reasons:
                    errors.write(row, f"{row.number}번째 줄: {reasons[row.number]}")
        return {"rows": len(rows), "refused": len(reasons), "batch": None,
                "first_line": min(reasons), "errors_file": str(errors_path)}  # fmt: skip

    def use_case() -> UUID:
        stock = services.create_batch(
            brand_id,
            sku,
            len(rows),
            **details,
            serials=[row.cells["serial"] for row in rows],
            actor="cli",
            now=brands.brand_now(brand_id, clock.now()),
        )
        brands.record_audit(
            brand_id,
            actor="cli",
            action="warranty_batch.imported",
            subject=f"warranty_batch:{stock.batch.id}",
            now=clock.now(),
            after={"rows": len(rows), "sha256": _digest(source)},
        )
        return stock.batch.id

    batch_id = (db_dry_run if dry_run else transact)(brand_id, use_case)
    shown = None if dry_run else ids.show("wbt", batch_id)
    return {"rows": len(rows), "refused": 0, "batch": shown, "errors_file": None}


def _reasons(brand_id: UUID, sku: str, rows: list[Row]) -> dict[int, str]:
    """Return what is wrong with each row, by its line."""
    found = {
        row.number: row.fault or NO_SERIAL
        for row in rows
        if row.fault is not None or "serial" not in row.cells
    }
    good = [row for row in rows if row.number not in found]
    serials = [row.cells["serial"] for row in good]
    for place, error in services.faults_of_serials(brand_id, sku, serials):
        found.setdefault(good[place].number, error.sentence("ko"))
    return found


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _print(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    elif summary["refused"]:
        click.echo(
            f"serials: {summary['rows']}줄 중 {summary['refused']}줄에 오류가 있어 아무것도 만들지"
            f" 않았어요(처음: {summary['first_line']}번째 줄). 고칠 줄: {summary['errors_file']}"
        )
    elif summary["dry_run"]:
        click.echo(f"serials: {summary['rows']}줄 · 확인만 했어요(--dry-run).")
    else:
        click.echo(f"serials: {summary['rows']}개를 만들었어요({summary['batch']}).")
