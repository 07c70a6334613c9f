"""What jobs leave behind: runs that did something, the last of each kind, nights.

``job_states`` has one row for each brand and kind, however often it runs. It is read
over all brands (``flask jobs status``, ``/metrics``), says nothing of what a brand
does, and therefore stands outside of row-level security; see ``db.DIRECTORY_TABLES``.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, db


class JobRun(Model):
    """A run that found something to do, or failed; its progress while it goes on."""

    __tablename__ = "job_runs"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    as_of: Mapped[datetime]
    processed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class JobState(Model):
    """How a kind of job last went for a brand."""

    __tablename__ = "job_states"

    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand_directory.brand_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    # The latest run, as long as it goes on. One that was killed stays until the next begins.
    run_id: Mapped[UUID | None]
    running_since: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)  # of the last failure: its class alone
    runs: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(BigInteger)
    # What the job found whose last day by law is over, and which people have to see to.
    late: Mapped[int] = mapped_column(BigInteger, server_default="0")


class JobDay(Model):
    """A local day of a brand and how far its work has come; see ``app.nightly``."""

    __tablename__ = "job_days"
    __table_args__ = (ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[str | None] = mapped_column(Text)  # the last that is done
    processed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


_BEGIN = text(
    "INSERT INTO job_states (brand_id, kind, run_id, running_since, runs, failures)"
    " VALUES (:brand_id, :kind, :run_id, :now, 0, 0)"
    " ON CONFLICT (brand_id, kind) DO UPDATE"
    "    SET run_id = excluded.run_id, running_since = excluded.running_since"
)
# Of two runs at once, the one that began later says when nothing runs any more.
_END = text(
    "UPDATE job_states"
    "   SET run_id = NULLIF(run_id, :run_id),"
    "       running_since = CASE WHEN run_id = :run_id THEN NULL ELSE running_since END,"
    "       runs = runs + 1,"
    "       succeeded_at = CASE WHEN CAST(:error AS text) IS NULL THEN :now ELSE succeeded_at END,"
    "       failed_at = CASE WHEN CAST(:error AS text) IS NULL THEN failed_at ELSE :now END,"
    "       error = coalesce(:error, error),"
    "       failures = failures + CASE WHEN CAST(:error AS text) IS NULL THEN 0 ELSE 1 END"
    " WHERE brand_id = :brand_id AND kind = :kind"
)
_LEAVE = text(
    "UPDATE job_states SET run_id = NULL, running_since = NULL"
    " WHERE brand_id = :brand_id AND kind = :kind AND run_id = :run_id"
)


def begin_run(brand_id: UUID, kind: str, run_id: UUID, now: datetime) -> None:
    values = {"brand_id": brand_id, "kind": kind, "run_id": run_id, "now": now}
    db.session.execute(_BEGIN, values)


def end_run(brand_id: UUID, kind: str, run_id: UUID, now: datetime, error: str | None) -> None:
    """Count a run that went to its end, well or not."""
    values = {"brand_id": brand_id, "kind": kind, "run_id": run_id, "now": now, "error": error}
    db.session.execute(_END, values)


def leave_run(brand_id: UUID, kind: str, run_id: UUID) -> None:
    """Take note that a run was stopped half-way; it neither succeeded nor failed."""
    db.session.execute(_LEAVE, {"brand_id": brand_id, "kind": kind, "run_id": run_id})


_SUCCESSES = text(
    "INSERT INTO job_states (brand_id, kind, succeeded_at, runs, failures)"
    " SELECT :brand_id, kind, :now, 1, 0 FROM unnest(CAST(:kinds AS text[])) AS kind ORDER BY kind"
    " ON CONFLICT (brand_id, kind) DO UPDATE"
    "    SET succeeded_at = excluded.succeeded_at, runs = job_states.runs + 1"
)
_FAILURE = text(
    "INSERT INTO job_states (brand_id, kind, failed_at, error, runs, failures)"
    " VALUES (:brand_id, :kind, :now, :error, 1, 1)"
    " ON CONFLICT (brand_id, kind) DO UPDATE"
    "    SET failed_at = excluded.failed_at, error = excluded.error,"
    "        runs = job_states.runs + 1, failures = job_states.failures + 1"
)


def add_successes(brand_id: UUID, kinds: Collection[str], now: datetime) -> None:
    """Count a success of each kind, of jobs that were part of another's run."""
    db.session.execute(_SUCCESSES, {"brand_id": brand_id, "kinds": list(kinds), "now": now})


def add_failure(brand_id: UUID, kind: str, error: str, now: datetime) -> None:
    values = {"brand_id": brand_id, "kind": kind, "error": error, "now": now}
    db.session.execute(_FAILURE, values)


_LATE = text(
    "INSERT INTO job_states (brand_id, kind, runs, failures, late)"
    " VALUES (:brand_id, :kind, 0, 0, :late)"
    " ON CONFLICT (brand_id, kind) DO UPDATE SET late = excluded.late"
    "  WHERE job_states.late <> excluded.late"
)


def record_late(brand_id: UUID, kind: str, late: int) -> None:
    """Write down how many things a job found that are past their last day."""
    db.session.execute(_LATE, {"brand_id": brand_id, "kind": kind, "late": late})


def list_runs(brand_id: UUID, *, limit: int = 50) -> list[JobRun]:
    """Return the latest runs of a brand's jobs, newest first."""
    return list(
        db.session.scalars(
            select(JobRun)
            .where(JobRun.brand_id == brand_id)
            .order_by(JobRun.id.desc())
            .limit(limit)
        )
    )


def list_states(brand_id: UUID) -> dict[str, JobState]:
    """Return how each kind last went for a brand, by kind."""
    found = db.session.scalars(select(JobState).where(JobState.brand_id == brand_id))
    return {state.kind: state for state in found}
