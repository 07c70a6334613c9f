"""Warranties: terms, coverage, units with their labels, and what becomes of them.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes."""
    from app.warranties import cli  # noqa: F401 - the command registers itself
    from app.warranties.routes import (
        batches,
        claims,
        labels,
        receipts,
        reviews,
        stats,
        terms,
        units,
    )

    for module in (terms, batches, labels, units, stats, claims, receipts, reviews):
        api.register_blueprint(module.blp)
