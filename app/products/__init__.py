"""Products: what a brand sells, and which products belong together.

The catalogue is optional: an order may name any SKU. What is in it, rules may ask
about: a product's category, price and cost, and the two ways in which products
belong together (see ``models``).

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes and commands."""
    from app.products import cli, routes  # noqa: F401 - `cli` adds `flask import products`

    api.register_blueprint(routes.blp)
