"""``flask import … FILE.csv``: bring what a brand has into Dangol.

A feature describes its file in an :class:`Importer`; everything else is here. The
whole file is checked before the first row is written. Bad rows go to a file of
their own with the reason beside each, good ones are kept, in transactions of a few
hundred. An import rests on natural keys: run again, it changes nothing that is
there, so an import that was cut off is simply run again. The format is described in
``docs/import.md``.
"""

import hashlib
import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import UUID

import click
from flask.cli import AppGroup
from marshmallow import ValidationError
from tqdm import tqdm

from app import clock, csvfile
from app.brands import services as brands
from app.csvfile import Column, Row, Unreadable
from app.db import db, transact, transaction
from app.db import dry_run as db_dry_run
from app.errors import DomainError
from app.web.messages import translated

R = TypeVar("R")

Results = list[tuple[str, str | None]]  # the outcome of each unit, or why it was refused

CHUNK = 500
OUTCOMES = ("created", "changed", "unchanged")

TWICE = "같은 {key}이(가) 파일 앞쪽에도 있어요. 한 번만 남겨 주세요."
PARTED = "같은 {key}의 줄들은 이어서 써 주세요. 앞쪽에 떨어져 있어요."
COMPANION = "같은 {key}의 다른 줄에 오류가 있어 함께 빠졌어요."

group = AppGroup("import", help="Import members or orders from a CSV file.")


@dataclass(frozen=True)
class Importer(Generic[R]):
    """How one kind of file is read and what is done with it.

    Rows with the same text in ``key_column`` make one unit; with ``several`` a unit may
    have more rows than one, which must follow each other. ``apply`` is a use case: it
    is called in a transaction of the brand, must be repeatable, and says what it did:
    one of :data:`OUTCOMES`. ``apply_all`` does the same for many units in fewer steps,
    all of them or none. ``record`` writes the audit record of a finished import.
    """

    kind: str
    columns: Sequence[Column]
    key_column: str
    read: Callable[[dict[str, str]], R]
    apply: Callable[[UUID, Sequence[R], datetime], str]
    record: Callable[[UUID, Mapping[str, int], str, datetime], None]
    apply_all: Callable[[UUID, Sequence[Sequence[R]], datetime], Sequence[str]] | None = None
    several: bool = False


@dataclass
class Unit(Generic[R]):
    """Rows that are imported or refused together."""

    rows: list[Row]
    values: list[R]


@dataclass
class Summary:
    """What became of a file."""

    kind: str
    dry_run: bool
    encoding: str
    rows: int = 0
    refused: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    ignored_columns: tuple[str, ...] = ()
    errors_file: str | None = None

    def counts(self) -> dict[str, int]:
        return {"rows": self.rows, "refused": self.refused, **self.outcomes}


