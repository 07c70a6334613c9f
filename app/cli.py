"""``flask jobs …``: the worker, and jobs run by hand."""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text
from tqdm import tqdm

from app import clock, job_records, jobs, queue
from app.brands import services as brands
from app.db import db, transaction
from app.job_status import Status, list_statuses

group = AppGroup("jobs", help="Run the worker, or a job by hand.")

_WAITING = text(
    "SELECT task_name, status::text AS status, count(*) AS jobs FROM procrastinate_jobs"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)


@group.command("worker")
@click.option("--once", is_flag=True, help="Stop when no job is waiting.")
def worker(*, once: bool) -> None:
    """Do jobs as they come until SIGTERM."""
    # The application itself: the proxy belongs to this thread, jobs run in others.
    queue.run_worker(current_app._get_current_object(), wait=not once)  # type: ignore[attr-defined]


@group.command("run")
@click.argument("kind", type=click.Choice(list(jobs.PERIODIC)))
@click.option("--brand", "brand_id", type=click.UUID, help="Only for this brand; else for all.")
def run(kind: str, brand_id: UUID | None) -> None:
    """Run one job now, in this process. Repeating it does no harm."""
    failed = 0
    for each in _brand_ids(brand_id):
        with tqdm(desc=f"{kind} {each}", unit="", disable=not sys.stderr.isatty()) as bar:
            try:
                done = jobs.run(kind, each, check=partial(_show, bar))
            except Exception as error:  # the other brands' jobs still run
                failed += 1
                click.echo(f"{each}  failed: {type(error).__name__}", err=True)
            else:
                click.echo(f"{each}  {done}")
    if failed:
        raise SystemExit(1)


def _show(bar: "tqdm[Any]", done: int) -> None:
    bar.update(done - bar.n)


@group.command("list")
@click.option("--brand", "brand_id", type=click.UUID, help="Show this brand's latest runs, too.")
def list_jobs(brand_id: UUID | None) -> None:
    """List the jobs there are, what is waiting, and how a brand's runs went."""
    for kind, job in jobs.PERIODIC.items():
        click.echo(f"{kind:<24} {f'{job.cron} UTC' if job.cron else 'in the night'}")
    with transaction():
        for row in db.session.execute(_WAITING):
            click.echo(f"{row.task_name:<24} {row.status}: {row.jobs}")
    if brand_id is None:
        return
    with transaction(brand_id):
        for each in job_records.list_runs(brand_id):
            state = each.error or ("finished" if each.finished_at else "running")
            click.echo(
                f"{each.started_at:%Y-%m-%d %H:%M:%S}  {each.kind:<24} {each.processed:>9}  {state}"
            )


@group.command("status")
@click.option("--brand", "brand_id", type=click.UUID, help="Only of this brand; else of all.")
@click.option("--json", "as_json", is_flag=True)
def status(brand_id: UUID | None, *, as_json: bool) -> None:
    """Show when each job last succeeded and failed, and what is overdue; exits 1 if any is.

    Late is what a job found past its last day by law, such as wishes to be erased: people
    have to see to it. That ends with 1, too.
    """
    now = clock.now()
    found: dict[UUID, list[Status]] = {}
    for each in _brand_ids(brand_id):
        with transaction(each):
            found[each] = list_statuses(each, now=now)
    if as_json:
        shown = {str(each): [_plain(row) for row in rows] for each, rows in found.items()}
        counted = {"overdue": _count_overdue(found), "late": _count_late(found)}
        click.echo(json.dumps({**counted, "brands": shown}))
    else:
        for each, rows in found.items():
            click.echo(f"{each}")
            for row in rows:
                click.echo(f"  {_line(row)}")
        late = f", {_count_late(found)} late" if _count_late(found) else ""
        click.echo(f"{len(found)} brands: {_count_overdue(found) or 'nothing'} overdue{late}")
    if _count_overdue(found) or _count_late(found):
        raise SystemExit(1)


def _count_overdue(found: dict[UUID, list[Status]]) -> int:
    return sum(row.overdue for rows in found.values() for row in rows)


def _count_late(found: dict[UUID, list[Status]]) -> int:
    return sum(row.late for rows in found.values() for row in rows)


def _line(row: Status) -> str:
    parts = [f"{row.kind:<24} {_time(row.succeeded_at):<19}"]
    if row.through:
        parts.append(f"through {row.through}")
    if row.running_since:
        parts.append(f"running since {_time(row.running_since)}")
    if row.failed_at:
        parts.append(f"failed {_time(row.failed_at)} {row.error}")
    if row.overdue:
        parts.append("OVERDUE")
    if row.late:
        parts.append(f"LATE {row.late}")
    return "  ".join(parts).rstrip()


def _time(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}" if instant else "never"


def _plain(row: Status) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(row).items()
    }


def _brand_ids(brand_id: UUID | None) -> list[UUID]:
    if brand_id is not None:
        return [brand_id]
    with transaction():
        return brands.list_brand_ids()
