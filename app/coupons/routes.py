"""Coupons over JSON: parse, call one use case in one transaction, render."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from flask import Response, request, stream_with_context

from app import clock, ids
from app.brands import services as brands
from app.coupons import services
from app.coupons.errors import CouponBatchNotFound
from app.coupons.models import Coupon
from app.coupons.rules.codes import shown
from app.coupons.schemas import (
    CouponBatchOut,
    CouponCodesIn,
    CouponCodesQuery,
    CouponOut,
    CouponReasonIn,
    CouponsQuery,
    CouponTemplateIn,
    CouponTemplateOut,
    CouponTemplatesQuery,
    CouponTemplateVersionOut,
    MemberCouponIn,
    show_coupon,
    show_template,
    show_version,
)
from app.db import transact, transaction
from app.members import services as members
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.definitions import code_of
from app.web.idempotency import execute_once, idempotency_key, idempotent
from app.web.pagination import PageQuery, page, page_schema, read_cursor
from app.web.responses import json_response, show_instant

CSV_CHUNK = 5000

blp = Blueprint("coupons", __name__, url_prefix="/v1", description="Coupons")


@blp.put("/coupon-templates/<string:template>")
@requires("programme:write")
@blp.arguments(CouponTemplateIn)
@blp.response(200, CouponTemplateOut)
@blp.alt_response(201, schema=CouponTemplateOut, description="The template is new.")
def put_template(body: dict[str, Any], template: str) -> Response:
    """Define a coupon, or change it for those that are issued from now on.

    Coupons issued before keep the version they were issued under. Safe to repeat and
    needs no Idempotency-Key: saying the same again makes no version.
    """
    principal = current_principal()
    code = code_of(template)

    def use_case() -> Response:
        defined = services.put_template(
            principal.brand_id, code, body, actor=principal.actor, now=_now(principal.brand_id)
        )
        return json_response(show_template(defined), 201 if defined.created else 200)

    return transact(principal.brand_id, use_case)


@blp.get("/coupon-templates/<string:template>")
@requires("programme:read")
@blp.response(200, CouponTemplateOut)
def show(template: str) -> Response:
    """Show a template as it is now, and how many coupons of it are issued and used."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        defined = services.get_template(brand_id, template)
    return json_response(show_template(defined))


@blp.get("/coupon-templates")
@requires("programme:read")
@blp.arguments(CouponTemplatesQuery, location="query")
@blp.response(200, page_schema(CouponTemplateOut))
def list_templates(query: dict[str, Any]) -> Response:
    """List templates in the order of their codes."""
    brand_id = current_principal().brand_id
    filters = {"status": query["status"]}
    position = read_cursor(query, filters)
    with transaction(brand_id):
        found = services.list_templates(
            brand_id,
            status=query["status"],
            after=position[0] if position else None,
            limit=query["limit"] + 1,
        )
    return json_response(
        page(found, query["limit"], lambda each: [each.template.code], show_template, filters)
    )


