"""What every HTTP entry point shares.

``blueprint`` reads requests strictly and describes routes, ``auth`` says who calls,
``idempotency`` makes repeats safe, ``pagination`` cuts lists, ``problems`` is the one
error body, ``observability`` surrounds it all; ``docs`` and ``health`` are the only
routes outside of ``/v1``.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web import auth, docs, health, limits, logs, models, problems
from app.web.json_input import Request, is_clean
from app.web.observability import Envelope
from app.web.openapi import Api

__all__ = [
    "PUBLIC_ROUTES",
    "Application",
    "init_app",
    "models",
]  # the models are part of the schema

# Every route that asks nobody who they are, besides the pages of shoppers and staff.
PUBLIC_ROUTES = frozenset(
    {
        "/",
        "/assets/<digest>/<name>",
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


class Application(Flask):
    """The Flask application: reads JSON strictly, and has no coroutines to look for."""

    request_class = Request

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def init_app(app: Flask) -> Api:
    """Set up what all routes share and return the API that features register with."""
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    logs.configure(app.config["LOG_LEVEL"])
    problems.init_app(app)
    auth.init_app(app)
    limits.init_app(app)
    app.before_request(_admit)
    api = Api(app)
    health.init_app(app)
    docs.init_app(app, api)
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.wsgi_app = Envelope(app.wsgi_app, logs.access_log(app.config["LOG_LEVEL"]))  # type: ignore[method-assign]
    return api


def _admit() -> None:
    """Refuse addresses that no text column could hold, and callers that ask too often."""
    # The object behind the proxy: each look through a proxy costs as much as a statement.
    current = request._get_current_object()  # type: ignore[attr-defined]
    path = current.path
    if len(path) > PATH_LENGTH_MAX or not is_clean(path):
        raise NotFound
    if path.startswith("/v1/"):
        limits.count_request(current_app.extensions["rate_window"], current)
