"""Members' consents over JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock, ids
from app.brands import services as brands
from app.consents import services
from app.consents.schemas.records import (
    ConsentAnswerIn,
    ConsentAnswerOut,
    ConsentRecordOut,
    ConsentsQuery,
    MemberConsentsOut,
    show_consents,
    show_record,
)
from app.consents.services import Answer
from app.db import transaction
from app.members import services as members
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("consents", __name__, url_prefix="/v1", description="Members' consents")


@blp.post("/members/<string:member>/consents")
@requires("consents:write")
@idempotent
@blp.arguments(ConsentAnswerIn)
@blp.response(200, ConsentAnswerOut)
def record_answer(answer: Answer, member: str) -> Response:
    """Give, refuse or withdraw consents, several at once, all of them or none.

    What was `asked` and is not among the decisions is stored as refused. An answer that
    says what is in force already adds nothing. Withdrawing takes the same one call as
    giving, and no reason.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        now = brands.brand_now(brand_id, clock.now())
        found = members.resolve(brand_id, member, keep=True)
        changed = services.record_answer(
            brand_id, found.id, answer, recorded_by=principal.actor, now=now
        )
        standings = services.list_standings(brand_id, found.id, answer.language, now=now)
        shown = show_consents(ids.show("mem", found.id), standings)
        return {**shown, "changed": changed}, 200

    return execute_once(request.get_json(), use_case)


@blp.get("/members/<string:member>/consents")
@requires("consents:read")
@blp.arguments(ConsentsQuery, location="query")
@blp.response(200, MemberConsentsOut)
def show(query: dict[str, Any], member: str) -> Response:
    """Show what a member agreed to, what was refused, and when it may be asked again."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        standings = services.list_standings(
            brand_id, found.id, query["language"], now=brands.brand_now(brand_id, clock.now())
        )
    return json_response(show_consents(ids.show("mem", found.id), standings))


@blp.get("/members/<string:member>/consents/history")
@requires("consents:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(ConsentRecordOut))
def list_records(query: dict[str, Any], member: str) -> Response:
    """List every record of a member with its hashes, the newest first.

    It includes those of members who were merged into this one; each has a chain of its own.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        filters = {"consents": str(members.resolve(brand_id, member).id)}
        position = read_cursor(query, filters)
        records = services.list_records(
            brand_id,
            member,
            before=_position(position) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(
            records,
            query["limit"],
            lambda each: [each.at.isoformat(), str(each.member_id), each.seq],
            show_record,
            filters,
        )
    )


def _position(position: list[Any]) -> tuple[datetime, UUID, int]:
    return datetime.fromisoformat(position[0]), UUID(position[1]), position[2]
