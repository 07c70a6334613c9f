"""Quotes and photos of a request."""

import hashlib
from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app import photos
from app.db import transaction
from app.service_requests import services
from app.service_requests.errors import ServicePhotoTooLarge
from app.service_requests.routes.moments import brand_now, brand_today
from app.service_requests.routes.requests import done, id_of
from app.service_requests.schemas.answers import ServiceRequestOut, show_request
from app.service_requests.schemas.requests import ServiceAcceptIn, ServiceQuoteIn
from app.web.auth import current_principal, requires
from app.web.blueprint import Blueprint
from app.web.idempotency import execute_once, idempotent

blp = Blueprint(
    "service_quotes", __name__, url_prefix="/v1", description="Quotes and photos of requests"
)
QUOTE = "/service-requests/<string:service_request>/quotes/<int(max=1000000):version>"
PHOTO = "/service-requests/<string:service_request>/photos/<int(max=1000000):number>"


@blp.post("/service-requests/<string:service_request>/quotes")
@requires("service_requests:write")
@idempotent
@blp.arguments(ServiceQuoteIn)
@blp.response(201, ServiceRequestOut)
def make_quote(body: dict[str, Any], service_request: str) -> Response:
    """Quote the lines as they are to the customer, who is told; an open quote is withdrawn.

    The snapshot, its text and the text's hash never change.
    """
    return done(service_request, services.make_quote, body, status=201)


@blp.post(f"{QUOTE}/accept")
@requires("service_requests:write")
@idempotent
@blp.arguments(ServiceAcceptIn)
@blp.response(200, ServiceRequestOut)
def accept(body: dict[str, Any], service_request: str, version: int) -> Response:
    """Accept a quote for a customer who said so, by telephone for example.

    Only the newest one, and only the text it has; accepting it again changes nothing.
    """
    return done(service_request, services.accept_quote, {**body, "version": version})


@blp.post(f"{QUOTE}/decline")
@requires("service_requests:write")
@idempotent
@blp.response(200, ServiceRequestOut)
def decline(service_request: str, version: int) -> Response:
    """Decline the newest quote for a customer who said so."""
    return done(service_request, services.decline_quote, {"version": version})


@blp.post("/service-requests/<string:service_request>/photos")
@requires("service_requests:write")
@idempotent
@blp.doc(
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
)
@blp.response(201, ServiceRequestOut)
def add_photo(service_request: str) -> Response:
    """Add a photo: the file itself as the body, up to 15 MB and 100 megapixels.

    JPEG, PNG, WebP or HEIC by its content, whatever the Content-Type says. It is kept as a
    JPEG of at most 2048 pixels without place, date or anything else of the file. Five at most.
    """
    principal = current_principal()
    brand_id = principal.brand_id
    request.max_content_length = photos.BYTES_MAX
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise ServicePhotoTooLarge from error

    with transaction(brand_id):
        services.get_request(brand_id, id_of(brand_id, service_request))
    pictures = services.clean_photos([content])  # takes a while: for what is there alone

    def use_case() -> tuple[Any, int]:
        case = services.add_photos(
            brand_id,
            id_of(brand_id, service_request),
            pictures,
            actor=principal.actor,
            now=brand_now(brand_id),
        )
        return show_request(case, today=brand_today(brand_id)), 201

    return execute_once(hashlib.sha256(content).hexdigest(), use_case)


@blp.get(PHOTO)
@requires("service_requests:read")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
def show_photo(service_request: str, number: int) -> Response:
    """Show a photo as JPEG."""
    brand_id = current_principal().brand_id
    with transaction(brand_id):
        content = services.read_photo(brand_id, id_of(brand_id, service_request), number)
    return Response(
        content,
        mimetype="image/jpeg",
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
