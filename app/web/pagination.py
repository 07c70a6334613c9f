"""One way to page through every list: an opaque cursor that never expires.

A cursor holds the keyset position of the last row shown, sealed together with the
list it belongs to: brand, path and filters. On any other list it is refused.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from flask import current_app, request
from marshmallow import Schema, fields, validate

from app.errors import RuleViolation
from app.web.auth import current_principal
from app.web.fields import PlainString, QueryCount

T = TypeVar("T")

LIMIT_MAX = 100
LIMIT_DEFAULT = 20
CURSOR_LENGTH_MAX = 500
_SEAL_LENGTH = 16


class CursorInvalid(RuleViolation):
    code = "cursor_invalid"
    ko = (
        "이 목록의 cursor가 아니에요."
        " 받은 next_cursor를 같은 조건으로 그대로 보내거나, cursor 없이 처음부터 읽어 주세요."
    )
    en = (
        "Not a cursor of this list. Send next_cursor as it was given, with the same filters,"
        " or start again without a cursor."
    )


class PageQuery(Schema):
    """What every list takes; a list with filters inherits from it."""

    limit = QueryCount(
        load_default=LIMIT_DEFAULT,
        least=1,
        most=LIMIT_MAX,
        metadata={"description": "한 번에 받을 개수 · How many to return"},
    )
    cursor = PlainString(
        load_default=None,
        validate=validate.Length(1, CURSOR_LENGTH_MAX),
        metadata={"description": "앞 응답의 next_cursor · next_cursor of the answer before"},
    )


@lru_cache  # one class for each item, or the API document names it twice
def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the schema of one page of ``item``."""
    return Schema.from_dict(
        {
            "object": fields.String(required=True, validate=validate.Equal("list")),
            "data": fields.List(fields.Nested(item), required=True),
            "has_more": fields.Boolean(required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
        name=item.__name__.removesuffix("Out") + "PageOut",
    )


def read_cursor(query: Mapping[str, Any], filters: Mapping[str, Any]) -> list[Any] | None:
    """Return the position to go on from, None at the beginning.

    :raises CursorInvalid: tampered with, or of another list
    """
    if query["cursor"] is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(query["cursor"].encode("ascii"))
        seal, text = raw[:_SEAL_LENGTH], raw[_SEAL_LENGTH:].decode()
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid(pointer="/cursor") from error
    if not hmac.compare_digest(seal, _seal(text, filters)):
        raise CursorInvalid(pointer="/cursor")
    position: list[Any] = json.loads(text)
    return position


def page(
    rows: Sequence[T],
    limit: int,
    position_of: Callable[[T], Sequence[Any]],
    render: Callable[[T], Any],
    filters: Mapping[str, Any],
) -> dict[str, Any]:
    """Return one page from up to ``limit`` + 1 rows; the one too many says there is more.

    ``position_of`` a row is what the next query continues after: JSON values.
    """
    shown = rows[:limit]
    cursor = None
    if len(rows) > limit:
        cursor = make_cursor(position_of(shown[-1]), filters)
    return {
        "object": "list",
        "data": [render(row) for row in shown],
        "has_more": cursor is not None,
        "next_cursor": cursor,
    }


def make_cursor(position: Sequence[Any], filters: Mapping[str, Any]) -> str:
    """Return the cursor of a position of the list of this request."""
    text = json.dumps(position, separators=(",", ":"))
    return base64.urlsafe_b64encode(_seal(text, filters) + text.encode()).decode()


def _seal(position: str, filters: Mapping[str, Any]) -> bytes:
    """Return the proof that this API gave out ``position`` for the list of this request."""
    brand_id = str(current_principal().brand_id)
    listed = json.dumps(
        ["cursor", brand_id, request.path, filters, position], sort_keys=True, default=str
    )
    key: bytes = current_app.config["INDEX_KEY"]
    return hmac.digest(key, listed.encode(), hashlib.sha256)[:_SEAL_LENGTH]
