"""A brand's own settings and test clock over JSON."""

from typing import Any
from uuid import UUID

from flask import Response

from app import clock
from app.brands import services
from app.brands.schemas import (
    AuditQuery,
    AuditRecordOut,
    BrandIn,
    BrandOut,
    TestClockIn,
    show_audit_record,
    show_brand,
)
from app.db import transact, transaction
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.pagination import page, page_schema, read_cursor
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


@blp.get("/audit-log")
@requires("brand:read")
@blp.arguments(AuditQuery, location="query")
@blp.response(200, page_schema(AuditRecordOut))
def list_audit_records(query: dict[str, Any]) -> Response:
    """List who changed what in the brand and when, with before and after."""
    brand_id = current_principal().brand_id
    filters = {"audit_log": query["subject"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        records = services.list_audit_records(
            brand_id,
            subject=query["subject"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(records, query["limit"], lambda record: [str(record.id)], show_audit_record, filters)
    )
