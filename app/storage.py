"""Where files are kept: a directory, or S3-compatible storage (``DANGOL_STORAGE_URL``).

Files come sealed (see :mod:`app.crypto`) under keys made of ids. Writing a key again
replaces it whole; deleting what is not there is no error.

``put``, ``get`` and ``delete`` use the storage that the application's configuration
names; the classes below know no application.
"""

import os
import re
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

if TYPE_CHECKING:
    from obstore.store import S3Config

_KEY = re.compile(r"[0-9A-Za-z-]+(/[0-9A-Za-z-]+)*")


class Storage(Protocol):
    """A place for files."""

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes | None: ...

    def delete(self, key: str) -> None: ...


def put(key: str, content: bytes) -> None:
    """Keep a file; whoever reads the key finds the old or the new one, whole."""
    _current().put(key, content)


def get(key: str) -> bytes | None:
    """Return a file, None if there is none of this key."""
    return _current().get(key)


def delete(key: str) -> None:
    _current().delete(key)


class Directory:
    """Files under one directory of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def get(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of a file")
        return self.root / key


class Bucket:
    """Files in a bucket of S3-compatible storage.

    ``url`` is ``s3://bucket/prefix?endpoint=…&region=…``; credentials come from the
    environment, as with every tool that speaks S3 (``AWS_ACCESS_KEY_ID``, …), or from
    the machine's own role.
    """

    def __init__(self, url: str) -> None:
        from obstore.store import S3Store

        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        endpoint = options.get("endpoint")
        config: S3Config = {"region": options.get("region", "ap-northeast-2")}
        if endpoint is not None:
            config["endpoint"] = endpoint
        self.store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": "20s",
                "connect_timeout": "5s",
            },
            retry_config={"max_retries": 2},
        )

    def put(self, key: str, content: bytes) -> None:
        self.store.put(key, content)

    def get(self, key: str) -> bytes | None:
        from obstore.exceptions import NotFoundError

        try:
            return bytes(self.store.get(key).bytes())
        except (FileNotFoundError, NotFoundError):
            return None

    def delete(self, key: str) -> None:
        from obstore.exceptions import NotFoundError

        try:
            self.store.delete(key)
        except (FileNotFoundError, NotFoundError):
            return


@lru_cache(maxsize=4)
def open_storage(url: str) -> Storage:
    """Return the storage of a URL: ``file:///…`` or ``s3://…``."""
    parts = urlsplit(url)
    return Directory(Path(unquote(parts.path))) if parts.scheme == "file" else Bucket(url)


def _current() -> Storage:
    return open_storage(current_app.config["STORAGE_URL"])
