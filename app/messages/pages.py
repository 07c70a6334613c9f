"""The outbox: what a test brand would have sent, where the process is told to show it."""

import flask
from flask import render_template, request

from app import ids
from app.brands import services as brands
from app.db import transaction
from app.messages import services
from app.web.observability import COMMON_HEADERS, HEADERS, STRICT

BRANDS_SHOWN = 20
MESSAGES_SHOWN = 50

pages = flask.Blueprint("outbox", __name__)


@pages.get("/dev/outbox")
def outbox() -> str:
    """Show the newest messages of test brands, or of the one named by ``?brand=brd_…``.

    Messages of live brands are never shown.
    """
    request.environ[HEADERS] = [
        *COMMON_HEADERS,
        ("Content-Security-Policy", f"{STRICT}; style-src 'self'; img-src data:"),
        ("Cache-Control", "no-store"),
    ]
    named = ids.read("brd", request.args.get("brand", ""))
    with transaction():
        brand_ids = [named] if named else brands.list_brand_ids()[-BRANDS_SHOWN:]
    shown = []
    for brand_id in brand_ids:
        with transaction(brand_id):
            brand = brands.get_brand(brand_id)
            if brand.mode == "test":
                shown += [
                    (brand.name, each) for each in services.list_outbox(brand_id, MESSAGES_SHOWN)
                ]
    shown.sort(key=lambda each: each[1].message.id, reverse=True)
    return render_template("outbox.html", shown=shown[:MESSAGES_SHOWN], show_id=ids.show)
