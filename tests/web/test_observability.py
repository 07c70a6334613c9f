"""Every answer has its headers and its id; every request its line and its count."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.api import Api

COMMON = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def answers(brand):
    """Yield an answer of each kind."""
    nobody = Api(brand.app, None)
    yield brand.api.send("GET", "/v1/brand")
    yield brand.api.send("PATCH", "/v1/brand", {"name": 1})
    yield brand.api.send("PATCH", "/v1/brand", data=b"{", content_type="application/json")
    yield brand.api.send("DELETE", "/v1/brand")
    yield nobody.send("GET", "/v1/brand")
    yield nobody.send("GET", "/nothing")
    yield nobody.send("HEAD", "/healthz")
    for path in ("/", "/docs", "/docs/errors", "/openapi.json", "/healthz", "/readyz", "/metrics"):
        yield nobody.send("GET", path)
    yield nobody.send("GET", "/static/docs.js")
    yield nobody.send(
        "GET", "/static/docs.js", headers={"If-Modified-Since": "Fri, 01 Jan 2999 00:00:00 GMT"}
    )
    yield nobody.send("GET", "/static/../__init__.py")


def test_every_answer_is_guarded_and_numbered(brand):
    for response in answers(brand):
        where = response.request.path, response.status
        for name, value in COMMON.items():
            assert response.headers.getlist(name) == [value], where
        (policy,) = response.headers.getlist("Content-Security-Policy")
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy, where
        assert "unsafe" not in policy
        assert len(response.headers.getlist("Request-Id")) == 1, where
        assert len(response.headers.getlist("Cache-Control")) <= 1, where
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Set-Cookie" not in response.headers


def test_answers_of_the_api_are_not_kept(brand):
    for response in (brand.api.send("GET", "/v1/brand"), brand.api.send("GET", "/v1/nothing")):
        assert response.headers["Cache-Control"] == "no-store"


def test_a_sane_request_id_is_taken_over(app):
    sent = {"Request-Id": "shop-2026.11_22-abc"}
    response = Api(app, None).send("GET", "/v1/nothing", headers=sent)
    assert response.headers["Request-Id"] == sent["Request-Id"]
    assert response.get_json(force=True)["request_id"] == sent["Request-Id"]


@pytest.mark.parametrize(
    "sent", ["", "short", "x" * 65, "has space in", 'quote"quote', "한글한글한글"]
)
def test_any_other_request_id_is_replaced(app, sent):
    environ = {"HTTP_REQUEST_ID": sent.encode().decode("latin-1")}
    response = Api(app, None).send("GET", "/v1/nothing", environ_overrides=environ)
    assert response.headers["Request-Id"].startswith("req_")


def test_request_ids_differ(app):
    ids = {Api(app, None).send("GET", "/healthz").headers["Request-Id"] for _ in range(50)}
    assert len(ids) == 50


def lines_of(capfd):
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_request_leaves_one_line_without_personal_data(brand, capfd):
    brand.api.put(
        "/v1/members/ext:alice-kim", {"name": "앨리스", "phone": "010-1234-5678"}, expect=201
    )
    brand.api.send("GET", "/v1/members/ext:alice-kim?phone=01012345678")
    brand.api.send("GET", "/v1/nothing/alice-kim")
    text = capfd.readouterr().out
    lines = [json.loads(line) for line in text.splitlines()]
    put, get, unknown = (line for line in lines if line["event"] == "request")
    assert put["method"] == "PUT"
    assert put["route"].startswith("/v1/members/")
    assert put["status"] == 201
    assert put["ms"] > 0
    assert put["brand_id"] == str(brand.brand_id)
    assert put["code"] is None
    assert get["code"] == "invalid_request"
    assert unknown["route"] == "unmatched"
    for secret in ("alice", "앨리스", "1234", brand.token):
        assert secret not in text


def test_no_input_can_break_a_line_in_two(brand, capfd):
    brand.api.send("GET", "/v1/%0a%7b%22event%22:1%7d", headers={"Accept-Language": "en"})
    brand.api.send("BREW\n", "/v1/brand")
    assert len(lines_of(capfd)) == 2


def test_health_checks_leave_no_lines(app, capfd):
    for path in ("/healthz", "/readyz", "/metrics"):
        Api(app, None).send("GET", path)
    assert lines_of(capfd) == []


def test_the_level_silences_requests(make_app, capfd):
    quiet = make_app({"DANGOL_LOG_LEVEL": "warning"})
    Api(quiet, None).send("GET", "/v1/nothing")
    assert lines_of(capfd) == []
    make_app()  # the level is the process's: set it back


def samples(app, name: str) -> dict[tuple[str, ...], float]:
    text = Api(app, None).send("GET", "/metrics").get_data(as_text=True)
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_requests_are_counted_by_route_and_status(app, brand):
    before = samples(app, "dangol_http_requests_total")
    brand.api.send("GET", "/v1/members/ext:one/points")
    brand.api.send("GET", "/v1/members/ext:two/points")
    brand.api.send("BREW", "/v1/brand")
    after = samples(app, "dangol_http_requests_total")
    grown = {labels: value - before.get(labels, 0) for labels, value in after.items()}
    assert grown[("GET", "/v1/members/<string:member>/points", "404")] == 2
    assert grown[("other", "unmatched", "405")] == 1
    assert samples(app, "dangol_http_request_seconds_count")


def test_repeated_answers_are_counted(app, brand):
    brand.api.put("/v1/members/ext:a", {}, expect=201)
    name = "dangol_idempotent_replays_total"
    before = samples(app, name)[()]
    body = {"points": 100, "origin": "grant", "reason": "welcome"}
    for _ in range(3):
        brand.api.post("/v1/members/ext:a/points/accruals", body, key="same")
    assert samples(app, name)[()] == before + 2
