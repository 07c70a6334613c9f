"""JSON answers, written one way."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Response

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dump(body: Any) -> str:
    """Return compact JSON; Korean stays readable."""
    return _encoder.encode(body)


def json_response(body: Any, status: int = 200) -> Response:
    return Response(dump(body), status, mimetype="application/json")


def show_instant(value: datetime | None) -> str | None:
    """Return an instant in UTC, ISO 8601, whatever zone it came in."""
    return None if value is None else value.astimezone(UTC).isoformat()
