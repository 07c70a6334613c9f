"""The storefront of a test: a client of the JSON API that says what it expects."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from app import clock
from app.brands import services as brands
from app.db import transaction

# Pass as ``key`` to send no Idempotency-Key at all.
NO_KEY = ""


class Api:
    """Calls the application with one API key.

    ``post`` & co. send a fresh ``Idempotency-Key`` unless told ``key=``, assert the
    status and return the decoded JSON; :meth:`send` returns the whole response.
    """

    def __init__(self, app: Flask, token: str | None) -> None:
        self.app = app
        self.token = token

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """Send one request; ``options`` are those of werkzeug's client (``data=…``)."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method in ("POST", "PUT", "PATCH", "DELETE") and key != NO_KEY:
            sent["Idempotency-Key"] = key or uuid.uuid4().hex
        if body is not None:
            options["json"] = body
        # A client for each call, so that threads of one test do not share cookies.
        client = self.app.test_client(use_cookies=False)
        # Read to the end at once, so that no test needs to close what it was sent.
        options.setdefault("buffered", True)
        return client.open(path, method=method, headers={**sent, **(headers or {})}, **options)

    def get(self, path: str, *, expect: int = 200, **options: Any) -> Any:
        return self._call("GET", path, None, expect, options)

    def post(self, path: str, body: Any = None, *, expect: int = 201, **options: Any) -> Any:
        return self._call("POST", path, {} if body is None else body, expect, options)

    def put(self, path: str, body: Any = None, *, expect: int = 200, **options: Any) -> Any:
        return self._call("PUT", path, {} if body is None else body, expect, options)

    def patch(self, path: str, body: Any = None, *, expect: int = 200, **options: Any) -> Any:
        return self._call("PATCH", path, {} if body is None else body, expect, options)

    def delete(self, path: str, *, expect: int = 200, **options: Any) -> Any:
        return self._call("DELETE", path, None, expect, options)

    def refused(
        self, method: str, path: str, body: Any = None, *, code: str, **options: Any
    ) -> Any:
        """Assert that the call is refused with the problem ``code`` and return the problem."""
        response = self.send(method, path, body, **options)
        assert response.status_code >= 400, response.get_data(as_text=True)
        problem = response.get_json(force=True)
        assert problem["code"] == code, problem
        return problem

    def _call(self, method: str, path: str, body: Any, expect: int, options: dict[str, Any]) -> Any:
        response = self.send(method, path, body, **options)
        text = response.get_data(as_text=True)
        assert response.status_code == expect, f"{method} {path}: {response.status}\n{text}"
        return response.get_json(force=True) if text else None


@dataclass(frozen=True)
class TestBrand:
    """A brand of one test, in test mode, with a key that may do everything."""

    __test__ = False

    app: Flask
    brand_id: UUID
    token: str
    api: Api

    def key(self, *scopes: str) -> Api:
        """Return a client with a further key of the brand that has only ``scopes``."""
        with self.app.app_context(), transaction(self.brand_id):
            token = brands.create_key(
                self.brand_id, name="test", scopes=scopes, actor="test", now=clock.now()
            )
        return Api(self.app, token)


def make_brand(
    app: Flask, *, name: str = "단골상회", test: bool = True, **settings: Any
) -> TestBrand:
    """Create a brand; ``settings`` are laid over the defaults (``accrual={…}``, …)."""
    with app.app_context(), transaction():
        created = brands.create_brand(name, test=test, settings=settings, now=clock.now())
    token = created.secret_key
    return TestBrand(app, created.brand_id, token, Api(app, token))
