"""Every route says who may call it."""

import re

from app.brands.rules import SCOPES

# Routes that need no key, each for a reason: they show nothing of any brand.
PUBLIC = {
    "/",
    "/assets/<digest>/<name>",
    "/docs",
    "/docs/<path:page>",
    "/docs/errors",
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/readyz",
    "/static/<path:filename>",
}


def keyed(app):
    """Routes that need a key. Pages have tests of their own: tests/shopper, tests/console."""
    for rule in app.url_map.iter_rules():
        if rule.rule not in PUBLIC and not rule.endpoint.startswith(("shopper.", "console.")):
            yield rule


def test_every_api_route_names_the_scope_it_needs(app) -> None:
    for rule in keyed(app):
        assert rule.rule.startswith("/v1/"), rule
        assert getattr(app.view_functions[rule.endpoint], "scope", None) in SCOPES, rule


def test_routes_that_write_need_a_scope_that_writes(app) -> None:
    reads_with_a_body = {
        "/v1/checkout/preview",
        "/v1/members/search",
        "/v1/reward-rules/<string:rule>/backtest",
    }
    for rule in keyed(app):
        if rule.rule in reads_with_a_body:
            continue
        scope = app.view_functions[rule.endpoint].scope
        writes = bool(rule.methods & {"POST", "PUT", "PATCH", "DELETE"})
        assert scope.endswith(":write") == writes, rule


def test_every_post_that_changes_value_needs_an_idempotency_key(app) -> None:
    without = {
        "/v1/checkout/preview",
        "/v1/members/search",
        "/v1/reward-rules/<string:rule>/backtest",
        "/v1/test-clock",
    }
    for rule in keyed(app):
        if "POST" in rule.methods and rule.rule not in without:
            assert getattr(app.view_functions[rule.endpoint], "idempotent", False), rule


def test_a_key_reaches_only_what_its_scopes_allow(app, brand) -> None:
    for scope in SCOPES:
        api = brand.key(scope)
        for rule in keyed(app):
            method = next(iter(rule.methods - {"HEAD", "OPTIONS"}))
            path = re.sub(r"<int[^>]*>", "1", rule.rule.replace("<string:member>", "ext:nobody"))
            path = re.sub(r"<(?:string|path):\w+>", "none", path)
            assert "<" not in path, rule
            response = api.send(method, path, {} if method != "GET" else None)
            needed = app.view_functions[rule.endpoint].scope
            if needed == scope:
                assert response.status_code != 403, (rule, scope)
            else:
                assert response.status_code == 403, (rule, scope)
                assert response.get_json(force=True)["code"] == "scope_missing"
