"""The test clock: a test-mode brand lives in its own time."""

import pytest


def test_a_test_brand_may_stop_its_clock_and_let_it_run_again(brand) -> None:
    stopped = brand.api.post("/v1/test-clock", {"now": "2030-01-01T00:00:00+09:00"}, expect=200)
    assert stopped["test_clock"] == "2029-12-31T15:00:00+00:00"

    running = brand.api.post("/v1/test-clock", {"now": None}, expect=200)
    assert running["test_clock"] is None


@pytest.mark.parametrize("length", ["P30D", {"days": 30}, 30 * 24 * 3600])
def test_it_advances_by_a_length_of_time(brand, length) -> None:
    brand.api.post("/v1/test-clock", {"now": "2030-01-01T00:00:00+00:00"}, expect=200)

    advanced = brand.api.post("/v1/test-clock", {"advance": length}, expect=200)

    assert advanced["test_clock"] == "2030-01-31T00:00:00+00:00"


def test_points_lapse_by_the_test_clock_at_midnight_in_seoul(brand) -> None:
    brand.api.put("/v1/members/ext:a", {}, expect=201)
    brand.api.post("/v1/test-clock", {"now": "2026-03-01T12:00:00+09:00"}, expect=200)
    brand.api.post("/v1/members/ext:a/points/accruals", {"points": 500})

    brand.api.post("/v1/test-clock", {"now": "2027-02-28T23:59:59+09:00"}, expect=200)
    assert brand.api.get("/v1/members/ext:a/points")["available"] == 500

    brand.api.post("/v1/test-clock", {"now": "2027-03-01T00:00:00+09:00"}, expect=200)
    assert brand.api.get("/v1/members/ext:a/points")["available"] == 0


def test_a_live_brand_has_no_test_clock(make_brand) -> None:
    live = make_brand(test=False)

    live.api.refused(
        "POST", "/v1/test-clock", {"now": "2030-01-01T00:00:00+09:00"}, code="not_a_test_brand"
    )
    assert live.api.get("/v1/brand")["test_clock"] is None


@pytest.mark.parametrize(
    "body",
    [{}, {"now": None, "advance": "P1D"}, {"advance": "P1Y"}, {"advance": -5}, {"advance": True}],
)
def test_a_clock_that_is_not_understood_is_refused(brand, body) -> None:
    brand.api.refused("POST", "/v1/test-clock", body, code="invalid_request")


def test_a_clock_does_not_run_out_of_years(brand) -> None:
    brand.api.post("/v1/test-clock", {"now": "2998-01-01T00:00:00+00:00"}, expect=200)

    brand.api.refused("POST", "/v1/test-clock", {"advance": "P3000D"}, code="test_clock_too_far")
