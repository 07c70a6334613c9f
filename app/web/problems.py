"""Every API failure as an RFC 9457 problem document: the one error body there is.

Only this module knows status numbers. A ``code`` is part of the API; ``title``
and ``detail`` are for people, in Korean or English by ``Accept-Language``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import psycopg
import structlog
from flask import Flask, Response, request
from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app import errors
from app.web.json_input import QueryInvalid
from app.web.logs import about
from app.web.messages import translated
from app.web.observability import PROBLEM, REQUEST_ID

MIMETYPE = "application/problem+json"
DOCUMENTATION = "/docs/errors"
# More faults than anyone mends at once; a caller must not make an answer of megabytes.
ERRORS_MAX = 50

STATUS = {
    errors.BadInput: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.RuleViolation: 422,
    errors.TooMany: 429,
}

TITLES = {
    400: ("요청을 읽을 수 없어요", "The request cannot be read"),
    401: ("누구의 요청인지 알 수 없어요", "The caller is not known"),
    403: ("할 수 없는 요청이에요", "The caller may not do this"),
    404: ("찾을 수 없어요", "Not found"),
    405: ("쓸 수 없는 메서드예요", "Method not allowed"),
    409: ("이미 기록된 것과 맞지 않아요", "In conflict with what is recorded"),
    413: ("본문이 너무 커요", "The body is too large"),
    415: ("받을 수 없는 형식이에요", "Unsupported media type"),
    422: ("요청을 받아들일 수 없어요", "The request is refused"),
    429: ("요청이 너무 잦아요", "Too many requests"),
    500: ("저희 쪽에서 문제가 생겼어요", "Something went wrong on our side"),
    503: ("잠시 쓸 수 없어요", "Temporarily unavailable"),
}


class Failure(NamedTuple):
    """A failure that no feature raises."""

    status: int
    ko: str
    en: str


FAILURES = {
    "bad_request": Failure(
        400,
        ko="요청을 읽을 수 없어요. 주소와 헤더를 확인해 주세요.",
        en="The request cannot be read. Check its address and headers.",
    ),
    "not_found": Failure(
        404,
        ko="이 주소에는 아무것도 없어요. /docs에서 주소를 확인해 주세요.",
        en="There is nothing at this address. See /docs for those there are.",
    ),
    "method_not_allowed": Failure(
        405,
        ko="이 주소에서는 쓸 수 없는 메서드예요. Allow 헤더에 쓸 수 있는 것이 있어요.",
        en="This address does not know that method. The Allow header names those it knows.",
    ),
    "body_too_large": Failure(
        413,
        ko="본문이 너무 커요. 256 KiB 이하로 나누어 보내 주세요.",
        en="The body is too large. Send at most 256 KiB at once.",
    ),
    "unsupported_media_type": Failure(
        415,
        ko="JSON만 받아요. Content-Type: application/json(UTF-8)으로 보내 주세요.",
        en="Only JSON is understood. Send Content-Type: application/json in UTF-8.",
    ),
    "invalid_request": Failure(
        422,
        ko="요청에 올바르지 않은 값이 있어요. errors를 확인해 주세요.",
        en="The request has values that are not valid. See errors.",
    ),
    "internal_error": Failure(
        500,
        ko="처리하지 못했어요. 같은 Idempotency-Key로 다시 보내도 안전해요."
        " 계속되면 request_id를 알려 주세요.",
        en="The request was not carried out. It is safe to send it again with the same"
        " Idempotency-Key. If it keeps failing, tell us the request_id.",
    ),
    "temporarily_unavailable": Failure(
        503,
        ko="지금은 처리할 수 없어요. 잠시 뒤 같은 Idempotency-Key로 다시 보내 주세요.",
        en="This cannot be done right now. Send it again in a moment"
        " with the same Idempotency-Key.",
    ),
    "not_ready": Failure(
        503,
        ko="아직 요청을 받을 수 없어요. reason을 확인해 주세요.",
        en="Requests cannot be served yet. See reason.",
    ),
}
# What stands for a bare status; of two codes with the same, the first.
_CODES = {known.status: code for code, known in reversed(FAILURES.items())}

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    # On the application, not on blueprints: a blueprint never sees an unknown address.
    app.register_error_handler(errors.DomainError, refused)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(HTTPException, http_failure)
    for kind in (DBAPIError, PoolTimeout, psycopg.Error):
        app.register_error_handler(kind, database_failure)
    app.register_error_handler(Exception, crashed)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    faults: Iterable[Mapping[str, str]] = (),
    details: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the one error answer; ``details`` are further members a refusal explains with."""
    spoken = language()
    ko, en = TITLES[status if status in TITLES else 400]
    where = f"{DOCUMENTATION}#{code}"
    body: dict[str, object] = {
        "type": where,
        "title": ko if spoken == "ko" else en,
        "status": status,
        "code": code,
        "detail": detail,
        "doc_url": where,
        "request_id": request.environ.get(REQUEST_ID),
    }
    if listed := list(faults):
        body["errors"] = listed[:ERRORS_MAX]
    # What every problem has is not for a refusal to say otherwise.
    body = {**body, **(details or {}), **body}
    request.environ[PROBLEM] = code
    response = Response(
        json.dumps(body, ensure_ascii=False, default=str), status, mimetype=MIMETYPE
    )
    response.headers.extend({"Content-Language": spoken, "Vary": "Accept-Language"})
    response.headers.extend(headers or {})
    return response


