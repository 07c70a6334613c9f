"""Tiers: the ladder of a brand, what counts for it, and who stands where.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.tiers import routes

    api.register_blueprint(routes.blp)
