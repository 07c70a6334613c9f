"""Referrals over JSON: parse, call one use case in one transaction, render."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from app import clock, ids
from app.brands import services as brands
from app.db import transact, transaction
from app.rewards import services
from app.rewards.errors import ReferralNotFound
from app.rewards.models import Referral
from app.rewards.schemas.referrals import (
    DecisionIn,
    OneReferralOut,
    ReferralCodeOut,
    ReferralDetailsOut,
    ReferralsQuery,
    show_card,
    show_noted,
    show_one,
    show_referral,
)
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent
from app.web.pagination import page, page_schema, read_cursor
from app.web.responses import json_response

blp = Blueprint("referrals", __name__, url_prefix="/v1", description="Members invite members")


@blp.get("/members/<string:member>/referral-code")
@requires("rewards:read")
@blp.response(200, ReferralCodeOut)
def show_code(member: str) -> Response:
    """Show the code and link a member invites with, and what became of the invited.

    The code is made when it is first asked for and never changes. It is read in any
    case, with or without hyphens: give it as `referred_by_code` of the invited member.
    """
    brand_id = current_principal().brand_id
    # It may write: of two first askers one makes the code, and both get it.
    return transact(
        brand_id,
        lambda: json_response(show_card(services.card_of(brand_id, member, now=_now(brand_id)))),
    )


@blp.get("/referrals")
@requires("rewards:read")
@blp.arguments(ReferralsQuery, location="query")
@blp.response(200, page_schema(ReferralDetailsOut))
def list_referrals(query: dict[str, Any]) -> Response:
    """List referrals, the newest first; `state=review` is what staff are to decide."""
    brand_id = current_principal().brand_id
    filters = {"referrals": query["inviter"], "state": query["state"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        referrals = services.list_referrals(
            brand_id,
            state=query["state"],
            inviter=query["inviter"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(referrals, query["limit"], lambda each: [str(each.id)], show_noted, filters)
    )


@blp.get("/referrals/<string:referral>")
@requires("rewards:read")
@blp.response(200, OneReferralOut)
def show(referral: str) -> Response:
    """Show a referral, why it is doubted, and which events it waits for."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_referral(brand_id, _referral_id(referral))
        missing = services.missing_events(brand_id, found)
    return json_response(show_one(found, missing))


@blp.post("/referrals/<string:referral>/approve")
@requires("rewards:write")
@idempotent
@blp.arguments(DecisionIn)
@blp.response(200, ReferralDetailsOut)
def approve(body: dict[str, Any], referral: str) -> Response:
    """Let a referral in review (or refused) count, whatever speaks against it.

    If its order is there already and no event is missing, both are rewarded at once.
    """

    def use_case(brand_id: UUID, referral_id: UUID, **common: Any) -> Referral:
        outcome = services.approve_referral(brand_id, referral_id, note=body["reason"], **common)
        return outcome.referral

    return _decide(referral, use_case)


@blp.post("/referrals/<string:referral>/refuse")
@requires("rewards:write")
@idempotent
@blp.arguments(DecisionIn)
@blp.response(200, ReferralDetailsOut)
def refuse(body: dict[str, Any], referral: str) -> Response:
    """Refuse a referral that is not rewarded yet."""

    def use_case(brand_id: UUID, referral_id: UUID, **common: Any) -> Referral:
        return services.refuse_referral(brand_id, referral_id, note=body["reason"], **common)

    return _decide(referral, use_case)


def _decide(reference: str, use_case: Any) -> Response:
    principal = current_principal()

    def once() -> tuple[Any, int]:
        decided = use_case(
            principal.brand_id,
            _referral_id(reference),
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_referral(decided), 200

    return execute_once(request.get_json(), once)


def _referral_id(reference: str) -> UUID:
    referral_id = ids.read("ref", reference)
    if referral_id is None:
        raise ReferralNotFound
    return referral_id


def _now(brand_id: UUID) -> datetime:
    return brands.brand_now(brand_id, clock.now())
