"""The API document: flask-smorest's, with one error body and what all routes share."""

from copy import deepcopy
from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException

from app.web import problems
from app.web.blueprint import IDEMPOTENCY_KEY, SECURITY, Blueprint
from app.web.fields import describe

DESCRIPTION = """\
단골(Dangol)은 한국 이커머스 브랜드의 로열티·디지털 보증 백엔드예요.
흐름은 **미리보기 → 주문 → 구매확정 → 환불**이고, 금액과 포인트는 모두 정수예요.

### 인증
모든 요청에 `Authorization: Bearer sk_test_…` 헤더를 보내 주세요. 키는 브랜드 하나에 속하고,
가진 권한(`x-scope`)만큼만 할 수 있어요. 폐기한 키는 몇 초 안에 멈춰요.

### 다시 보내도 안전해요
값을 바꾸는 POST에는 `Idempotency-Key` 헤더(요청마다 새 UUID)를 보내 주세요.
답을 못 받았다면 같은 키와 같은 본문으로 다시 보내면 돼요. 효과는 한 번뿐이고,
처음의 답이 `Idempotency-Replayed: true`와 함께 돌아와요.
같은 키에 다른 본문을 보내면 `idempotency_key_reused`로 거절해요. 답은 72시간 동안 보관해요.

### 오류
모든 오류는 RFC 9457 `application/problem+json`이에요. 프로그램은 바뀌지 않는 `code`를 보고,
`errors[].pointer`로 잘못된 항목을 찾고, 문의할 때는 `request_id`를 알려 주세요.
문장은 `Accept-Language`에 따라 한국어나 영어예요. [오류 코드 전체](/docs/errors)

### 목록
`limit`(1–100, 기본 20)과 `cursor`로 넘겨요. `has_more`가 참이면 `next_cursor`를 그대로 보내 주세요.
cursor는 만료되지 않지만 같은 주소와 같은 조건에서만 쓸 수 있어요.

### 한도
답마다 `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`이 있어요.
넘으면 429와 `Retry-After`를 보내요. 본문은 256 KiB까지예요.

---

Dangol is the loyalty and digital-warranty backend of Korean e-commerce brands. The way is
**preview → order → confirm → refund**; money and points are integers.

### Authentication
Send `Authorization: Bearer sk_test_…` with every request. A key belongs to one brand and may do
what its scopes (`x-scope`) say. A revoked key stops working within seconds.

### Safe retries
Every POST that changes value needs an `Idempotency-Key` header, a new UUID for each request.
Got no answer? Send the same key with the same body again: there is one effect, and the first answer
comes back with `Idempotency-Replayed: true`. The same key with another body is refused
(`idempotency_key_reused`). Answers are kept for 72 hours.

### Errors
Every error is RFC 9457 `application/problem+json`. Let programs look at `code`, which never
changes; `errors[].pointer` names the field at fault; tell us the `request_id` when you ask.
Sentences are Korean or English by `Accept-Language`. [All error codes](/docs/errors)

### Lists
Page with `limit` (1–100, default 20) and `cursor`. While `has_more` is true, send `next_cursor`
back as it is. A cursor never expires; it belongs to one address and its filters.

### Limits
Every answer has `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`; beyond them you get
429 with `Retry-After`. A body may have 256 KiB.
"""

HEADERS = {
    "RequestId": ("Request-Id", {"type": "string"}, "이 요청의 번호 · The id of this request"),
    "RateLimitLimit": ("RateLimit-Limit", {"type": "integer"}, "한도 · Requests in a window"),
    "RateLimitRemaining": ("RateLimit-Remaining", {"type": "integer"}, "남은 수 · Left of them"),
    "RateLimitReset": ("RateLimit-Reset", {"type": "integer"}, "초 · Seconds until the next"),
}
REPLAYED = {
    "schema": {"type": "string", "const": "true"},
    "description": "다시 보낸 답이면 있어요 · Present if this answer was given before",
}


class ProblemError(Schema):
    """One field at fault."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer (RFC 6901)"})
    detail = fields.String(required=True)
    # "in" is a word of Python's.
    place = fields.String(data_key="in", metadata={"enum": ["query"]})


class Problem(Schema):
    """An RFC 9457 problem; a refusal adds members that explain it (``required``, …)."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    doc_url = fields.String(required=True, metadata={"format": "uri-reference"})
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(ProblemError))


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest carries no types
    """The registry of features' routes, and the document about them."""

    ERROR_SCHEMA = Problem

    def init_app(self, app: Flask, **options: Any) -> None:
        app.config.update(
            API_TITLE="Dangol API",
            API_VERSION="v1",
            OPENAPI_VERSION="3.1.0",
            API_SPEC_OPTIONS={
                "info": {"description": DESCRIPTION},
                "servers": [{"url": "/"}],
            },
        )
        super().init_app(app, **options)
        self.ma_plugin.converter.add_attribute_function(
            lambda _converter, field, **known: describe(field, **known)
        )
        components = self.spec.components
        components.security_scheme(SECURITY, {"type": "http", "scheme": "bearer"})
        components.parameter(
            IDEMPOTENCY_KEY,
            "header",
            {
                "name": "Idempotency-Key",
                "required": True,
                "description": "요청마다 새 UUID, 다시 보낼 때는 같은 값"
                " · A new UUID for each request, the same one for a retry",
                "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            },
        )
        for component, (_, schema, description) in HEADERS.items():
            components.header(component, {"schema": schema, "description": description})

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Register routes, each of which must name the scope it needs.

        :raises TypeError: a route is open to everyone, or reads its input unchecked
        """
        if not isinstance(blp, Blueprint):
            raise TypeError(f"{blp.name}: use app.web.blueprint.Blueprint")
        super().register_blueprint(blp, **options)
        for endpoint, view in self._app.view_functions.items():
            if endpoint.startswith(f"{blp.name}.") and not hasattr(view, "scope"):
                raise TypeError(f"{endpoint}: no scope; decorate it with requires()")

    def handle_http_exception(self, error: HTTPException) -> Any:
        return problems.http_failure(error)

    def document(self) -> dict[str, Any]:
        """Return the finished document."""
        document: dict[str, Any] = deepcopy(self.spec.to_dict())
        shared = {
            name: {"$ref": f"#/components/headers/{component}"}
            for component, (name, _, _) in HEADERS.items()
        }
        for path in document["paths"].values():
            for operation in path.values():
                if not isinstance(operation, dict):
                    continue
                idempotent = operation.pop("x-idempotent", False)
                needed = f"권한 · Scope: `{operation['x-scope']}`"
                operation["description"] = "\n\n".join(
                    filter(None, (operation.get("description"), needed))
                )
                for response in operation["responses"].values():
                    if "$ref" not in response:
                        replayed = {"Idempotency-Replayed": REPLAYED} if idempotent else {}
                        response["headers"] = {**shared, **replayed}
        for response in document["components"]["responses"].values():
            response["headers"] = shared
        return document

    def _register_responses(self) -> None:
        # As flask-smorest does it, but with the media type the errors really have.
        for status in HTTPStatus:
            self._register_problem(status.name, status.phrase)
        self._register_problem(self.DEFAULT_ERROR_RESPONSE_NAME, "오류 · Any other failure")

    def _register_problem(self, name: str, description: str) -> None:
        content = {problems.MIMETYPE: {"schema": self.ERROR_SCHEMA}}
        self.spec.components.response(
            name, {"description": description, "content": content}, lazy=True
        )
