def test_a_fresh_brand_answers_with_its_settings(brand):
    shown = brand.api.get("/v1/brand")
    assert shown["mode"] == "test"


def test_a_brand_is_made_with_settings(make_brand):
    brand = make_brand(accrual={"rate_basis_points": 250})
    assert brand.api.get("/v1/brand")["accrual"]["rate_basis_points"] == 250


def test_a_further_key_has_only_its_scopes(brand):
    brand.key("points:read").refused("GET", "/v1/brand", code="scope_missing")
