"""Every way to fail has the one error body, and tells nothing it should not."""

import json

import pytest

from tests.support.api import Api
from tests.support.problems import assert_problem


def test_an_unknown_address_is_not_found(app):
    assert_problem(Api(app, None).send("GET", "/v1/nothing"), 404, "not_found")
    assert_problem(Api(app, None).send("GET", "/nothing"), 404, "not_found")


def test_a_wrong_method_is_refused_and_allow_names_the_right_ones(app):
    response = Api(app, None).send("DELETE", "/v1/brand")
    assert_problem(response, 405, "method_not_allowed")
    assert {"GET", "PATCH"} <= {method.strip() for method in response.headers["Allow"].split(",")}


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_only_declared_methods_are_known(app, method):
    assert_problem(Api(app, None).send(method, "/v1/brand"), 405, "method_not_allowed")


def test_no_key_and_a_wrong_key_are_refused(app, brand):
    response = Api(app, None).send("GET", "/v1/brand")
    assert_problem(response, 401, "credential_missing")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    wrong = brand.token[:-1] + ("0" if brand.token[-1] != "0" else "1")
    assert_problem(Api(app, wrong).send("GET", "/v1/brand"), 401, "credential_refused")


def test_a_missing_scope_is_named(brand):
    problem = assert_problem(
        brand.key("points:read").send("GET", "/v1/brand"), 403, "scope_missing"
    )
    assert problem["scope"] == "brand:read"


def test_fields_at_fault_are_pointed_at(brand):
    body = {"accrual": {"rate_basis_points": 1.5, "expiry": {"kind": "days", "a/b": 1}}, "nam": "x"}
    problem = assert_problem(
        brand.api.send("PATCH", "/v1/brand", body),
        422,
        "invalid_request",
        pointer="/accrual/rate_basis_points",
    )
    pointers = [fault["pointer"] for fault in problem["errors"]]
    assert "/accrual/expiry/a~1b" in pointers
    assert "/nam" in pointers


def test_positions_in_lists_are_pointed_at(probe):
    body = {"parts": [{"points": 1}, {"points": 11}, {}]}
    problem = assert_problem(
        probe.api.send("POST", "/v1/probe", body), 422, "invalid_request", pointer="/parts/1/points"
    )
    assert [fault["pointer"] for fault in problem["errors"]] == [
        "/parts/1/points",
        "/parts/2/points",
    ]


@pytest.mark.parametrize("body", [None, [], "text", 1, True])
def test_a_body_that_is_no_object_is_refused(probe, body):
    response = probe.api.send(
        "POST", "/v1/probe", data=json.dumps(body), content_type="application/json"
    )
    assert_problem(response, 422, "invalid_request", pointer="")


def test_field_errors_are_listed_up_to_a_limit(probe):
    body = {f"x{number}": 1 for number in range(1000)}
    problem = assert_problem(probe.api.send("POST", "/v1/probe", body), 422, "invalid_request")
    assert len(problem["errors"]) == 50


@pytest.mark.parametrize(
    ("accepted", "language", "word"),
    [
        (None, "ko", "숫자여야|정수여야|이하여야"),
        ("en", "en", "less than"),
        ("en-US,en;q=0.9,ko;q=0.8", "en", "less than"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko", "이하여야"),
        ("fr", "ko", "이하여야"),
        ("junk;;;q=x", "ko", "이하여야"),
    ],
)
def test_sentences_are_in_the_callers_language(probe, accepted, language, word):
    headers = {"Accept-Language": accepted} if accepted else {}
    response = probe.api.send("POST", "/v1/probe", {"parts": [{"points": 11}]}, headers=headers)
    problem = assert_problem(response, 422, "invalid_request")
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]
    detail = problem["errors"][0]["detail"]
    assert any(part in detail for part in word.split("|")), detail


def test_a_sentence_that_a_schema_says_itself_has_its_korean(probe):
    problem = assert_problem(
        probe.api.send("POST", "/v1/probe", {"even": 3}), 422, "invalid_request", pointer="/even"
    )
    assert problem["errors"][0]["detail"] == "짝수여야 해요."


def test_a_crash_tells_the_caller_nothing_and_the_log_its_place(probe, capfd):
    problem = assert_problem(probe.api.send("GET", "/v1/probe/crash"), 500, "internal_error")
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (told,) = [line for line in lines if line["event"] == "unhandled_error"]
    assert told["request_id"] == problem["request_id"]
    assert told["error"] == "RuntimeError"
    assert told["route"] == "/v1/probe/crash"
    assert "crash" in told["frames"][-1]
    assert "alice" not in json.dumps(lines)


def test_our_own_mistake_in_sql_is_a_crash(probe):
    assert_problem(probe.api.send("GET", "/v1/probe/bad-sql"), 500, "internal_error")


@pytest.mark.parametrize("path", ["slow", "no-connection-left", "connection-lost"])
def test_a_busy_or_lost_database_asks_to_come_again(probe, path):
    response = probe.api.send("GET", f"/v1/probe/{path}")
    assert_problem(response, 503, "temporarily_unavailable")
    assert response.headers["Retry-After"] == "1"


def test_a_database_that_is_away_asks_to_come_again(make_app, brand):
    # Port 1 of this machine: nothing listens there.
    away = make_app(SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/none")
    response = Api(away, brand.token).send("GET", "/v1/brand")
    assert_problem(response, 503, "temporarily_unavailable")
    assert response.headers["Retry-After"] == "1"
