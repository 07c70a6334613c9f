"""gunicorn's settings: threads, because a request mostly waits for PostgreSQL.

Every setting that may be changed is an environment variable, see docs/operations.md.
"""

import os
from pathlib import Path

bind = f"{os.environ.get('DANGOL_HOST', '127.0.0.1')}:{os.environ.get('DANGOL_PORT', '8000')}"
wsgi_app = "wsgi:app"

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
# One application for all workers: less memory, and a killed worker is back at once.
preload_app = True

timeout = 30
graceful_timeout = 10
keepalive = 5
# A leak, should there be one, never grows old; jitter keeps workers from leaving together.
max_requests = 200_000
max_requests_jitter = 40_000

# Heartbeats are files: on a disk they can block the worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# It would open a socket below $HOME, which may not be writable.
control_socket_disable = True

# The application logs its own requests, as JSON and without personal data.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("DANGOL_LOG_LEVEL", "info")

# The workers' metrics meet in files of this folder. prometheus_client looks for the
# variable when it is imported, so nothing that needs it is imported above.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    folder = Path(os.environ.get("DANGOL_VAR", "var")).resolve() / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def post_fork(server, worker):
    """Give each worker connections of its own; those of the master stay the master's."""
    from app.db import db

    application = worker.app.wsgi()
    with application.app_context():
        db.engine.dispose(close=False)


def child_exit(server, worker):
    """Forget the gauges of a worker that is gone."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
