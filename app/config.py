"""Settings of the process, read once from the environment and refused if unsafe.

Every setting is described in ``docs/operations.md``; a test holds the two together.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

APP_ROLE = "dangol_app"
OWNER_ROLE = "dangol_owner"


class ConfigError(Exception):
    """A setting is missing or malformed; the process must not start."""


def load_config(env: Mapping[str, str]) -> dict[str, Any]:
    """Return Flask's configuration.

    :raises ConfigError: naming the variable and what it should hold
    """
    database = _url(env, "DATABASE_URL")
    named = env.get("DATABASE_OWNER_URL") or env.get("DATABASE_OWNER_URL_FILE")
    owner = _url(env, "DATABASE_OWNER_URL") if named else database
    return {
        "SQLALCHEMY_DATABASE_URI": _as_app(database),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(env, database),
        "DATABASE_OWNER_URL": owner,
        "ENCRYPTION_KEYS": _keys(env, "DANGOL_ENCRYPTION_KEYS"),
        "INDEX_KEY": _key("DANGOL_INDEX_KEY", secret(env, "DANGOL_INDEX_KEY")),
        "LINK_KEYS": _keys(env, "DANGOL_LINK_KEYS") if _given(env, "DANGOL_LINK_KEYS") else {},
        "VAR": Path(env.get("DANGOL_VAR", "var")),
        "STORAGE_URL": _storage_url(env),
        "LOG_LEVEL": _choice(
            env, "DANGOL_LOG_LEVEL", "info", ("debug", "info", "warning", "error")
        ),
        "RATE_LIMIT_PER_SECOND": number(env, "DANGOL_RATE_LIMIT_PER_SECOND", 2000, 1, 1_000_000),
        "WEB_CONCURRENCY": number(env, "WEB_CONCURRENCY", 2, 1, 64),
        "TRUSTED_PROXIES": number(env, "DANGOL_TRUSTED_PROXIES", 0, 0, 10),
        "SOLAPI_URL": env.get("DANGOL_SOLAPI_URL", "https://api.solapi.com"),
        "SOLAPI_KEY": env.get("DANGOL_SOLAPI_KEY"),
        "SOLAPI_SECRET": (
            secret(env, "DANGOL_SOLAPI_SECRET") if env.get("DANGOL_SOLAPI_KEY") else None
        ),
        "SMTP_URL": _smtp_url(env),
        "DEV_OUTBOX": _choice(env, "DANGOL_DEV_OUTBOX", "off", ("on", "off")) == "on",
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "JSON_SORT_KEYS": False,
    }


def secret(env: Mapping[str, str], name: str) -> str:
    """Return ``name``, or the content of the file that ``name_FILE`` points to."""
    if path := env.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE: cannot read {path}: {error.strerror}") from error
    if value := env.get(name):
        return value
    raise ConfigError(f"{name} is not set (nor {name}_FILE). See docs/operations.md.")


def _given(env: Mapping[str, str], name: str) -> bool:
    return bool(env.get(name) or env.get(f"{name}_FILE"))


def number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, str(default))
    try:
        value = int(text)
    except ValueError as error:
        raise ConfigError(f"{name} must be a whole number, not {text!r}.") from error
    if not least <= value <= most:
        raise ConfigError(f"{name} must be from {least} to {most}, not {value}.")
    return value


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name, default)
    if value not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _smtp_url(env: Mapping[str, str]) -> str | None:
    name = "DANGOL_SMTP_URL"
    if not _given(env, name):
        return None
    url = secret(env, name)
    if not re.match(r"(smtp|smtps|smtp\+starttls)://[^/]", url):
        raise ConfigError(f"{name} must begin with smtp+starttls://, smtps:// or smtp://.")
    return url


def _storage_url(env: Mapping[str, str]) -> str:
    name = "DANGOL_STORAGE_URL"
    url = env.get(name)
    if url is None:
        return (Path(env.get("DANGOL_VAR", "var")).absolute() / "blobs").as_uri()
    if not re.match(r"(file:///|s3://[a-z0-9])", url):
        raise ConfigError(f"{name} must begin with file:/// or name a bucket: s3://bucket/prefix.")
    if url.startswith("s3://") and find_spec("obstore") is None:
        raise ConfigError(f"{name} names a bucket: install dangol[s3].")
    return url


def _url(env: Mapping[str, str], name: str) -> URL:
    try:
        url = make_url(secret(env, name))
    except ArgumentError as error:
        raise ConfigError(f"{name} is not a database URL.") from error
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ConfigError(f"{name} must name a PostgreSQL database (postgresql://…).")
    return url.set(drivername="postgresql+psycopg")


def _as_app(url: URL) -> URL:
    """Make every connection act as the role that owns nothing, whoever logs in."""
    if url.username == APP_ROLE:
        return url
    return url.update_query_dict({"options": f"-c role={APP_ROLE}"})


def _engine_options(env: Mapping[str, str], url: URL) -> dict[str, Any]:
    threshold = number(env, "DATABASE_PREPARE_THRESHOLD", 1, -1, 1000)
    return {
        "pool_size": number(env, "DATABASE_POOL_SIZE", 8, 1, 200),
        "max_overflow": 2,
        "pool_timeout": 3,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
        "connect_args": {
            "connect_timeout": 5,
            "prepare_threshold": threshold if threshold >= 0 else None,
            "application_name": "dangol",
        },
    }


def _keys(env: Mapping[str, str], name: str) -> dict[str, bytes]:
    """Read ``id:base64,id:base64``; the first key encrypts, all of them decrypt."""
    keys: dict[str, bytes] = {}
    for part in secret(env, name).split(","):
        key_id, separator, text = part.strip().partition(":")
        if not separator or not key_id:
            raise ConfigError(f"{name} must read id:base64[,id:base64…].")
        keys[key_id] = _key(name, text)
    return keys


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ConfigError(f"{name} is not base64.") from error
    if len(key) != 32:
        raise ConfigError(f"{name} must hold 32 bytes in base64, not {len(key)}.")
    return key
