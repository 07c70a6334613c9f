"""Brands: the tenants, their versioned settings, API keys, test clock and audit log.

A brand is the tenant of everything else: ``brand_id`` leads every key. Other
features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.brands import cli, routes

    api.register_blueprint(routes.blp)
    app.cli.add_command(cli.brands)
