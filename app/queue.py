"""Jobs wait in PostgreSQL and are done by a worker (procrastinate).

A job put in by :func:`enqueue` travels on the request's own connection: it is there
when the transaction commits, and was never there when it rolls back. A job may run
twice, late, or on two machines at once; its arguments hold ids, never personal data.
"""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import procrastinate
from flask import Flask
from procrastinate import JobContext, RetryStrategy
from procrastinate.exceptions import JobAborted
from procrastinate.manager import QUEUEING_LOCK_CONSTRAINT
from procrastinate.tasks import Task
from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError

from app.db import db, violated_constraint

# A worker beats every 10 s; one that has been silent this long is dead.
SILENT_SECONDS = 30
# What a running job has from SIGTERM on before it is asked to stop after its chunk.
GRACE_SECONDS = 2.0
HISTORY_HOURS = 24 * 14

tasks = procrastinate.App(connector=procrastinate.PsycopgConnector(), import_paths=["app.jobs"])

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, CAST(:priority AS integer),"
    " :lock, :queueing_lock, CAST(:args AS jsonb), CAST(:run_at AS timestamptz))"
    "]::procrastinate_job_to_defer_v1[])"
)


def enqueue(
    task: "Task[Any, Any, Any] | str",
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    run_at: datetime | None = None,
    **args: Any,
) -> bool:
    """Put a job in the queue, in the transaction of the caller.

    Jobs with the same ``lock`` run one after another. With ``queueing_lock`` (here or
    in the task), one waiting job is enough: if there is one already, False is returned.
    Services, which know no jobs, name the task.
    """
    configure = (
        partial(tasks.configure_task, task, allow_unknown=True)
        if isinstance(task, str)
        else task.configure
    )
    job = configure(lock=lock, queueing_lock=queueing_lock, schedule_at=run_at).job
    # The statement goes through the session, so that a lost connection is told apart
    # and retried as any other.
    parameters = {
        "queue": job.queue,
        "task": job.task_name,
        "priority": job.priority,
        "lock": job.lock,
        "queueing_lock": job.queueing_lock,
        "args": json.dumps(args),
        "run_at": job.scheduled_at,
    }
    if job.queueing_lock is None:
        db.session.execute(_DEFER, parameters)
        return True
    try:
        with db.session.begin_nested():  # a refusal must not end the whole transaction
            db.session.execute(_DEFER, parameters)
    except IntegrityError as error:
        if violated_constraint(error) == QUEUEING_LOCK_CONSTRAINT:
            return False
        raise
    return True


def stop_if_asked(context: JobContext) -> None:
    """Leave the job if its worker is to stop; it is taken up again later.

    :raises JobAborted: caught by the worker
    """
    if context.should_abort():
        raise JobAborted


def run_worker(app: Flask, *, wait: bool = True, silent_seconds: float = SILENT_SECONDS) -> None:
    """Do jobs until SIGTERM or SIGINT; without ``wait``, until none is waiting."""

    def in_app_context(call_next: Callable[[], Any], *_: Any) -> Any:
        with app.app_context():
            return call_next()

    connector = procrastinate.PsycopgConnector(
        conninfo=_conninfo(make_url(app.config["SQLALCHEMY_DATABASE_URI"])),
        min_size=1,
        max_size=4,
    )
    with tasks.replace_connector(connector):
        tasks.run_worker(
            wait=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=silent_seconds / 3,
            stalled_worker_timeout=silent_seconds,
            task_middleware=[in_app_context],
            additional_context={"silent_seconds": silent_seconds},
        )


def _conninfo(url: URL) -> str:
    parts: dict[str, Any] = {
        **url.translate_connect_args(username="user", database="dbname"),
        **url.query,
        "application_name": "dangol-worker",
    }
    return make_conninfo(**parts)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="queue.revive", queueing_lock="queue.revive", pass_context=True)
async def revive(context: JobContext, timestamp: int) -> None:
    """Put the jobs of dead workers back in the queue."""
    silent_seconds = context.additional_context["silent_seconds"]
    for job in await tasks.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        await tasks.job_manager.retry_job(job)


@tasks.periodic(cron="23 3 * * *")
@tasks.task(name="queue.forget", queueing_lock="queue.forget", retry=RetryStrategy(max_attempts=3))
async def forget(timestamp: int) -> None:
    """Delete jobs that failed long ago; those that succeeded are deleted at once."""
    await tasks.job_manager.delete_old_jobs(
        HISTORY_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
