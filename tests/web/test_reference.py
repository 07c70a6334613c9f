"""The API document says what every route takes, needs and answers."""

import re

import pytest
from flask import Flask

from app.errors import DomainError
from app.web import PUBLIC_ROUTES
from app.web.blueprint import Blueprint
from app.web.docs import REDOC, list_failures
from tests.support.api import Api


@pytest.fixture(scope="module")
def document(app):
    return Api(app, None).get("/openapi.json")


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield f"{method.upper()} {path}", operation


def views(app):
    """Yield every view of the API under the name its operation has."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v1/"):
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                yield f"{method} {path}", app.view_functions[rule.endpoint]


def test_every_route_is_described(app, document):
    assert {name for name, _ in views(app)} == {name for name, _ in operations(document)}


def test_every_route_outside_of_the_api_is_named(app):
    outside = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/v1/")
        and not rule.endpoint.startswith(("shopper.", "console."))
    }
    assert outside == PUBLIC_ROUTES


def test_every_operation_says_who_may_call_it(app, document):
    described = dict(operations(document))
    for name, view in views(app):
        operation = described[name]
        assert operation["security"] == [{"apiKey": []}]
        assert operation["x-scope"] == view.scope, name
        assert f"`{view.scope}`" in operation["description"]


def test_every_operation_names_its_errors(document):
    for name, operation in operations(document):
        assert operation["responses"]["default"] == {
            "$ref": "#/components/responses/DEFAULT_ERROR"
        }, name
    for response in document["components"]["responses"].values():
        assert set(response["content"]) == {"application/problem+json"}
        assert response["content"]["application/problem+json"]["schema"] == {
            "$ref": "#/components/schemas/Problem"
        }


def test_the_idempotency_key_is_asked_for_exactly_where_it_is_needed(app, document):
    described = dict(operations(document))
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    for name, view in views(app):
        assert (key in described[name].get("parameters", [])) == getattr(
            view, "idempotent", False
        ), name


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_every_success_says_what_it_answers(document):
    for name, operation in operations(document):
        successes = [status for status in operation["responses"] if status.startswith("2")]
        assert successes, name


def test_everything_the_page_needs_is_served_from_here(app):
    nobody = Api(app, None)
    page = nobody.send("GET", "/docs")
    text = page.get_data(as_text=True)
    for address in re.findall(r'(?:src|href|data-spec)="([^"]+)"', text):
        assert address.startswith(("/", "data:")), address
        if address.startswith("/"):
            assert nobody.send("GET", address).status_code == 200, address
    nonce = re.search(r'nonce="([^"]+)"', text).group(1)
    assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
    assert nonce not in nobody.send("GET", "/docs").get_data(as_text=True)
    assert REDOC in text
    assert nobody.send("GET", "/").headers["Location"] == "/docs"


def test_every_code_has_its_place_on_the_error_page(app):
    text = Api(app, None).send("GET", "/docs/errors").get_data(as_text=True)
    codes = list_failures()
    assert {"not_found", "internal_error", "rate_limited", "cursor_invalid"} <= set(codes)
    for code in codes:
        assert f'id="{code}"' in text


def test_every_refusal_speaks_both_languages():
    for code, failure in list_failures().items():
        assert re.search("[가-힣]", failure.ko), code
        assert not re.search("[가-힣]", failure.en), code
        placeholders = re.compile(r"{(\w+)")
        assert set(placeholders.findall(failure.ko)) <= set(placeholders.findall(failure.en)) or (
            set(placeholders.findall(failure.en)) <= set(placeholders.findall(failure.ko))
        ), code


def test_no_two_refusals_share_a_code():
    def kinds(kind):
        for child in kind.__subclasses__():
            yield child
            yield from kinds(child)

    codes = [kind.code for kind in kinds(DomainError) if "code" in vars(kind)]
    assert len(codes) == len(set(codes))


def test_a_route_without_a_scope_does_not_start(make_app):
    app: Flask = make_app()
    blp = Blueprint("open", __name__, url_prefix="/v1/open")

    @blp.get("")
    @blp.response(200)
    def show():
        raise AssertionError

    with pytest.raises(TypeError, match="no scope"):
        app.extensions["api"].register_blueprint(blp)
