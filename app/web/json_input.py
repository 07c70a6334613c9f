"""The gate before the schemas: what is let in as JSON, and as a query.

Python's parser is kinder than a ledger may be: it takes duplicate keys, NaN,
UTF-16, any depth. Each rule here is one a caller can look up by its ``code``.
The checks of ordinary bodies cost a few microseconds; the slower ones run only
when the bytes show that they could matter.
"""

import json
import re
from typing import Any

import flask
from marshmallow import ValidationError
from werkzeug.exceptions import ClientDisconnected, UnsupportedMediaType

from app.errors import BadInput
from app.web.fields import INTEGER_MAX
from app.web.messages import say

DEPTH_MAX = 32
# "-9007199254740991"
_DIGITS_MAX = 17
_LENGTH_DIGITS_PLAIN = 5
# What clients commonly send; anything else is looked at closely.
_PLAIN_JSON = frozenset(
    {
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json;charset=UTF-8",
    }
)

# Escapes of NUL and of surrogates; those of Hangul, which many clients write, are none.
_suspect_escape = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])").search


class MalformedJson(BadInput):
    code = "malformed_json"
    ko = "본문이 올바른 JSON이 아니에요. {line}번째 줄 {column}번째 글자를 확인해 주세요."
    en = "The body is not JSON. Look at line {line}, column {column}."


class NotUtf8(BadInput):
    code = "json_not_utf8"
    ko = "본문이 UTF-8이 아니에요. UTF-8로 보내 주세요."
    en = "The body is not UTF-8. Send it in UTF-8."


class DuplicateJsonKey(BadInput):
    code = "duplicate_json_key"
    ko = "한 객체에 같은 이름이 두 번 있어요. 하나만 남겨 주세요."
    en = "An object has the same key twice. Keep one of them."


class JsonNumberOutOfRange(BadInput):
    code = "json_number_out_of_range"
    ko = "너무 크거나 숫자가 아닌 값이 있어요. 정수는 ±9007199254740991 안에서 보내 주세요."
    en = "A number is too large, or is none. Integers must be within ±9007199254740991."


class JsonTooDeep(BadInput):
    code = "json_too_deep"
    ko = "JSON이 너무 깊어요. 32단계 이하로 보내 주세요."
    en = "The JSON is nested too deeply. Send at most 32 levels."


class ForbiddenCharacter(BadInput):
    code = "forbidden_character"
    ko = "쓸 수 없는 글자(NUL 또는 짝이 없는 서로게이트)가 있어요. 빼고 보내 주세요."
    en = "The text holds NUL or a lone surrogate. Leave it out."


class QueryInvalid(ValidationError):
    """A query parameter is unknown, repeated or not valid."""


UNKNOWN = say("Unknown query parameter.", "모르는 쿼리 파라미터예요. 이름을 확인하거나 빼 주세요.")
REPEATED = say("Sent more than once.", "한 번만 보내 주세요.")
BAD_TEXT = say("Holds a character that is not allowed.", "쓸 수 없는 글자가 있어요.")


class Request(flask.Request):
    """A request whose JSON is read strictly, whoever asks for it."""

    _strict_json: Any = None

    def get_json(self, *_: Any, **__: Any) -> Any:
        """Return the body; an empty body is an empty object.

        :raises BadInput: the body is not JSON as this API takes it
        """
        if self._strict_json is None:
            declared = self.environ.get("CONTENT_TYPE", "")
            raw = self._read_body()
            plain = declared in _PLAIN_JSON or self._is_strict_json()
            if not plain and (raw or declared):
                raise UnsupportedMediaType
            # In a tuple, because a body may say null.
            self._strict_json = (parse(raw) if raw else {},)
        return self._strict_json[0]

    def _read_body(self) -> bytes:
        length = self.environ.get("CONTENT_LENGTH", "")
        # Far below the limit, and said how long: no need for werkzeug's guarded streams.
        if length.isdecimal() and len(length) <= _LENGTH_DIGITS_PLAIN:
            raw: bytes = self.environ["wsgi.input"].read(int(length))
            if len(raw) < int(length):
                raise ClientDisconnected
            return raw
        return self.get_data(cache=False)

    def _is_strict_json(self) -> bool:
        charset = self.mimetype_params.get("charset", "utf-8").lower()
        return self.mimetype == "application/json" and charset in ("utf-8", "utf8")


def parse(raw: bytes) -> Any:
    """Return what ``raw`` says, strictly.

    >>> parse(b'{"quantity": 2}')
    {'quantity': 2}
    """
    try:
        value = _decoder.decode(raw.decode())
    except UnicodeDecodeError as error:
        raise NotUtf8 from error
    except json.JSONDecodeError as error:
        raise MalformedJson(line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise JsonTooDeep from error
    # No more brackets than levels allowed: it cannot be too deep.
    if raw.count(b"{") + raw.count(b"[") > DEPTH_MAX:
        _check_depth(value)
    # In valid UTF-8 only an escape can make a NUL or a lone surrogate.
    if _suspect_escape(raw):
        _check_text(value)
    return value


def read_query(request: flask.Request, known: frozenset[str]) -> dict[str, str]:
    """Return the query parameters, each sent at most once and none of them unknown.

    :raises QueryInvalid: naming the parameters at fault
    """
    if not request.environ.get("QUERY_STRING"):
        return {}
    faults: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    for name, sent in request.args.lists():
        if name not in known:
            faults[name] = [UNKNOWN]
        elif len(sent) > 1:
            faults[name] = [REPEATED]
        elif not is_clean(sent[0]):
            faults[name] = [BAD_TEXT]
        else:
            values[name] = sent[0]
    if faults:
        raise QueryInvalid(faults)
    return values


def is_clean(text: str) -> bool:
    """Return whether ``text`` of an address can be stored: no NUL, no broken UTF-8.

    Werkzeug shows undecodable bytes as U+FFFD.
    """
    return "\x00" not in text and "\ufffd" not in text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise DuplicateJsonKey
    return made


def _integer(text: str) -> int:
    # The length first: int() itself refuses more than 4,300 digits, slowly.
    if len(text) <= _DIGITS_MAX and -INTEGER_MAX <= (value := int(text)) <= INTEGER_MAX:
        return value
    raise JsonNumberOutOfRange


def _fraction(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise JsonNumberOutOfRange
    return value


def _no_number(_text: str) -> None:
    raise JsonNumberOutOfRange


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_no_number,
)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH_MAX):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise JsonTooDeep


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value or not _is_encodable(value):
            raise ForbiddenCharacter
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
