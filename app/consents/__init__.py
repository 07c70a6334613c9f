"""Consents: what a brand asks, what each member answered, and what may be sent because of it.

Texts are versioned and linted before they are published; records are appended to a chain
of hashes and never changed; ``may_send`` is the one question that every sender asks.
Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.consents.routes import records, sending, texts

    api.register_blueprint(texts.blp)
    api.register_blueprint(records.blp)
    api.register_blueprint(sending.blp)