def failure(
    code: str,
    *,
    faults: Iterable[Mapping[str, str]] = (),
    details: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer of one of :data:`FAILURES`."""
    known = FAILURES[code]
    detail = known.ko if language() == "ko" else known.en
    return problem(known.status, code, detail, faults=faults, details=details, headers=headers)


def language() -> str:
    """Return the caller's language, ``ko`` or ``en``; Korean if nothing else is asked for."""
    return request.accept_languages.best_match(["ko", "en"], default="ko") or "ko"


def status_of(error: type[errors.DomainError] | errors.DomainError) -> int:
    kind = error if isinstance(error, type) else type(error)
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def refused(error: errors.DomainError) -> Response:
    detail = error.sentence(language())
    faults = [] if error.pointer is None else [{"pointer": error.pointer, "detail": detail}]
    headers = getattr(error, "headers", None)
    return problem(
        status_of(error), error.code, detail, faults=faults, details=error.details, headers=headers
    )


def invalid(error: ValidationError) -> Response:
    spoken = language()
    place = {"in": "query"} if isinstance(error, QueryInvalid) else {}
    faults = [
        {"pointer": pointer, "detail": translated(str(message), spoken), **place}
        for pointer, message in flattened(error.messages)
    ]
    return failure("invalid_request", faults=faults)


def flattened(messages: Any, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Yield each message of a schema with the JSON pointer (RFC 6901) of its field.

    >>> list(flattened({"lines": {0: {"quantity": ["No."]}}, "a/b": ["Bad."], "_schema": ["All."]}))
    [('/lines/0/quantity', 'No.'), ('/a~1b', 'Bad.'), ('', 'All.')]
    """
    if isinstance(messages, dict):
        for name, inner in messages.items():
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from flattened(inner, pointer if name == "_schema" else f"{pointer}/{escaped}")
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from flattened(inner, pointer)
    else:
        yield pointer, messages


def http_failure(error: HTTPException) -> Response:
    """Answer what Flask itself refuses, with its headers (``Allow``, ``Retry-After``)."""
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    if code := _CODES.get(status):
        return failure(code, headers=headers)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return failure("internal_error", headers=headers)
    known = FAILURES["bad_request"]
    detail = known.ko if language() == "ko" else known.en
    return problem(status, "bad_request", detail, headers=headers)


def database_failure(error: Exception) -> Response:
    """Answer 503 if the database is away, full or busy; anything else is our own mistake."""
    code = tell(error)
    headers = {"Retry-After": "1"} if code == "temporarily_unavailable" else None
    return failure(code, headers=headers)


def is_passing(error: BaseException) -> bool:
    """Return whether the same request may succeed in a moment."""
    if isinstance(error, PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    # Lost and refused connections, timeouts, deadlocks, serialisation failures, shutdown,
    # too many connections (psycopg maps classes 08, 40, 53, 55, 57, 58 to OperationalError).
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def crashed(error: Exception) -> Response:
    return failure(tell(error))


def tell(error: Exception) -> str:
    """Write a failure of ours into the log, and return what it is called to the caller."""
    if is_passing(error):
        _log("warning", "database_unavailable", error)
        return "temporarily_unavailable"
    _log("error", "unhandled_error", error)
    return "internal_error"


def _log(level: str, event: str, error: BaseException) -> None:
    rule = request.url_rule
    getattr(log, level)(
        event,
        request_id=request.environ.get(REQUEST_ID),
        route=rule.rule if rule else None,
        **about(error),
    )
