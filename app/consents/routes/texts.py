"""Consent texts over JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from app import clock
from app.brands import services as brands
from app.consents import services
from app.consents.schemas.texts import (
    ConsentTextIn,
    ConsentTextOut,
    ConsentTextVersionOut,
    show_text,
    show_version,
)
from app.db import transact, transaction
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("consent_texts", __name__, url_prefix="/v1", description="Consent texts")


@blp.put("/consent-texts/<string:purpose>/<string:language>")
@requires("consents:write")
@blp.arguments(ConsentTextIn)
@blp.response(200, ConsentTextOut)
@blp.alt_response(201, schema=ConsentTextOut, description="The text is new.")
def put_text(body: dict[str, Any], purpose: str, language: str) -> Response:
    """Write the draft of a text. The published version stays in force until it is published.

    `faults` tells what the draft still lacks. Safe to repeat and needs no Idempotency-Key.
    """
    principal = current_principal()

    def use_case() -> Response:
        written = services.put_text(
            principal.brand_id,
            purpose,
            language,
            body,
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return json_response(show_text(written), 201 if written.created else 200)

    return transact(principal.brand_id, use_case)


@blp.post("/consent-texts/<string:purpose>/<string:language>/publish")
@requires("consents:write")
@idempotent
@blp.response(200, ConsentTextOut)
def publish_text(purpose: str, language: str) -> Response:
    """Ask members with the draft from now on. It never changes again.

    Refused with every fault if it lacks what the law asks for.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        published = services.publish_text(
            principal.brand_id,
            purpose,
            language,
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_text(published), 200

    return execute_once(None, use_case)


@blp.get("/consent-texts/<string:purpose>/<string:language>")
@requires("consents:read")
@blp.response(200, ConsentTextOut)
def show(purpose: str, language: str) -> Response:
    """Show what members are asked with now, and the draft."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_text(brand_id, purpose, language)
    return json_response(show_text(found))


@blp.get("/consent-texts")
@requires("consents:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ConsentTextOut))
def list_texts(query: dict[str, Any]) -> Response:
    """List the texts by purpose and language."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        found = services.list_texts(
            brand_id,
            after=(position[0], position[1]) if position else None,
            limit=query["limit"] + 1,
        )
        shown = page(
            found, query["limit"], lambda each: [each.purpose, each.language], show_text, {}
        )
    return json_response(shown)


@blp.get("/consent-texts/<string:purpose>/<string:language>/versions")
@requires("consents:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ConsentTextVersionOut))
def list_versions(query: dict[str, Any], purpose: str, language: str) -> Response:
    """List every version of a text with its hash, the newest first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_text_versions(
            brand_id,
            purpose,
            language,
            before=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_version, {})
    )


def _now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())
