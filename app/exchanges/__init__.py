"""Exchanges: what points buy outside an order.

An operator puts *items* into the catalogue: a coupon or a gift (a coupon for one) for
so many points, as many as there are, for whom and until when. An *exchange* takes the
points and issues the coupons in one transaction; staff may cancel it as long as none
of its coupons is used.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.exchanges import routes

    api.register_blueprint(routes.blp)
