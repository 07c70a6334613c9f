"""Labels of a batch: fetched once, again only with a reason, and not for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from app import crypto
from app.brands import services as brands
from app.db import db
from app.labels import Label
from app.products import services as products
from app.warranties.errors import (
    WarrantyBatchNotFound,
    WarrantyDownloadClosed,
    WarrantyDownloadReasonRequired,
    WarrantyHostMissing,
    WarrantyLabelsForgotten,
)
from app.warranties.models import WarrantyBatchDownload, WarrantyUnit
from app.warranties.queries import units as queries
from app.warranties.services.batches import code_cell, lock_batch, print_batch
from app.warranties.services.units import unit_of_serial

OPEN = timedelta(hours=1)
KEPT = timedelta(days=30)  # after the first download


def open_download(
    brand_id: UUID, batch_id: UUID, *, reason: str | None, actor: str, now: datetime
) -> WarrantyBatchDownload:
    """Let the labels of a batch be fetched for an hour. All but the first time need a reason.

    The first sets the day from which they cannot be printed any more.

    :raises WarrantyBatchNotFound: the brand has no such batch
    :raises WarrantyBatchVoid: it is void
    :raises WarrantyBatchBusy: an earlier step is not done yet
    :raises WarrantyHostMissing: the brand has not said where its codes lead
    :raises WarrantyLabelsForgotten: the time to print is over
    :raises WarrantyDownloadReasonRequired: they were fetched before
    """
    batch = lock_batch(brand_id, batch_id)
    _host(brand_id)
    if batch.codes_kept_until is not None and batch.codes_kept_until <= now:
        raise WarrantyLabelsForgotten
    earlier = queries.list_downloads(brand_id, batch_id)
    if earlier and not reason:
        raise WarrantyDownloadReasonRequired(pointer="/reason", times=len(earlier))
    download = WarrantyBatchDownload(
        brand_id=brand_id,
        batch_id=batch_id,
        seq=len(earlier) + 1,
        reason=reason,
        actor=actor,
        at=now,
        open_until=now + OPEN,
    )
    db.session.add(download)
    if not earlier:
        batch.codes_kept_until = now + KEPT
        print_batch(batch, actor=actor, now=now)
    brands.record_audit(
        brand_id,
        actor=actor,
        action="warranty_batch.downloaded",
        subject=f"warranty_batch:{batch_id}",
        now=now,
        after={"download": download.seq, "reason": reason},
    )
    db.session.flush()  # autoflush is off
    return download


def read_labels(
    brand_id: UUID, batch_id: UUID, download: int, *, first: int, last: int, now: datetime
) -> Iterator[tuple[int, Label]]:
    """Yield the labels numbered from first to last, those of void units left out.

    :raises WarrantyBatchNotFound: the brand has no such batch
    :raises WarrantyDownloadClosed: there is no such download, or its hour is over
    """
    batch = queries.find_batch(brand_id, batch_id)
    if batch is None:
        raise WarrantyBatchNotFound
    _check_open(brand_id, batch_id, download, now)
    host, text = _host(brand_id)
    name = products.get_product(brand_id, batch.sku).definition.name
    for unit in queries.list_numbers(brand_id, batch_id, first=first, last=last):
        if unit.code_sealed is None:
            continue
        yield unit.number, _label(unit, host, name, text)


def read_label(brand_id: UUID, serial: str, download: int, *, now: datetime) -> Label:
    """Return the label of one unit, under the same leave as those of its batch.

    :raises UnitNotFound: the brand has no unit of this serial
    :raises WarrantyDownloadClosed: its batch has no such download, or its hour is over
    :raises WarrantyLabelsForgotten: its code is kept no longer, or it is void
    """
    unit = unit_of_serial(brand_id, serial)
    batch = queries.find_batch(brand_id, unit.batch_id)
    if batch is None:
        raise WarrantyBatchNotFound
    _check_open(brand_id, unit.batch_id, download, now)
    if unit.code_sealed is None:
        raise WarrantyLabelsForgotten
    host, text = _host(brand_id)
    return _label(unit, host, products.get_product(brand_id, batch.sku).definition.name, text)


def _check_open(brand_id: UUID, batch_id: UUID, download: int, now: datetime) -> None:
    opened = {each.seq: each for each in queries.list_downloads(brand_id, batch_id)}
    if download not in opened or opened[download].open_until <= now:
        raise WarrantyDownloadClosed


def _label(unit: WarrantyUnit, host: str, name: str, text: str) -> Label:
    code = crypto.unseal(bytes(unit.code_sealed or b""), code_cell(unit.brand_id, unit.id))
    return Label(f"HTTPS://{host.upper()}/Q/{code}", name, unit.serial, text)


def _host(brand_id: UUID) -> tuple[str, str]:
    settings = brands.current_settings(brand_id).warranty
    if settings.host is None:
        raise WarrantyHostMissing
    return settings.host, settings.label_text
