"""What every HTTP entry point shares.

``blueprint`` reads requests strictly and describes routes, ``auth`` says who calls,
``idempotency`` makes repeats safe, ``pagination`` cuts lists, ``problems`` is the one
error body, ``observability`` surrounds it all; ``docs`` and ``health`` are the only
routes outside of ``/v1``.
"""

from flask import Flask, request
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web import auth, docs, health, limits, logs, models, problems
from app.web.json_input import Request, is_clean
from app.web.observability import Envelope
from app.web.openapi import Api

__all__ = ["PUBLIC_ROUTES", "init_app", "models"]  # the models are part of the schema

# Every route that asks nobody who they are.
PUBLIC_ROUTES = frozenset(
    {
        "/",
        "/docs",
        "/docs/errors",
        "/static/<path:filename>",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    }
)

PATH_LENGTH_MAX = 1024


def init_app(app: Flask) -> Api:
    """Set up what all routes share and return the API that features register with."""
    app.request_class = Request
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    logs.configure(app.config["LOG_LEVEL"])
    problems.init_app(app)
    auth.init_app(app)
    app.before_request(_check_path)
    limits.init_app(app)
    api = Api(app)
    health.init_app(app)
    docs.init_app(app, api)
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.wsgi_app = Envelope(app.wsgi_app)  # type: ignore[method-assign]
    return api


def _check_path() -> None:
    """Refuse addresses that no text column could hold."""
    if len(request.path) > PATH_LENGTH_MAX or not is_clean(request.path):
        raise NotFound
