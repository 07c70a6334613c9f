"""``flask jobs …``: the worker, and jobs run by hand."""

import sys
from functools import partial
from typing import Any
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text
from tqdm import tqdm

from app import jobs, queue
from app.brands import services as brands
from app.db import db, transaction

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
    if brand_id is None:
        with transaction():
            brand_ids = brands.list_brand_ids()
    else:
        brand_ids = [brand_id]
    failed = 0
    for each in brand_ids:
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
        click.echo(f"{kind:<24} {job.cron} UTC")
    with transaction():
        for row in db.session.execute(_WAITING):
            click.echo(f"{row.task_name:<24} {row.status}: {row.jobs}")
    if brand_id is None:
        return
    with transaction(brand_id):
        for each in jobs.list_runs(brand_id):
            state = each.error or ("finished" if each.finished_at else "running")
            click.echo(
                f"{each.started_at:%Y-%m-%d %H:%M:%S}  {each.kind:<24} {each.processed:>9}  {state}"
            )
