"""Registrations over JSON."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from app import ids
from app.db import transaction
from app.members import services as members
from app.warranties import services
from app.warranties.routes.terms import brand_now, brand_today
from app.warranties.schemas.claims import (
    WarrantiesQuery,
    WarrantyDetailOut,
    WarrantyExtensionIn,
    WarrantyIn,
    WarrantyOut,
    WarrantyProofIn,
    WarrantyTransferIn,
    show_registered,
    show_warranty,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint(
    "warranties", __name__, url_prefix="/v1", description="Warranties: who owns which unit"
)


@blp.post("/warranties")
@requires("warranties:write")
@idempotent
@blp.arguments(WarrantyIn)
@blp.response(201, WarrantyDetailOut)
@blp.alt_response(200, schema=WarrantyDetailOut, description="The member had it registered.")
def register(body: dict[str, Any]) -> Response:
    """Register a unit for a member. Of many who try at once, one gets it.

    What is told of the purchase counts at once; `proven` says that the seller knows it to be
    true. The first registration of a unit asks the reward rules on `warranty_registered`,
    whatever the member agreed to or not.
    """
    principal = current_principal()
    brand_id = principal.brand_id
    purchase = services.Purchase(
        body["channel"],
        body.get("purchased_on"),
        body.get("delivered_on"),
        body.get("order_number"),
    )

    def use_case() -> tuple[Any, int]:
        member = members.resolve(brand_id, body["member"], pointer="/member", keep=True)
        found = services.claim(
            brand_id,
            body["unit"],
            member.id,
            purchase,
            proven=body["proven"],
            today=brand_today(brand_id),
            actor=principal.actor,
            now=brand_now(brand_id),
        )
        return _shown(found), 200 if found.repeated else 201

    return execute_once(request.get_json(), use_case)


@blp.get("/warranties")
@requires("warranties:read")
@blp.arguments(WarrantiesQuery, location="query")
@blp.response(200, page_schema(WarrantyOut))
def list_warranties(query: dict[str, Any]) -> Response:
    """List registrations, the newest first: of a member, of a unit, or waiting to be checked.

    `proof=told` and `status=active` are those whose purchase nobody has looked at yet.
    """
    brand_id = current_principal().brand_id
    names = ("member", "unit", "product", "channel", "proof", "status")
    filters = {name: query[name] for name in names}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        named = query["member"]
        member_id = members.resolve(brand_id, named, pointer="/member").id if named else None
        found = services.list_warranties(
            brand_id,
            member_id=member_id,
            serial=query["unit"],
            sku=query["product"],
            channel=query["channel"],
            proof=query["proof"],
            ended=None if query["status"] is None else query["status"] == "ended",
            after=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [str(each.warranty.id)], show_warranty, filters)
    )


@blp.get("/warranties/<string:warranty>")
@requires("warranties:read")
@blp.response(200, WarrantyDetailOut)
def show(warranty: str) -> Response:
    """Show a registration, and the coverage of its unit today."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        shown = _shown(services.get_warranty(brand_id, ids.read("wty", warranty)))
    return json_response(shown)


@blp.post("/warranties/<string:warranty>/proof")
@requires("warranties:write")
@idempotent
@blp.arguments(WarrantyProofIn)
@blp.response(200, WarrantyDetailOut)
def judge(body: dict[str, Any], warranty: str) -> Response:
    """Hold a purchase for `proven` or `disproved`, and correct its days.

    A disproved purchase leaves the owner the unit and the coverage that its own dates give.
    """
    principal = current_principal()

    def act(warranty_id: UUID | None) -> services.Registered:
        return services.judge(
            principal.brand_id,
            warranty_id,
            **body,
            today=brand_today(principal.brand_id),
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )

    return _done(warranty, act)


@blp.post("/warranties/<string:warranty>/extensions")
@requires("warranties:write")
@idempotent
@blp.arguments(WarrantyExtensionIn)
@blp.response(200, WarrantyDetailOut)
def extend(body: dict[str, Any], warranty: str) -> Response:
    """Add months to the coverage of the unit; whoever gets it next has them too."""
    principal = current_principal()

    def act(warranty_id: UUID | None) -> services.Registered:
        return services.extend(
            principal.brand_id,
            warranty_id,
            **body,
            actor=principal.actor,
            now=brand_now(principal.brand_id),
        )

    return _done(warranty, act)


@blp.post("/warranties/<string:warranty>/transfer")
@requires("warranties:write")
@idempotent
@blp.arguments(WarrantyTransferIn)
@blp.response(200, WarrantyDetailOut)
def hand_over(body: dict[str, Any], warranty: str) -> Response:
    """Give the unit to another member, and show the new registration.

    The unit's history and coverage go along; the former owner's order number and consents
    do not.
    """
    principal = current_principal()
    brand_id = principal.brand_id

    def act(warranty_id: UUID | None) -> services.Registered:
        member = members.resolve(brand_id, body["to"], pointer="/to", keep=True)
        return services.hand_over(
            brand_id,
            warranty_id,
            member.id,
            reason=body["reason"],
            actor=principal.actor,
            now=brand_now(brand_id),
        )

    return _done(warranty, act)


def _done(warranty: str, act: Callable[[UUID | None], services.Registered]) -> Response:
    def use_case() -> tuple[Any, int]:
        return _shown(act(ids.read("wty", warranty))), 200

    return execute_once(request.get_json(), use_case)


def _shown(found: services.Registered) -> dict[str, Any]:
    today = brand_today(found.warranty.brand_id)
    return show_registered(found, services.coverage_of(services.piece_of(found.unit), on=today))
