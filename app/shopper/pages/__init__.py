"""The pages: each reads what was asked, runs one use case, and draws."""

import flask

from app.shopper.pages.visitors import turn_away
from app.shopper.rules.words import REFUSALS
from app.web.pages import guard

pages = flask.Blueprint("shopper", __name__)
guard(pages, REFUSALS, enter=turn_away)

from app.shopper.pages import (  # noqa: E402 - they add themselves to the blueprint
    account,
    codes,
    leaving,
    registering,
    requests,
    scanning,
    transfers,
    warranties,
)

__all__ = [
    "account",
    "codes",
    "leaving",
    "pages",
    "registering",
    "requests",
    "scanning",
    "transfers",
    "warranties",
]
