"""Photos of receipts, for staff who judge a purchase."""

from flask import Response

from app import ids
from app.db import transaction
from app.warranties import services
from app.warranties.schemas.claims import WarrantyReceiptsOut, show_receipt
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.responses import json_response

blp = Blueprint("receipts", __name__, url_prefix="/v1", description="Photos that prove a purchase")


@blp.get("/warranties/<string:warranty>/receipts")
@requires("warranties:read")
@blp.response(200, WarrantyReceiptsOut)
def list_receipts(warranty: str) -> Response:
    """List the photos that the owner sent to prove the purchase; at most three.

    Say what came of them with `POST …/proof`. A photo is forgotten 90 days after that, or when
    the registration ends; then `kept` is false.
    """
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_warranty(brand_id, ids.read("wty", warranty)).warranty
        receipts = services.list_receipts(brand_id, found.id)
    return json_response({"object": "list", "data": [show_receipt(each) for each in receipts]})


@blp.get("/warranties/<string:warranty>/receipts/<string:receipt>")
@requires("warranties:read")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
def show(warranty: str, receipt: str) -> Response:
    """Show a photo as JPEG."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        found = services.get_warranty(brand_id, ids.read("wty", warranty)).warranty
        content = services.picture_of(brand_id, found.id, ids.read("wrc", receipt))
    return Response(
        content,
        mimetype="image/jpeg",
        headers={"Content-Disposition": "attachment; filename=receipt.jpg"},
    )
