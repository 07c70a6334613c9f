"""Dangol: loyalty and digital warranties for Korean e-commerce brands."""

from typing import Any

from flask import Flask
from flask_migrate import Migrate

from app.db import db


def create_app(config: dict[str, Any]) -> Flask:
    """Build the application from ``config`` alone: no environment, no database."""
    from app import (
        audit,
        backtests,
        benefits,
        brands,
        certificates,
        cli,
        consents,
        console,
        coupons,
        desk,
        exchanges,
        insights,
        job_status,
        members,
        messages,
        orders,
        points,
        products,
        resealing,
        rewards,
        service_requests,
        shopper,
        staff,
        stamps,
        subscriptions,
        summaries,
        tiers,
        verifications,
        warranties,
        web,
    )
    from app.web import health

    app = web.Application(__name__, static_folder=None)
    app.config.update(config)
    db.init_app(app)
    Migrate(app, db, directory="migrations")
    api = web.init_app(app)
    for feature in (
        brands,
        members,
        consents,
        messages,
        verifications,
        staff,
        points,
        products,
        coupons,
        benefits,
        stamps,
        tiers,
        rewards,
        exchanges,
        orders,
        warranties,
        service_requests,
        desk,
        backtests,
        summaries,
        insights,
        shopper,
        console,
    ):
        feature.init_app(app, api)
    app.cli.add_command(cli.group)
    app.cli.add_command(audit.command)
    app.cli.add_command(certificates.command)
    app.cli.add_command(resealing.command)
    health.add_metrics(app, job_status.collect)
    subscriptions.connect()
    return app
