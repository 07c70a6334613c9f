"""The blueprint of JSON routes: flask-smorest's documentation, our own strict input.

flask-smorest describes a route; reading the request is done here, with schemas
built once (building one costs more than a whole request does otherwise).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import flask_smorest
from flask import request
from marshmallow import Schema, ValidationError

from app.web.json_input import QueryInvalid, read_query

P = ParamSpec("P")
R = TypeVar("R")
View = TypeVar("View", bound=Callable[..., Any])

IDEMPOTENCY_KEY = "IdempotencyKey"
SECURITY = "apiKey"


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # it carries no types
    """Routes of the API: everything a request brings is declared, or refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(_describe_access)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any
    ) -> None:
        """Register a route, and note for the document what its decorators say of it."""
        super().add_url_rule(rule, endpoint, view_func, **options)
        endpoint = self._endpoints[-1]
        for name, described in self._docs[endpoint].items():
            if name != "parameters":
                described["scope"] = getattr(view_func, "scope", None)
                described["idempotent"] = getattr(view_func, "idempotent", False)
                described["operation_id"] = f"{self.name}.{endpoint}"

    def arguments(
        self, schema: type[Schema] | Schema, *, location: str = "json", **options: Any
    ) -> Callable[[View], View]:
        """Give the view the checked body (``location="json"``) or query as its last argument."""
        ready = schema() if isinstance(schema, type) else schema
        load = _body_loader(ready) if location == "json" else _query_loader(ready)
        if location == "json":
            needed = any(field.required for field in ready.load_fields.values())
            options.setdefault("required", needed)
        describe = super().arguments(ready, location=location, **options)

        def decorate(view: View) -> View:
            @wraps(view)
            def loaded(*args: Any, **kwargs: Any) -> Any:
                return view(*args, load(), **kwargs)

            loaded._apidoc = describe(view)._apidoc  # type: ignore[attr-defined]
            loaded.reads = {*getattr(view, "reads", ()), location}  # type: ignore[attr-defined]
            return loaded  # type: ignore[return-value]

        return decorate

    def response(self, *args: Any, **options: Any) -> Callable[[View], View]:
        """Describe the answer. Views return responses (:mod:`app.web.responses`)."""
        describe = super().response(*args, **options)

        def decorate(view: View) -> View:
            view._apidoc = describe(view)._apidoc  # type: ignore[attr-defined]
            return view

        return decorate


def _body_loader(schema: Schema) -> Callable[[], Any]:
    load = schema.load

    def loaded() -> Any:
        return load(request.get_json())

    return loaded


def _query_loader(schema: Schema) -> Callable[[], Any]:
    known = frozenset(field.data_key or name for name, field in schema.load_fields.items())

    def loaded() -> Any:
        values = read_query(request, known)
        try:
            return schema.load(values)
        except ValidationError as error:
            raise QueryInvalid(error.messages) from error

    return loaded


def _describe_access(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what the decorators of ``web.auth`` and ``web.idempotency`` left on the view."""
    doc["operationId"] = doc_info["operation_id"]
    doc["security"] = [{SECURITY: []}]
    doc["x-scope"] = doc_info["scope"]
    if doc_info["idempotent"]:
        doc.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        doc["x-idempotent"] = True
    return doc
