"""Figures of points by month, against what was done."""

from tests.support.api import TestBrand
from tests.support.members import make_member


def test_months_tell_what_was_earned_used_given_back_and_lapsed(brand: TestBrand) -> None:
    api = brand.api
    api.post("/v1/test-clock", {"now": "2026-01-10T10:00:00+09:00"}, expect=200)
    make_member(brand, "a")
    path = "/v1/members/ext:a/points"
    api.post(f"{path}/accruals", {"points": 1000, "expires_at": "2026-03-01T00:00:00+09:00"})
    api.post(f"{path}/accruals", {"points": 500})
    api.post("/v1/test-clock", {"now": "2026-02-10T10:00:00+09:00"}, expect=200)
    api.post(f"{path}/redemptions", {"points": 300})
    api.post("/v1/test-clock", {"now": "2026-03-05T10:00:00+09:00"}, expect=200)
    api.get(path)  # what is due is settled on sight
    found = api.get("/v1/insights/points")
    assert [
        (each["month"], each["earned"], each["used"], each["lapsed"]) for each in found["by_month"]
    ] == [("2026-01", 1500, 0, 0), ("2026-02", 0, 300, 0), ("2026-03", 0, 0, 700)]
    assert found["owed"] == 500
    assert [(each["month"], each["available"]) for each in found["owed_by_month"]] == [
        ("2027-01", 500)
    ]
    assert found["closed_by_month"] == [{"month": "2026-01", "original": 1000, "lapsed": 700}]
    assert found["breakage_basis_points"] == 7000


def test_what_a_refund_undoes_is_taken_off_when_it_was(brand: TestBrand) -> None:
    api = brand.api
    api.post("/v1/test-clock", {"now": "2026-01-25T10:00:00+09:00"}, expect=200)
    make_member(brand, "a", points=1000)
    order = api.post(
        "/v1/orders",
        {
            "external_id": "1",
            "member": "ext:a",
            "lines": [{"sku": "A", "quantity": 1, "unit_price": 10_000}],
            "redeem_points": 1000,
        },
    )
    api.post("/v1/test-clock", {"now": "2026-02-03T10:00:00+09:00"}, expect=200)
    api.post(f"/v1/orders/{order['id']}/cancel", expect=200)
    january, february = api.get("/v1/insights/points")["by_month"]
    assert (january["earned"], january["used"]) == (1000 + order["points"]["earned"], 1000)
    assert (february["given_back"], february["taken_back"]) == (1000, order["points"]["earned"])
