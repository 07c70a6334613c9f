"""Members over JSON: parse, call one use case in one transaction, render."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock, ids
from app.brands import services as brands
from app.db import transact, transaction
from app.members import services
from app.members.errors import ErasureRequestNotFound
from app.members.models import Member
from app.members.rules import MemberFields, tag_of
from app.members.schemas import (
    ErasureRefusalIn,
    ErasureRequestIn,
    ErasureRequestOut,
    ErasureRequestsQuery,
    MemberIn,
    MemberOut,
    MembersQuery,
    MemberStateOut,
    MergeIn,
    NothingIn,
    SearchIn,
    TagOut,
    keys_of,
    show_erasure,
    show_member,
    show_state,
    show_tag,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import CursorInvalid, PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("members", __name__, url_prefix="/v1", description="Customers of the brand")


@blp.put("/members/ext:<string:external_id>")
@requires("members:write")
@blp.arguments(MemberIn)
@blp.response(200, MemberOut)
@blp.alt_response(201, schema=MemberOut, description="The member is new.")
def put_member(body: MemberFields, external_id: str) -> Response:
    """Register a member under your own id, or change what is named of it.

    Safe to repeat and needs no Idempotency-Key: 201 if the member is new, 200 if it
    was there. An id holds 1 to 128 printable characters, percent-encoded in the
    address; do not use a phone number or an e-mail address for one.
    """
    brand_id = current_principal().brand_id

    def use_case() -> Response:
        member, outcome = services.put_member(brand_id, external_id, body, now=_now(brand_id))
        return json_response(show_member(member), 201 if outcome == "created" else 200)

    return transact(brand_id, use_case)


@blp.get("/members/<string:member>")
@requires("members:read")
@blp.response(200, MemberOut)
def show(member: str) -> Response:
    """Show one member by `mem_…` or `ext:<your id>`, a merged one as merged."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.find_member(brand_id, member)
    return json_response(show_member(found))


@blp.patch("/members/<string:member>")
@requires("members:write")
@blp.arguments(MemberIn)
@blp.response(200, MemberOut)
def change(body: MemberFields, member: str) -> Response:
    """Change what is named of a member; a null clears."""
    brand_id = current_principal().brand_id

    def use_case() -> Response:
        changed = services.change_member(brand_id, member, body, now=_now(brand_id))
        return json_response(show_member(changed))

    return transact(brand_id, use_case)


@blp.get("/members")
@requires("members:read")
@blp.arguments(MembersQuery, location="query")
@blp.response(200, page_schema(MemberOut))
def list_members(query: dict[str, Any]) -> Response:
    """List members, the newest first, or look one up.

    An address may end up in the logs of proxies: to look somebody up by phone or
    e-mail, prefer `POST /v1/members/search`, which takes the same keys in its body.
    """
    return _list(query)


@blp.post("/members/search")
@requires("members:read")
@blp.arguments(SearchIn)
@blp.response(200, page_schema(MemberOut))
def search(body: dict[str, Any]) -> Response:
    """Find members by phone (in any form), e-mail or external id. Changes nothing.

    Who was merged is found as the survivor. Several keys must all fit. A family may
    share a phone number, so there may be several.
    """
    return _list(body)


@blp.post("/members/<string:member>/merge")
@requires("members:write")
@idempotent
@blp.arguments(MergeIn)
@blp.response(200, MemberStateOut)
def merge(body: dict[str, Any], member: str) -> Response:
    """Merge a member into another one, who takes over its points and what it lacks.

    It cannot be undone. `ext:` and `mem_` of the merged member lead to the survivor
    wherever points are moved or orders placed.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        merged = services.merge_member(
            principal.brand_id,
            member,
            body["into"],
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_state(merged), 200

    return execute_once(request.get_json(), use_case)


@blp.post("/members/<string:member>/erase")
@requires("members:write")
@idempotent
@blp.arguments(NothingIn)
@blp.response(200, MemberStateOut)
def erase(_body: dict[str, Any], member: str) -> Response:
    """Erase a member's personal data; points lapse, orders and ledger entries stay.

    It cannot be undone. Your own id is free again: registering it makes a new member.
    """
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        erased = services.erase_member(
            principal.brand_id, member, actor=principal.actor, now=_now(principal.brand_id)
        )
        return show_state(erased), 200

    return execute_once({}, use_case)


@blp.post("/members/<string:member>/erasure-requests")
@requires("privacy:write")
@idempotent
@blp.arguments(ErasureRequestIn)
@blp.response(201, ErasureRequestOut)
@blp.alt_response(200, schema=ErasureRequestOut, description="The member has asked already.")
def request_erasure(body: dict[str, Any], member: str) -> Response:
    """Take down that a member wants to be erased. It has to be answered within ten days."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        taken = services.request_erasure(
            brand_id,
            services.resolve(brand_id, member).id,
            source=body["source"],
            actor=principal.actor,
            now=_now(brand_id),
        )
        return show_erasure(taken), 200 if taken.repeated else 201

    return execute_once(request.get_json(), use_case)


