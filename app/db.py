"""The database: models' base, the one unit of work, and the brand it belongs to.

Isolation is PostgreSQL's: every brand table has row-level security, forced, and
shows only the rows of ``app.brand_id``, which :func:`transaction` sets for the
transaction alone. A forgotten filter therefore shows nothing of another brand.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from prometheus_client import Counter
from sqlalchemy import DateTime, Dialect, MetaData, Uuid, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Serialisation failure, deadlock, lock not available, and unique violation: who loses
# the race for a key finds the winner's row the second time (PostgreSQL, appendix A).
RETRIED = {"40001", "40P01", "55P03", "23505"}
ATTEMPTS = 4

RETRIES = Counter("dangol_transaction_retries", "Units of work run again", ["reason"])


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values, returns aware UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), UUID: Uuid()},
    )


db = SQLAlchemy(
    model_class=Base,
    session_options={"autoflush": False, "expire_on_commit": False},
    disable_autonaming=True,
)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

# Tables that are read before the brand is known, or over all brands. They hold nothing but
# the way from a global name to its brand, when jobs last ran, counters of hashed keys, and
# the accounts of staff, who may work for several brands: hashes and sealed values.
DIRECTORY_TABLES = frozenset(
    {
        "brand_directory",
        "api_key_directory",
        "brand_hosts",
        "job_states",
        "verification_limits",
        "staff_people",
        "staff_directory",
        "staff_recovery_codes",
        "staff_sessions",
    }
)

_SET_BRAND = text("SELECT set_config('app.brand_id', :brand_id, true)")


@contextmanager
def transaction(brand_id: UUID | None = None) -> Iterator[None]:
    """Run one unit of work: commit when the block ends, roll back when it raises.

    Only entry points (routes, pages, commands, jobs) open one; it does not nest.
    Without ``brand_id`` no brand's rows are visible.
    """
    session = db.session()
    if session.info.get("unit_of_work"):
        raise RuntimeError("transaction() does not nest; open it in the entry point")
    session.rollback()  # ends a read transaction that an earlier failure left open
    session.info["unit_of_work"] = True
    try:
        if brand_id is not None:
            use_brand(brand_id)
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["unit_of_work"] = False


def use_brand(brand_id: UUID) -> None:
    """Make the rows of one brand, and no other's, visible until the transaction ends."""
    db.session.execute(_SET_BRAND, {"brand_id": str(brand_id)})


def transact(brand_id: UUID | None, use_case: Callable[[], T]) -> T:
    """Run ``use_case`` in one transaction of the brand, again if the database asks for it.

    Deadlocks, lost races for a key and lost connections are retried with full
    jitter. A lost answer to COMMIT is retried too, so ``use_case`` must find out by
    itself that its work is already done (idempotency key, upsert).
    """

    def once() -> T:
        with transaction(brand_id):
            return use_case()

    return _try_again(once)


def _try_again(once: Callable[[], T]) -> T:
    for attempt in range(1, ATTEMPTS):
        try:
            return once()
        except DBAPIError as error:
            reason = _retry_reason(error)
            if reason is None:
                raise
            RETRIES.labels(reason).inc()
            time.sleep(random.uniform(0, 0.05 * 4**attempt))  # noqa: S311 - jitter, not a secret
    return once()


class _Undo(Exception):
    """Ends the transaction of a dry run."""


def dry_run(brand_id: UUID, use_case: Callable[[], T]) -> T:
    """Run ``use_case`` as it would really run, return its answer, and undo all of it.

    It is tried again as ``transact`` does.
    """

    def once() -> T:
        result: list[T] = []
        with suppress(_Undo), transaction(brand_id):
            result.append(use_case())
            raise _Undo
        return result[0]

    return _try_again(once)


def _retry_reason(error: DBAPIError) -> str | None:
    if error.connection_invalidated:
        return "connection"
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate in RETRIED:
        return str(sqlstate)
    if sqlstate is None and type(error.orig).__name__ == "OperationalError":
        return "connection"  # refused or cut while the server restarts
    return None


def violated_constraint(error: DBAPIError) -> str | None:
    """Return the name of the constraint that refused a write, or None."""
    diagnostics: Any = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    return str(name) if name else None
