"""Imports point one way: entry points, services, then rules, queries and models."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
FEATURES = (  # from bottom to top
    "brands", "members", "consents", "messages", "verifications", "staff", "points", "products",
    "coupons", "benefits", "stamps", "tiers", "rewards", "exchanges", "orders", "warranties",
    "service_requests", "desk", "backtests", "summaries", "insights", "shopper",
    "console",
)  # fmt: skip
PUBLIC = {"services", "events", "errors"}
FORBIDDEN = {
    "rules": {"flask", "sqlalchemy", "app.db", "app.clock", "app.web"},
    "errors": {"flask", "sqlalchemy", "app.db", "app.web"},
    "events": {"flask", "sqlalchemy", "app.db", "app.web"},
    "models": {"flask", "app.web", "app.clock"},
    "queries": {"flask", "app.web", "app.clock"},
    "services": {"flask", "app.web", "app.clock", "marshmallow"},
    "audits": {"flask", "app.web", "app.clock"},
    "exports": {"flask", "app.web", "app.clock"},
    "jobs": {"flask", "marshmallow"},
}
# Schemas of a feature render what its own models and rules are made of.
ENTRY_POINTS = {"routes", "pages", "cli", "jobs", "schemas"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(APP.rglob("*.py")):
        parts = path.relative_to(APP.parent).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer(module: str) -> str:
    """``app.orders.services.checkout`` is of the layer ``services``."""
    parts = module.split(".")
    return parts[2] if len(parts) > 2 and parts[1] in FEATURES else ""


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=str)
def test_a_module_imports_nothing_that_its_layer_forbids(module: str, path: Path) -> None:
    for forbidden in FORBIDDEN.get(layer(module), set()):
        found = {
            name for name in imports(path) if name == forbidden or name.startswith(f"{forbidden}.")
        }
        assert not found, f"{module} imports {found}"


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=str)
def test_a_feature_uses_only_the_public_modules_of_the_features_below_it(
    module: str, path: Path
) -> None:
    parts = module.split(".")
    if len(parts) < 3 or parts[1] not in FEATURES:
        return
    own = FEATURES.index(parts[1])
    for name in imports(path):
        target = name.split(".")
        if target[0] != "app" or len(target) < 3 or target[1] not in FEATURES:
            continue
        other = FEATURES.index(target[1])
        if other == own:
            continue
        assert target[2] in PUBLIC, f"{module} imports {name}, which is not public"
        assert other < own or target[2] == "events", f"{module} imports {name} from above"


def test_only_the_unit_of_work_commits() -> None:
    for module, path in modules():
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        if module not in ("app.db", "app.queue", "app.embedded", "app.ddl"):
            assert "commit" not in calls, module


def test_only_the_clock_reads_the_wall_clock() -> None:
    for module, path in modules():
        if module == "app.clock":
            continue
        text = path.read_text()
        for call in ("datetime.now(", "datetime.utcnow(", "date.today("):
            assert call not in text, f"{module} calls {call}"


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    root = APP.parent
    long = {
        str(path.relative_to(root)): lines
        for folder in ("app", "tests", "bench")
        for pattern in ("*.py", "*.sql")
        for path in (root / folder).rglob(pattern)
        if (lines := len(path.read_text().splitlines())) > 420
    }
    assert not long


def test_every_feature_file_has_a_name_that_every_feature_uses() -> None:
    allowed = {
        "__init__", "models", "rules", "queries", "services", "events", "errors", "schemas",
        "routes", "pages", "cli", "jobs", "audits", "exports",
    }  # fmt: skip
    for feature in FEATURES:
        for path in (APP / feature).iterdir():
            if path.suffix == ".py":
                assert path.stem in allowed, path
            elif path.is_dir() and path.name != "__pycache__":
                assert path.name in allowed | {"sql"}, path


def test_the_audit_proves_the_books_of_every_feature_that_keeps_some() -> None:
    from app.audit import BOOKS

    assert list(BOOKS) == [each for each in FEATURES if (APP / each / "audits.py").exists()]
