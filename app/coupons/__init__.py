"""Coupons: templates, issued coupons, and the discount they give on an order.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.coupons import routes

    api.register_blueprint(routes.blp)
