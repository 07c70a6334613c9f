"""Orders: preview, place, confirm, cancel and refund; the checkout.

An order and everything it causes is one transaction, and a refund undoes exactly
what the order did. Other features may import ``services``, ``events`` and
``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.orders import cli, routes  # noqa: F401 - cli adds its command to flask import

    api.register_blueprint(routes.blp)
