"""What a developer reads: the API reference, its machine-readable form, the error codes."""

import json
import secrets
from typing import Any

import flask
from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.errors import DomainError
from app.web.observability import COMMON_HEADERS, HEADERS, STRICT
from app.web.openapi import Api
from app.web.problems import FAILURES, Failure, status_of

REDOC = "vendor/redoc-2.5.4.standalone.js"
# Two styles that the bundle writes before it knows the nonce: an empty one, and its scrollbars'.
REDOC_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    " 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
# The bundle's name holds its version; our own two files change with a release.
ASSET_SECONDS = 3600

ASSET_HEADERS = [*COMMON_HEADERS, ("Content-Security-Policy", STRICT)]

pages = flask.Blueprint(
    "docs",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


def init_app(app: Flask, api: Api) -> None:
    app.extensions["api"] = api
    app.register_blueprint(pages)


@pages.get("/")
def home() -> AnyResponse:
    return redirect(url_for("docs.reference"))


@pages.get("/docs")
def reference() -> str:
    """Draw the reference with Redoc, which is served from here like everything else."""
    nonce = secrets.token_urlsafe(16)
    _use_page_headers(
        "script-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src blob:;"
        f" style-src 'self' 'nonce-{nonce}' {REDOC_STYLES}"
    )
    return render_template("reference.html", bundle=REDOC, nonce=nonce)


@pages.get("/docs/errors")
def errors() -> str:
    _use_page_headers("style-src 'self'; img-src data:")
    return render_template("errors.html", failures=list_failures())


@pages.get("/openapi.json")
def openapi() -> Response:
    # Written once: it is large, and the same until the process ends.
    written: str | None = current_app.extensions.get("openapi")
    if written is None:
        api: Api = current_app.extensions["api"]
        written = json.dumps(api.document(), ensure_ascii=False)
        current_app.extensions["openapi"] = written
    return Response(written, mimetype="application/json")


def list_failures() -> dict[str, Failure]:
    """Return every code the API can answer with, from the classes that refuse."""
    known = dict(FAILURES)
    for kind in _subclasses(DomainError):
        if "code" in vars(kind):  # who inherits a code says the same in other words
            known[kind.code] = Failure(status_of(kind), kind.ko, kind.en)
    return dict(sorted(known.items()))


def _subclasses(kind: type[Any]) -> list[type[Any]]:
    return [found for child in kind.__subclasses__() for found in (child, *_subclasses(child))]


def _use_page_headers(policy: str) -> None:
    request.environ[HEADERS] = [
        *COMMON_HEADERS,
        ("Content-Security-Policy", f"{STRICT}; {policy}"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-cache"),
    ]


@pages.before_request
def _mark_assets() -> None:
    if request.endpoint == "docs.static":
        request.environ[HEADERS] = ASSET_HEADERS
