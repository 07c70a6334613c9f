"""A brand's settings over the API: validated, versioned, written down."""

import pytest

from app.brands.rules import settings_from


def test_a_new_brand_has_the_documented_defaults(brand) -> None:
    shown = brand.api.get("/v1/brand")

    assert shown["timezone"] == "Asia/Seoul"
    assert shown["accrual"]["rate_basis_points"] == 100
    assert shown["accrual"]["pending"] == "confirmation"
    assert shown["settings_version"] == settings_from(1, {}).version


def test_a_change_makes_a_new_version_and_leaves_the_rest(brand) -> None:
    changed = brand.api.patch("/v1/brand", {"accrual": {"rate_basis_points": 250}})

    assert changed["settings_version"] == 2
    assert changed["accrual"]["rate_basis_points"] == 250
    assert changed["accrual"]["pending"] == "confirmation"
    assert changed["refund"]["clawback"] == "debt"


def test_a_change_that_changes_nothing_makes_no_version(brand) -> None:
    brand.api.patch("/v1/brand", {"accrual": {"rate_basis_points": 250}})

    again = brand.api.patch("/v1/brand", {"accrual": {"rate_basis_points": 250}})

    assert again["settings_version"] == 2


def test_every_change_is_in_the_audit_log_with_before_and_after(brand) -> None:
    brand.api.patch("/v1/brand", {"redemption": {"minimum_points": 1000}})

    record = brand.api.get("/v1/audit-log?subject=settings")["data"][0]

    assert record["action"] == "settings.changed"
    assert record["before"] == {}
    assert record["after"] == {"redemption": {"minimum_points": 1000}}
    assert record["actor"].startswith("key:")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"timezone": "Asia/Pyongtaek"}, "/timezone"),
        ({"currency": "won"}, "/currency"),
        ({"accrual": {"rate_basis_points": 10_001}}, "/accrual/rate_basis_points"),
        ({"accrual": {"rate_basis_points": 1.5}}, "/accrual/rate_basis_points"),
        ({"accrual": {"rounding_unit": 7}}, "/accrual/rounding_unit"),
        ({"accrual": {"expiry": {"kind": "weeks"}}}, "/accrual/expiry/kind"),
        ({"accrual": {"expiry": {"kind": "days"}}}, "/accrual/expiry/count"),
        ({"redemption": {"maximum_percent": 101}}, "/redemption/maximum_percent"),
        ({"refund": {"clawback": "mercy"}}, "/refund/clawback"),
        ({"brand_id": "x"}, "/brand_id"),
        ({"settings_version": 9}, "/settings_version"),
    ],
)
def test_a_setting_out_of_range_is_refused_and_named(brand, change, pointer) -> None:
    problem = brand.api.refused("PATCH", "/v1/brand", change, code="invalid_request")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert brand.api.get("/v1/brand")["settings_version"] == 1


def test_a_change_is_in_force_for_the_very_next_order(brand) -> None:
    brand.api.put("/v1/members/ext:a", {}, expect=201)
    order = {"member": "ext:a", "lines": [{"sku": "A", "quantity": 1, "unit_price": 10_000}]}
    assert brand.api.post("/v1/checkout/preview", order, expect=200)["points"]["earned"] == 100

    brand.api.patch("/v1/brand", {"accrual": {"rate_basis_points": 300}})

    assert brand.api.post("/v1/checkout/preview", order, expect=200)["points"]["earned"] == 300


def test_all_settings_may_be_sent_back_as_they_were_shown(brand) -> None:
    shown = brand.api.get("/v1/brand")
    sent = {
        name: shown[name] for name in ("timezone", "currency", "accrual", "redemption", "refund")
    }

    again = brand.api.patch("/v1/brand", sent)

    for name, value in sent.items():
        assert again[name] == value