@blp.get("/coupon-templates/<string:template>/versions")
@requires("programme:read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_schema(CouponTemplateVersionOut))
def list_versions(query: dict[str, Any], template: str) -> Response:
    """List what a template said and who changed it, the newest version first."""
    brand_id = current_principal().brand_id
    position = read_cursor(query, {})
    with transaction(brand_id):
        versions = services.list_versions(
            brand_id, template, before=position[0] if position else None, limit=query["limit"] + 1
        )
    return json_response(
        page(versions, query["limit"], lambda each: [each.version], show_version, {})
    )


@blp.post("/coupon-templates/<string:template>/pause")
@requires("programme:write")
@idempotent
@blp.response(200, CouponTemplateOut)
def pause(template: str) -> Response:
    """Stop a coupon for the moment: nobody can be given or use one."""
    return _set_status(template, "paused")


@blp.post("/coupon-templates/<string:template>/resume")
@requires("programme:write")
@idempotent
@blp.response(200, CouponTemplateOut)
def resume(template: str) -> Response:
    """Let a paused coupon go on."""
    return _set_status(template, "active")


@blp.post("/coupon-templates/<string:template>/end")
@requires("programme:write")
@idempotent
@blp.response(200, CouponTemplateOut)
def end(template: str) -> Response:
    """End a coupon for good: no more are given, its codes are refused.

    Members keep those they have until their date.
    """
    return _set_status(template, "ended")


@blp.post("/coupon-templates/<string:template>/codes")
@requires("rewards:write")
@idempotent
@blp.arguments(CouponCodesIn)
@blp.response(201, CouponBatchOut)
def create_codes(body: dict[str, Any], template: str) -> Response:
    """Make unique codes, each good for one coupon of whoever enters it first."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        made, batch_id = services.make_codes(
            brand_id, template, body["quantity"], actor=principal.actor, now=_now(brand_id)
        )
        batch = ids.show("cpb", batch_id)
        return {
            "object": "coupon_batch",
            "id": batch,
            "template": made.code,
            "version": made.version,
            "quantity": body["quantity"],
            "download": f"/v1/coupon-templates/{made.code}/codes.csv?batch={batch}",
        }, 201

    return execute_once(request.get_json(), use_case)


@blp.get("/coupon-templates/<string:template>/codes.csv")
@requires("rewards:read")
@blp.arguments(CouponCodesQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/csv")
def download_codes(query: dict[str, Any], template: str) -> Response:
    """Download the unique codes of a template, or of one batch, as CSV.

    Codes are worth money: each download is written down in the audit log.
    """
    principal = current_principal()
    brand_id = principal.brand_id
    batch_id = _batch_id(query["batch"])
    now = clock.now()

    def use_case() -> UUID:
        return services.open_download(
            brand_id, template, batch_id, actor=principal.actor, now=_now(brand_id)
        )

    rows = _csv(brand_id, transact(brand_id, use_case), batch_id)
    name = f"{template}-{now:%Y%m%d-%H%M%S}.csv"
    return Response(
        stream_with_context(rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blp.post("/members/<string:member>/coupons")
@requires("rewards:write")
@idempotent
@blp.arguments(MemberCouponIn)
@blp.response(201, CouponOut)
def create_coupon(body: dict[str, Any], member: str) -> Response:
    """Give a member a coupon of a `template`, or the one whose `code` the member entered."""
    principal = current_principal()
    brand_id = principal.brand_id

    def use_case() -> tuple[Any, int]:
        found = members.resolve(brand_id, member, keep=True)
        now = _now(brand_id)
        give = services.register if "code" in body else services.issue
        coupon = give(
            brand_id,
            found.id,
            body.get("code") or body["template"],
            cause=f"key/{idempotency_key()}",
            reason=body["reason"],
            actor=principal.actor,
            now=now,
        )
        return _shown(coupon, now=now), 201

    return execute_once(request.get_json(), use_case)


@blp.get("/members/<string:member>/coupons")
@requires("rewards:read")
@blp.arguments(CouponsQuery, location="query")
@blp.response(200, page_schema(CouponOut))
def list_coupons(query: dict[str, Any], member: str) -> Response:
    """List a member's coupons, the newest first."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = members.resolve(brand_id, member)
        filters = {"coupons": str(found.id), "status": query["status"]}
        position = read_cursor(query, filters)
        now = _now(brand_id)
        coupons = services.list_of_member(
            brand_id,
            found.id,
            status=query["status"],
            before=UUID(position[0]) if position else None,
            limit=query["limit"] + 1,
            now=now,
        )
        body = page(
            coupons,
            query["limit"],
            lambda each: [str(each.id)],
            lambda each: _shown(each, now=now),
            filters,
        )
    return json_response(body)


@blp.get("/coupons/<string:coupon>")
@requires("rewards:read")
@blp.response(200, CouponOut)
def show_one(coupon: str) -> Response:
    """Show a coupon by its id (`cpn_…`) or its unique code."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        body = _shown(services.find_coupon(brand_id, coupon), now=_now(brand_id))
    return json_response(body)


@blp.post("/coupons/<string:coupon>/revoke")
@requires("rewards:write")
@idempotent
@blp.arguments(CouponReasonIn)
@blp.response(200, CouponOut)
def revoke(body: dict[str, Any], coupon: str) -> Response:
    """Take a coupon back: nobody can use it any more."""
    return _change(services.revoke, coupon, body["reason"])


@blp.post("/coupons/<string:coupon>/restore")
@requires("rewards:write")
@idempotent
@blp.arguments(CouponReasonIn)
@blp.response(200, CouponOut)
def restore(body: dict[str, Any], coupon: str) -> Response:
    """Make a revoked coupon usable again, until its own date."""
    return _change(services.restore, coupon, body["reason"])


def _now(brand_id: UUID) -> Any:
    return brands.brand_now(brand_id, clock.now())


def _shown(coupon: Coupon, *, now: Any) -> dict[str, Any]:
    template = services.template_version(coupon.brand_id, coupon.template_id, coupon.version)
    return show_coupon(coupon, template, now=now)


def _set_status(template: str, status: str) -> Response:
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        defined = services.set_status(
            principal.brand_id,
            template,
            status,
            actor=principal.actor,
            now=_now(principal.brand_id),
        )
        return show_template(defined), 200

    return execute_once(None, use_case)


def _change(change: Callable[..., Coupon], coupon: str, reason: str) -> Response:
    principal = current_principal()

    def use_case() -> tuple[Any, int]:
        now = _now(principal.brand_id)
        changed = change(principal.brand_id, coupon, reason=reason, actor=principal.actor, now=now)
        return _shown(changed, now=now), 200

    return execute_once(request.get_json(), use_case)


def _batch_id(reference: str | None) -> UUID | None:
    if reference is None:
        return None
    batch_id = ids.read("cpb", reference)
    if batch_id is None:
        raise CouponBatchNotFound
    return batch_id


def _csv(brand_id: UUID, template_id: UUID, batch_id: UUID | None) -> Iterator[str]:
    """Give out rows piece by piece, each piece read in a transaction of its own."""
    yield "code,coupon,batch,status,member,valid_from,valid_until,redeemed_at,order\r\n"
    after = None
    while True:
        with transaction(brand_id):
            now = _now(brand_id)
            coupons = services.list_codes(
                brand_id, template_id, batch_id=batch_id, after=after, limit=CSV_CHUNK
            )
            piece = "".join(_csv_row(each, now) for each in coupons)
        if not coupons:
            return
        after = coupons[-1].id
        yield piece


def _csv_row(coupon: Coupon, now: Any) -> str:
    columns = (
        shown(coupon.code or ""),
        ids.show("cpn", coupon.id),
        coupon.batch_id and ids.show("cpb", coupon.batch_id),
        services.status_at(coupon, now),
        coupon.member_id and ids.show("mem", coupon.member_id),
        show_instant(coupon.valid_from),
        show_instant(coupon.valid_until),
        show_instant(coupon.redeemed_at),
        coupon.order_id and ids.show("ord", coupon.order_id),
    )
    return ",".join(column or "" for column in columns) + "\r\n"
