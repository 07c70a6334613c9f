"""Messages over JSON: parse, call one use case in one transaction, render."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from app import clock, ids
from app.brands import services as brands
from app.db import transact, transaction
from app.messages import services
from app.messages.errors import MessageNotFound
from app.messages.schemas import (
    MessageOut,
    MessagesQuery,
    MessageTemplateIn,
    MessageTemplateOut,
    MessageTemplateVersionOut,
    show_message,
    show_template,
    show_template_version,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("messages", __name__, url_prefix="/v1", description="Messages and their texts")


@blp.get("/messages")
@requires("messages:read")
@blp.arguments(MessagesQuery, location="query")
@blp.response(200, page_schema(MessageOut))
def list_messages(query: dict[str, Any]) -> Response:
    """List messages, the newest first, with what providers said of each try."""
    brand_id = current_principal().brand_id
    filters = {"member": query["member"], "state": query["state"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_messages(
            brand_id,
            member=query["member"],
            state=query["state"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
        shown = page(
            found, query["limit"], lambda each: [str(each.message.id)], show_message, filters
        )
    return json_response(shown)


@blp.get("/messages/<string:message>")
@requires("messages:read")
@blp.response(200, MessageOut)
def show(message: str) -> Response:
    """Show one message. What it said is not shown; `to` is masked."""
    brand_id = current_principal().brand_id
    message_id = ids.read("msg", message)
    if message_id is None:
        raise MessageNotFound
    with transaction(brand_id):
        found = services.get_message(brand_id, message_id)
    return json_response(show_message(found))


@blp.get("/message-templates")
@requires("messages:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(MessageTemplateOut))
def list_templates(query: dict[str, Any]) -> Response:
    """List every message that is sent, with its built-in and the brand's own wording."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        found = services.list_templates(
            brand_id, after=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(page(found, query["limit"], lambda each: [each.code], show_template, {}))


@blp.get("/message-templates/<string:template>")
@requires("messages:read")
@blp.response(200, MessageTemplateOut)
def show_one_template(template: str) -> Response:
    """Show one message's wording, and the draft with its faults."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_template(brand_id, template)
    return json_response(show_template(found))


@blp.put("/message-templates/<string:template>")
@requires("messages:write")
@blp.arguments(MessageTemplateIn)
@blp.response(200, MessageTemplateOut)
def put_template(body: dict[str, Any], template: str) -> Response:
    """Write the draft of the brand's own wording. What is in force is sent until it is published.

    `faults` tells what the draft still lacks. Safe to repeat and needs no Idempotency-Key.
    """
    principal = current_principal()

    def use_case() -> Response:
        written = services.put_template(
            principal.brand_id,
            template,
            body,
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return json_response(show_template(written))

    return transact(principal.brand_id, use_case)


@blp.post("/message-templates/<string:template>/publish")
@requires("messages:write")
@idempotent
@blp.response(200, MessageTemplateOut)
def publish_template(template: str) -> Response:
    """Send the draft from now on. It never changes again.

    Refused with every fault if it could not be sent as it is.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        published = services.publish_template(
            principal.brand_id, template, actor=principal.actor, now=_now(principal.brand_id)
        )
        return show_template(published), 200

    return execute_once(None, use_case)


@blp.get("/message-templates/<string:template>/versions")
@requires("messages:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(MessageTemplateVersionOut))
def list_template_versions(query: dict[str, Any], template: str) -> Response:
    """List every version of the brand's own wording, the newest first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_template_versions(
            brand_id,
            template,
            before=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_template_version, {})
    )


def _now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())