@blp.get("/erasure-requests")
@requires("privacy:read")
@blp.arguments(ErasureRequestsQuery, location="query")
@blp.response(200, page_schema(ErasureRequestOut))
def list_erasures(query: dict[str, Any]) -> Response:
    """List wishes to be erased with the last day to act, those with the least time first."""
    brand_id = current_principal().brand_id
    filters = {"state": query["state"], "overdue": query["overdue"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_erasures(
            brand_id,
            state=query["state"],
            overdue=None if query["overdue"] is None else query["overdue"] == "true",
            after=(date.fromisoformat(position[0]), UUID(position[1])) if position else None,
            limit=query["limit"] + 1,
            now=_now(brand_id),
        )
    return json_response(
        page(
            found,
            query["limit"],
            lambda each: [each.request.due_on.isoformat(), str(each.request.id)],
            show_erasure,
            filters,
        )
    )


@blp.get("/erasure-requests/<string:erasure>")
@requires("privacy:read")
@blp.response(200, ErasureRequestOut)
def show_request(erasure: str) -> Response:
    """Show a wish to be erased, and what became of it."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_erasure(brand_id, _request_id(erasure), now=_now(brand_id))
    return json_response(show_erasure(found))


@blp.post("/erasure-requests/<string:erasure>/complete")
@requires("privacy:write")
@idempotent
@blp.arguments(NothingIn)
@blp.response(200, ErasureRequestOut)
def complete_erasure(_body: dict[str, Any], erasure: str) -> Response:
    """Erase who asked for it, as `POST /v1/members/{member}/erase` does. It cannot be undone."""
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        done = services.complete_erasure(
            principal.brand_id,
            _request_id(erasure),
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_erasure(done), 200

    return execute_once({}, use_case)


@blp.post("/erasure-requests/<string:erasure>/refuse")
@requires("privacy:write")
@idempotent
@blp.arguments(ErasureRefusalIn)
@blp.response(200, ErasureRequestOut)
def refuse_erasure(body: dict[str, Any], erasure: str) -> Response:
    """Write down why a member is not erased. Tell the person that, and where to complain."""
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        refused = services.refuse_erasure(
            principal.brand_id,
            _request_id(erasure),
            reason=body["reason"],
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_erasure(refused), 200

    return execute_once(request.get_json(), use_case)


@blp.get("/members/<string:member>/tags")
@requires("members:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(TagOut))
def list_tags(query: dict[str, Any], member: str) -> Response:
    """List a member's tags: the brand's own labels, and those that rules gave."""
    brand_id = current_principal().brand_id
    filters = {"tags": member}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        tags = services.list_tags(
            brand_id,
            member,
            after=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(page(tags, query["limit"], lambda tag: [tag.tag], show_tag, filters))


@blp.put("/members/<string:member>/tags/<string:tag>")
@requires("members:write")
@blp.response(200, TagOut)
def add_tag(member: str, tag: str) -> Response:
    """Give a member a tag (1 to 50 characters). Repeating it changes nothing."""
    brand_id = current_principal().brand_id
    name = tag_of(tag)
    return transact(
        brand_id,
        lambda: json_response(
            show_tag(services.add_tag(brand_id, member, name, now=_now(brand_id)))
        ),
    )


@blp.delete("/members/<string:member>/tags/<string:tag>")
@requires("members:write")
@blp.response(204)
def remove_tag(member: str, tag: str) -> Response:
    """Take a tag from a member. Repeating it changes nothing."""
    brand_id = current_principal().brand_id
    name = tag_of(tag)
    transact(brand_id, lambda: services.remove_tag(brand_id, member, name))
    return Response(status=204)


def _list(query: dict[str, Any]) -> Response:
    brand_id = current_principal().brand_id
    keys = keys_of(query)
    status = query.get("status")
    with transaction(brand_id):
        # A cursor shows itself in addresses: it may not tell what was looked for.
        filters = {"members": services.search_digest(brand_id, keys), "status": status}
        position = read_cursor(query, filters)
        before = _member_id(position)
        limit = query["limit"] + 1
        if keys:
            found = services.search_members(brand_id, keys, before=before, limit=limit)
        else:
            found = services.list_members(brand_id, status=status, before=before, limit=limit)
    return json_response(page(found, query["limit"], _position, show_member, filters))


def _position(member: Member) -> list[Any]:
    return [ids.show("mem", member.id)]


def _member_id(position: list[Any] | None) -> UUID | None:
    if position is None:
        return None
    member_id = ids.read("mem", str(position[0]))
    if member_id is None:
        raise CursorInvalid(pointer="/cursor")
    return member_id


def _request_id(text: str) -> UUID:
    request_id = ids.read("era", text)
    if request_id is None:
        raise ErasureRequestNotFound
    return request_id


def _now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())
