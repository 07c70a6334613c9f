"""Summaries: all that a member's own page (마이페이지) shows, in one call.

It keeps nothing of its own: what it tells, the features below know.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.summaries import routes

    api.register_blueprint(routes.blp)
