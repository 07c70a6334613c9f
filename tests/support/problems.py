"""What every failure of the API must look like."""

import re
from typing import Any

from werkzeug.test import TestResponse

ALWAYS = {"type", "title", "status", "code", "detail", "doc_url", "request_id"}

# What no caller may ever read: where we run, on what, and how it broke.
TELLTALE = re.compile(
    r"Traceback|psycopg|sqlalchemy|postgres|SELECT |INSERT |/site-packages|\.py\b"
)


def assert_problem(
    response: TestResponse, status: int, code: str, *, pointer: str | None = None
) -> dict[str, Any]:
    """Assert that ``response`` is the RFC 9457 problem ``code`` and return it."""
    text = response.get_data(as_text=True)
    assert response.status_code == status, text
    assert response.mimetype == "application/problem+json", text
    problem: dict[str, Any] = response.get_json(force=True)
    assert set(problem) >= ALWAYS
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["type"] == problem["doc_url"] == f"/docs/errors#{code}"
    assert problem["request_id"] == response.headers["Request-Id"]
    assert problem["title"]
    assert problem["detail"]
    assert not TELLTALE.search(text), text
    if pointer is not None:
        assert pointer in [fault["pointer"] for fault in problem["errors"]], problem
    return problem
