"""Figures of what a programme earns: how often people come back, what is owed in points.

Each figure is one set-based query over what other features keep, with its definition in
words. Nothing else may import from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.insights.routes import blp

    api.register_blueprint(blp)
