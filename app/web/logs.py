"""One JSON line for each thing worth knowing, on standard output.

No line holds personal data: no query strings, no bodies, no names, and of an
exception its kind and where it happened, never its message.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from structlog.typing import EventDict, WrappedLogger

from app import clock

_LEVELS = logging.getLevelNamesMapping()
# How much other libraries may say; what they tell of ordinary work is not ours to vouch for.
_LEVEL_OF_OTHERS = logging.WARNING

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class StandardOutput:
    """Writes each line with one call, so that lines of threads and workers never mix."""

    def msg(self, line: str) -> None:
        _write(line)

    debug = info = warning = error = critical = msg


def configure(level: str) -> None:
    """Set up structlog, and the standard library's loggers behind it."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _without_message, _line],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        logger_factory=lambda *_: StandardOutput(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_OthersFormatter())
    logging.basicConfig(handlers=[handler], level=max(_LEVELS[level.upper()], _LEVEL_OF_OTHERS))


def access_log(level: str) -> Callable[..., None] | None:
    """Return what writes the line of a request, None if the level asks for none."""
    return _access if _LEVELS[level.upper()] <= logging.INFO else None


def _access(
    *,
    method: str,
    route: str,
    status: str,
    ms: float,
    request_id: str,
    brand_id: UUID | None,
    code: str | None,
) -> None:
    # Put together by hand, as it is written for every request: none of the values, all of
    # them our own or checked, holds anything that JSON would have to escape.
    brand = f'"{brand_id}"' if brand_id else "null"
    problem = f'"{code}"' if code else "null"
    _write(
        f'{{"at":"{clock.now().isoformat()}","level":"info","event":"request",'
        f'"method":"{method}","route":"{route}","status":{status},"ms":{ms:.2f},'
        f'"request_id":"{request_id}","brand_id":{brand},"code":{problem}}}'
    )


def _write(line: str) -> None:
    try:
        os.write(1, line.encode("utf-8", "backslashreplace") + b"\n")
    except OSError:
        # Nobody reads; a request must not fail for want of a log.
        return


def about(error: BaseException) -> dict[str, Any]:
    """Describe an exception without its message, which may hold personal data."""
    original = getattr(error, "orig", None) or error
    frames = traceback.extract_tb(error.__traceback__)
    known = {
        "error": type(original).__qualname__,
        "cause": type(error.__cause__).__qualname__ if error.__cause__ else None,
        "sqlstate": getattr(original, "sqlstate", None),
        "frames": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    return {name: value for name, value in known.items() if value}


def _without_message(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Turn ``exc_info`` (an exception, or True inside ``except``) into what may be told."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event.update(about(error))
    elif error:
        current = sys.exc_info()[1]
        if current is not None:
            event.update(about(current))
    return event


def _line(_: WrappedLogger, level: str, event: EventDict) -> str:
    return _encode({"at": clock.now().isoformat(), "level": level, **event})


class _OthersFormatter(logging.Formatter):
    """The same line for what libraries log: their sentence without what they put in."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {"event": str(record.msg), "logger": record.name}
        if record.exc_info and record.exc_info[1]:
            event.update(about(record.exc_info[1]))
        return _line(None, record.levelname.lower(), event)
