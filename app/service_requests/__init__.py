"""Service requests (A/S): repairs, exchanges and refunds, from the first word to the end.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.service_requests.routes import quotes, requests, symptoms

    for module in (symptoms, requests, quotes):
        api.register_blueprint(module.blp)
