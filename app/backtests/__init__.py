"""Backtests: what a reward rule would have given in the past, before it goes live.

The rule is asked by the very engine that the checkout asks, over what has happened;
nothing is written.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.backtests import routes

    api.register_blueprint(routes.blp)
