"""Symptoms over JSON."""

from typing import Any

from flask import Response

from app.db import transact, transaction
from app.service_requests import services
from app.service_requests.routes.moments import brand_now
from app.service_requests.schemas.symptoms import SymptomIn, SymptomOut, show_symptom
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.definitions import code_of
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("symptoms", __name__, url_prefix="/v1", description="Symptoms to choose from")


@blp.put("/symptoms/<string:symptom>")
@requires("service_requests:write")
@blp.arguments(SymptomIn)
@blp.response(200, SymptomOut)
@blp.alt_response(201, schema=SymptomOut, description="The symptom is new.")
def put_symptom(body: dict[str, Any], symptom: str) -> Response:
    """Define a symptom that customers may choose for products of some categories, or of all.

    `other` can always be chosen, defined or not. Safe to repeat; needs no Idempotency-Key.
    """
    principal = current_principal()
    code = code_of(symptom)

    def use_case() -> Response:
        defined = services.put_symptom(
            principal.brand_id,
            code,
            **body,
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )
        return json_response(show_symptom(defined.symptom), 201 if defined.created else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/symptoms")
@requires("service_requests:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(SymptomOut))
def list_symptoms(query: dict[str, Any]) -> Response:
    """List symptoms in the order of their codes, retired ones too."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        found = services.list_symptoms(
            brand_id, after=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(page(found, query["limit"], lambda each: [each.code], show_symptom, {}))
