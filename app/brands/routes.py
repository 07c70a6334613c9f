"""A brand's own settings and test clock over JSON."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from app import clock
from app.brands import services
from app.brands.schemas import BrandIn, BrandOut, TestClockIn, show_brand
from app.db import transact, transaction
from app.web.auth import current_principal, requires
from app.web.responses import json_response

blp = Blueprint("brand", __name__, url_prefix="/v1", description="Settings of the brand")


@blp.get("/brand")
@requires("brand:read")
@blp.response(200, BrandOut)
def show() -> Response:
    """Show the brand and the settings in force."""
    principal = current_principal()
    with transaction(principal.brand_id):
        brand = services.get_brand(principal.brand_id)
        settings = services.current_settings(principal.brand_id)
    return json_response(show_brand(brand, settings))


@blp.patch("/brand")
@requires("brand:write")
@blp.arguments(BrandIn)
@blp.response(200, BrandOut)
def change(body: dict[str, Any]) -> Response:
    """Change settings; what is not named stays. Each change is a new version."""
    principal = current_principal()
    name = body.pop("name", None)

    def use_case() -> Response:
        settings = services.change_settings(
            principal.brand_id, body, name=name, actor=principal.actor, now=clock.now()
        )
        return json_response(show_brand(services.get_brand(principal.brand_id), settings))

    return transact(principal.brand_id, use_case)


@blp.post("/test-clock")
@requires("brand:write")
@blp.arguments(TestClockIn)
@blp.response(200, BrandOut)
def set_test_clock(body: dict[str, Any]) -> Response:
    """Set or advance the clock of a test-mode brand; `{"now": null}` lets it run again."""
    principal = current_principal()

    def use_case() -> Response:
        if "advance" in body:
            brand = services.advance_test_clock(
                principal.brand_id, body["advance"], actor=principal.actor, now=clock.now()
            )
        else:
            brand = services.set_test_clock(
                principal.brand_id, body["now"], actor=principal.actor, now=clock.now()
            )
        return json_response(
            show_brand(brand, services.settings_of(brand.brand_id, brand.settings_version))
        )

    return transact(principal.brand_id, use_case)
