"""Stamps: programmes, cards that fill up, and what a full card gives.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.stamps import routes

    api.register_blueprint(routes.blp)
