"""``flask reencrypt``: seal whatever is sealed anew, under the first key.

A sealed value lies in a column ``<name>_sealed`` of a row with an ``id``, sealed for the cell
of that name. So what is sealed is found in the models, and nobody can forget a table. Photos of
requests lie in the storage, where their own feature finds them.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import text
from tqdm import tqdm

from app import crypto
from app.db import db, transact
from app.proving import list_brand_ids
from app.service_requests import services as requests

SUFFIX = "_sealed"
NO_BRAND = UUID(int=0)


@dataclass(frozen=True)
class Column:
    """A column of sealed values; ``name`` is what it is sealed as.

    ``of_brands``: each row belongs to a brand. Accounts of staff belong to none.
    """

    table: str
    name: str
    of_brands: bool = True


@dataclass(frozen=True)
class Chunk:
    """The last row that was looked at, how many were sealed anew, and how many do not open."""

    last: UUID
    sealed: int
    broken: int


def sealed_columns() -> list[Column]:
    """Return every column of sealed values that there is."""
    return [
        Column(table.name, column.name.removesuffix(SUFFIX), "brand_id" in table.columns)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(SUFFIX)
    ]


def reseal_chunk(brand_id: UUID, column: Column, *, after: UUID | None, limit: int) -> Chunk | None:
    """Seal the next values anew that are under another key than the first; None if none is left.

    ``brand_id`` is ``NO_BRAND`` for a column that is not of brands.

    What is under it already is passed over, so it can be stopped and repeated. A value whose
    key is gone stays as it is.
    """
    header = crypto.current_header()
    sealed = f"{column.name}{SUFFIX}"
    ours = "t.brand_id = :brand_id" if column.of_brands else "true"
    rows = db.session.execute(
        text(
            f"SELECT id, {sealed} AS sealed FROM {column.table} t"
            f" WHERE {ours} AND substr({sealed}, 1, :length) <> :header"
            "   AND (CAST(:after AS uuid) IS NULL OR id > :after)"
            " ORDER BY id LIMIT :limit FOR NO KEY UPDATE"
        ),
        {
            "brand_id": brand_id,
            "length": len(header),
            "header": header,
            "after": after,
            "limit": limit,
        },
    ).all()
    if not rows:
        return None
    ids, values = [], []
    for row in rows:
        cell = crypto.Cell(brand_id, column.table, column.name, row.id)
        try:
            values.append(crypto.seal_bytes(crypto.unseal_bytes(bytes(row.sealed), cell), cell))
        except crypto.SealBroken:
            continue
        ids.append(row.id)
    db.session.execute(
        text(
            f"UPDATE {column.table} t SET {sealed} = new.sealed"
            "  FROM unnest(CAST(:ids AS uuid[]), CAST(:values AS bytea[])) AS new (id, sealed)"
            f" WHERE {ours} AND t.id = new.id"
        ),
        {"brand_id": brand_id, "ids": ids, "values": values},
    )
    return Chunk(rows[-1].id, len(ids), len(rows) - len(ids))


@click.command("reencrypt")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--chunk", type=click.IntRange(1, 10_000), default=500)
@with_appcontext
def command(brand_id: UUID | None, chunk: int) -> None:
    """Seal all personal data and secret codes anew under the first of DANGOL_ENCRYPTION_KEYS.

    Needed before an older key is removed. Safe while the service runs, to stop and to
    repeat: what is sealed under the first key already is passed over. Exits 1 if a value
    does not open, because its key is gone.
    """
    sealed = broken = 0
    with tqdm(unit=" values", disable=not sys.stderr.isatty()) as bar:
        for each in [*list_brand_ids(brand_id), *([] if brand_id else [NO_BRAND])]:
            for done in _reseal(each, chunk):
                sealed += done.sealed
                broken += done.broken
                bar.update(done.sealed)
    if broken:
        click.echo(f"{sealed} values sealed anew; {broken} do not open: their key is gone.")
        raise SystemExit(1)
    click.echo(f"{sealed} values sealed anew; nothing is sealed under an older key any more.")


def _reseal(brand_id: UUID, limit: int) -> Iterator[Chunk]:
    yield from _reseal_columns(brand_id, limit)
    if brand_id != NO_BRAND:
        yield from _reseal_photos(brand_id)


def _reseal_photos(brand_id: UUID) -> Iterator[Chunk]:
    """Seal anew what lies in the storage, one file after the other."""
    after: UUID | None = None
    while (
        done := transact(brand_id, lambda: requests.reseal_photo(brand_id, after=after))  # noqa: B023
    ) is not None:
        after, opened = done
        yield Chunk(after, int(opened), int(not opened))


def _reseal_columns(brand_id: UUID, limit: int) -> Iterator[Chunk]:
    for column in sealed_columns():
        if column.of_brands != (brand_id != NO_BRAND):
            continue
        after: UUID | None = None
        while (
            done := transact(
                brand_id,
                lambda: reseal_chunk(brand_id, column, after=after, limit=limit),  # noqa: B023
            )
        ) is not None:
            after = done.last
            yield done
