"""One way to page through every list: an opaque cursor that never expires.

A cursor is the position of the last row shown and a digest of the list it belongs
to (its filters), so that it cannot be used on another list.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from marshmallow import Schema, fields, validate

from app.errors import RuleViolation
from app.web.fields import Count, PlainString

T = TypeVar("T")

LIMIT_MAX = 100
LIMIT_DEFAULT = 20


class CursorInvalid(RuleViolation):
    code = "cursor_invalid"
    ko = "이 목록의 cursor가 아니에요. 앞 쪽의 next_cursor를 그대로 보내거나 처음부터 읽어 주세요."
    en = "Not a cursor of this list. Send next_cursor as it was given, or start again without."


class PageQuery(Schema):
    """What every list takes; a list with filters inherits from it."""

    limit = Count(load_default=LIMIT_DEFAULT, least=1, most=LIMIT_MAX, strict=False)
    cursor = PlainString(load_default=None, validate=validate.Length(1, 500))


def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the schema of one page of ``item``."""
    return Schema.from_dict(
        {
            "object": fields.String(),
            "data": fields.List(fields.Nested(item)),
            "has_more": fields.Boolean(),
            "next_cursor": fields.String(allow_none=True),
        },
        name=item.__name__.removesuffix("Out") + "PageOut",
    )


def read_cursor(query: dict[str, Any], filters: dict[str, Any]) -> list[Any] | None:
    """Return the position to go on from, None at the beginning.

    :raises CursorInvalid: tampered with, or of another list
    """
    if query["cursor"] is None:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(query["cursor"].encode()))
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid(pointer="/cursor") from error
    if (
        not isinstance(position, list)
        or not position
        or position[0] != _digest(position[1:], filters)
    ):
        raise CursorInvalid(pointer="/cursor")
    return position[1:]


def page(
    rows: Sequence[T],
    limit: int,
    position_of: Callable[[T], list[Any]],
    render: Callable[[T], dict[str, Any]],
    filters: dict[str, Any],
) -> dict[str, Any]:
    """Return one page from up to ``limit`` + 1 rows; the one too many says there is more."""
    shown = rows[:limit]
    cursor = None
    if len(rows) > limit:
        position = position_of(shown[-1])
        text = json.dumps([_digest(position, filters), *position], separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(text.encode()).decode()
    return {
        "object": "list",
        "data": [render(row) for row in shown],
        "has_more": cursor is not None,
        "next_cursor": cursor,
    }


def _digest(position: list[Any], filters: dict[str, Any]) -> str:
    text = json.dumps([position, filters], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