def command(importer: Importer[Any]) -> click.Command:
    """Return the ``flask import`` command of an importer."""

    @group.command(importer.kind)
    @click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--brand", "brand_id", type=click.UUID, required=True)
    @click.option("--dry-run", is_flag=True, help="Do all of it and undo it again.")
    @click.option(
        "--errors",
        "errors_path",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Where bad rows go, with the reasons; FILE.errors.csv if not given.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
    def run(
        path: Path, brand_id: UUID, errors_path: Path | None, *, dry_run: bool, as_json: bool
    ) -> None:
        errors_path = errors_path or path.with_name(f"{path.stem}.errors.csv")
        try:
            summary = run_import(importer, path, brand_id, errors_path, dry_run=dry_run)
        except (Unreadable, DomainError) as error:
            raise click.UsageError(
                error.sentence("ko") if isinstance(error, DomainError) else str(error)
            ) from error
        _print(summary, as_json=as_json)
        if summary.refused:
            sys.exit(1)

    run.help = (
        f"Import {importer.kind} from a CSV file (UTF-8 or CP949).\n\n"
        "The whole file is checked first. Bad rows are written to a file with the"
        " reason beside each (exit status 1), good rows are kept. Run again, it"
        " imports nothing twice."
    )
    return run


def run_import(
    importer: Importer[R], path: Path, brand_id: UUID, errors_path: Path, *, dry_run: bool
) -> Summary:
    """Check the file, then import what is good in it; a ``dry_run`` undoes every chunk.

    :raises Unreadable: it is no CSV file of this kind; nothing was imported
    :raises BrandNotFound: there is no such brand
    """
    if errors_path.resolve() == path.resolve():
        raise Unreadable("오류 파일은 원본과 다른 이름이어야 해요. --errors를 확인해 주세요.")
    with transaction(brand_id):
        brands.get_brand(brand_id)
    table = csvfile.open_table(path, importer.columns)
    summary = Summary(importer.kind, dry_run, table.encoding, ignored_columns=table.ignored)
    with csvfile.ErrorFile(errors_path, table.header) as errors:
        bad = _check(importer, table, errors, summary)
        _import(importer, table, brand_id, bad, errors, summary)
        summary.refused = errors.rows
        summary.errors_file = str(errors_path) if errors.rows else None
    if not dry_run:
        _record(importer, path, brand_id, summary)
    return summary


def _check(
    importer: Importer[R], table: csvfile.Table, errors: csvfile.ErrorFile, summary: Summary
) -> set[int]:
    """Read every row once; write the bad ones down and return their numbers."""
    found = _Faults()
    with _bar(f"{importer.kind}: 검사", None) as bar:
        for row in table.rows():
            summary.rows += 1
            bar.update()
            _check_row(importer, table, row, found)
    bad: set[int] = set()
    if not found.reasons and not found.units:
        return bad
    label = table.label(importer.key_column)
    for row in table.rows():
        reason = found.reasons.get(row.number)
        if reason is None and _key_digest(importer, table, row) in found.units:
            reason = COMPANION.format(key=label)
        if reason is not None:
            errors.write(row, reason)
            bad.add(row.number)
    return bad


@dataclass
class _Faults:
    """What is wrong with a file: rows with reasons, and units that fall with one of theirs."""

    reasons: dict[int, str] = field(default_factory=dict)
    units: set[bytes | None] = field(default_factory=set)
    seen: set[bytes] = field(default_factory=set)
    current: bytes | None = None
    stray: bool = False  # the last row does not tell which unit it belongs to


def _check_row(importer: Importer[R], table: csvfile.Table, row: Row, found: _Faults) -> None:
    key = _key_digest(importer, table, row)
    reason = row.fault
    if reason is None:
        try:
            importer.read(row.cells)
        except ValidationError as error:
            reason = _reasons(error, table)
    if key is not None and key in found.seen and not (importer.several and key == found.current):
        text = PARTED if importer.several else TWICE
        reason = reason or text.format(key=table.label(importer.key_column))
    if reason is not None:
        found.reasons[row.number] = reason
    if importer.several:
        # A unit without one of its rows would be another unit: it is refused as a whole.
        if (reason is not None or found.stray) and key is not None:
            found.units.add(key)
        if key is None and found.current is not None:
            found.units.add(found.current)
        found.stray = key is None
    if key is not None:
        found.seen.add(key)
        found.current = key


def _key_digest(importer: Importer[R], table: csvfile.Table, row: Row) -> bytes | None:
    """Return what stands for the key of a row, None if the row does not tell it.

    Keys may be personal and many: a digest takes less room and tells nothing.
    """
    key = row.cells.get(importer.key_column)
    if row.fault is not None and table.positions[importer.key_column] == 0:
        # Only the first cell is certain in a row of more or fewer cells than columns.
        key = csvfile.unescaped(row.raw[0]).strip()
    if not key:
        return None
    return hashlib.blake2b(_composed(key).encode(), digest_size=16).digest()


def _composed(key: str) -> str:
    return unicodedata.normalize("NFC", key)


def _import(
    importer: Importer[R],
    table: csvfile.Table,
    brand_id: UUID,
    bad: set[int],
    errors: csvfile.ErrorFile,
    summary: Summary,
) -> None:
    run = db_dry_run if summary.dry_run else transact
    with _bar(f"{importer.kind}: 가져오기", summary.rows) as bar:
        bar.update(len(bad))
        for chunk in _chunks(_good_units(importer, table, bad)):
            for unit, (outcome, reason) in zip(
                chunk, _apply(importer, brand_id, chunk, run), strict=True
            ):
                bar.update(len(unit.rows))
                if reason is not None:
                    for row in unit.rows:
                        errors.write(row, reason)
                else:
                    summary.outcomes[outcome] += 1
            errors.flush()


def _good_units(importer: Importer[R], table: csvfile.Table, bad: set[int]) -> Iterator[Unit[R]]:
    unit: Unit[R] | None = None
    current: str | None = None
    for row in table.rows():
        if row.number in bad:
            continue
        value = importer.read(row.cells)
        key = _composed(row.cells[importer.key_column])
        if unit is None or key != current:
            if unit is not None:
                yield unit
            unit, current = Unit([], []), key
        unit.rows.append(row)
        unit.values.append(value)
    if unit is not None:
        yield unit


def _chunks(units: Iterator[Unit[R]]) -> Iterator[list[Unit[R]]]:
    chunk: list[Unit[R]] = []
    for unit in units:
        chunk.append(unit)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _apply(
    importer: Importer[R],
    brand_id: UUID,
    units: Sequence[Unit[R]],
    run: Callable[[UUID, Callable[[], Results]], Results],
) -> Results:
    """Import a chunk in one transaction; return the outcome of each unit, or why not.

    A refusal is rare, so the chunk is first tried without savepoints, and again with
    one for each unit if there is a refusal in it.
    """

    def all_at_once() -> Results:
        now = brands.brand_now(brand_id, clock.now())
        if importer.apply_all is not None:
            values = [unit.values for unit in units]
            return [(outcome, None) for outcome in importer.apply_all(brand_id, values, now)]
        return [(importer.apply(brand_id, unit.values, now), None) for unit in units]

    def one_by_one() -> Results:
        now = brands.brand_now(brand_id, clock.now())
        results: Results = []
        for unit in units:
            try:
                with db.session.begin_nested():
                    results.append((importer.apply(brand_id, unit.values, now), None))
            except DomainError as error:
                results.append(("", error.sentence("ko")))
        return results

    try:
        return run(brand_id, all_at_once)
    except DomainError:
        return run(brand_id, one_by_one)


def _record(importer: Importer[Any], path: Path, brand_id: UUID, summary: Summary) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction(brand_id):
        importer.record(brand_id, summary.counts(), digest, clock.now())


def _reasons(error: ValidationError, table: csvfile.Table) -> str:
    """Return what is wrong with a row, each sentence after the column it is about."""
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return " / ".join(
        f"{table.label(name)}: {translated(str(sentence), 'ko')}"
        for name, inner in messages.items()
        for sentence in _sentences(inner)
    )


def _sentences(messages: Any) -> Iterator[object]:
    if isinstance(messages, dict):
        messages = messages.values()
    elif not isinstance(messages, list):
        yield messages
        return
    for inner in messages:
        yield from _sentences(inner)


def _bar(title: str, total: int | None) -> "tqdm[Any]":
    return tqdm(desc=title, total=total, unit="줄", disable=not sys.stderr.isatty())


def _print(summary: Summary, *, as_json: bool) -> None:
    if as_json:
        shown = {
            "kind": summary.kind,
            "dry_run": summary.dry_run,
            "encoding": summary.encoding,
            **summary.counts(),
            "ignored_columns": list(summary.ignored_columns),
            "errors_file": summary.errors_file,
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    outcomes = summary.outcomes
    done = (
        f"새로 {outcomes['created']} · 바뀜 {outcomes['changed']} · 그대로 {outcomes['unchanged']}"
    )
    if summary.dry_run:
        done += " · 확인만 했어요(--dry-run). 아무것도 바꾸지 않았어요."
    click.echo(f"{summary.kind}: {summary.rows}줄 ({summary.encoding}) · {done}")
    if summary.ignored_columns:
        click.echo(f"쓰지 않은 열: {', '.join(summary.ignored_columns)}")
    if summary.errors_file:
        click.echo(f"오류 {summary.refused}줄: {summary.errors_file}")
        click.echo("고친 뒤 그 파일만 다시 가져오면 돼요.")
