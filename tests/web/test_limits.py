"""A caller that asks too often is told so, and stands in nobody else's way."""

from threading import Thread

from app.web.limits import Window
from tests.support.api import Api, make_brand
from tests.support.problems import assert_problem

ONE_WORKER = {"WEB_CONCURRENCY": "1"}


def test_the_limit_is_told_with_every_answer_of_the_api(brand):
    for path in ("/v1/brand", "/v1/nothing"):
        headers = brand.api.send("GET", path).headers
        assert int(headers["RateLimit-Limit"]) > 0
        assert 0 <= int(headers["RateLimit-Remaining"]) < int(headers["RateLimit-Limit"])
        assert headers["RateLimit-Reset"] == "1"
    assert "RateLimit-Limit" not in Api(brand.app, None).send("GET", "/healthz").headers


def test_more_than_the_limit_is_refused_until_the_next_second(make_app):
    app = make_app({**ONE_WORKER, "DANGOL_RATE_LIMIT_PER_SECOND": "5"})
    one, other = make_brand(app), make_brand(app)
    # Once for each, so that the keys are known.
    assert {api.send("GET", "/v1/brand").status_code for api in (one.api, other.api)} == {200}
    answers = [one.api.send("GET", "/v1/brand") for _ in range(30)]
    refused = [response for response in answers if response.status_code == 429]
    assert refused
    assert len(answers) - len(refused) >= 5
    problem = assert_problem(refused[0], 429, "rate_limited")
    assert problem["limit"] == 5
    assert refused[0].headers["Retry-After"] == "1"
    assert refused[0].headers["RateLimit-Remaining"] == "0"
    assert other.api.send("GET", "/v1/brand").status_code == 200


def test_invented_keys_do_not_help(make_app):
    app = make_app({**ONE_WORKER, "DANGOL_RATE_LIMIT_PER_SECOND": "5"})
    codes = [
        Api(app, f"sk_test_{number}").send("GET", "/v1/brand").status_code for number in range(30)
    ]
    assert set(codes) == {401, 429}


def test_the_address_of_a_trusted_proxys_client_counts(make_app):
    app = make_app(
        {**ONE_WORKER, "DANGOL_RATE_LIMIT_PER_SECOND": "5", "DANGOL_TRUSTED_PROXIES": "1"}
    )
    codes = {
        Api(app, None)
        .send("GET", "/v1/brand", headers={"X-Forwarded-For": f"6.6.6.{number}, 10.0.0.1"})
        .status_code
        for number in range(30)
    }
    assert codes == {401, 429}, "the leftmost address is the client's own invention"
    codes = {
        Api(app, None)
        .send("GET", "/v1/brand", headers={"X-Forwarded-For": f"6.6.6.{number}"})
        .status_code
        for number in range(30)
    }
    assert codes == {401}


def test_without_trusted_proxies_the_header_is_ignored(make_app):
    app = make_app({**ONE_WORKER, "DANGOL_RATE_LIMIT_PER_SECOND": "5"})
    codes = {
        Api(app, None)
        .send("GET", "/v1/brand", headers={"X-Forwarded-For": f"6.6.6.{number}"})
        .status_code
        for number in range(30)
    }
    assert codes == {401, 429}


def test_each_worker_has_its_share(make_app):
    app = make_app({"WEB_CONCURRENCY": "4", "DANGOL_RATE_LIMIT_PER_SECOND": "10"})
    assert app.extensions["rate_window"].limit == 2
    app = make_app({"WEB_CONCURRENCY": "4", "DANGOL_RATE_LIMIT_PER_SECOND": "1"})
    assert app.extensions["rate_window"].limit == 1


def test_parallel_requests_are_all_counted():
    window = Window(1_000_000)
    window.take("a")
    lowest = []

    def work() -> None:
        lowest.extend(window.take("a") for _ in range(2000))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Within one second no count is given out twice; a second may end in between.
    assert len(set(lowest)) >= len(lowest) // 3
