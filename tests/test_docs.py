"""What the code has, the documents tell: errors, settings, events, commands."""

import ast
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import click
import pytest

from app.brands.rules import Settings
from app.web.docs import list_failures
from tests.support.problems import ALWAYS

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def test_every_error_code_is_documented(app) -> None:
    told = document("errors.md")
    missing = sorted(code for code in list_failures() if f"`{code}`" not in told)
    assert not missing


def refusals():
    from app.errors import DomainError

    def kinds(kind):
        for below in kind.__subclasses__():
            yield below
            yield from kinds(below)

    return [kind for kind in kinds(DomainError) if "code" in vars(kind)]


def test_every_error_says_itself_in_korean_and_english(app) -> None:
    for kind in refusals():
        assert re.search("[가-힣]", kind.ko), kind
        assert not re.search("[가-힣]", kind.en), kind


def test_no_error_hides_what_it_explains_behind_a_member_that_every_problem_has(app) -> None:
    for kind in refusals():
        details = set(re.findall(r"\{(\w+)", kind.ko + kind.en))
        assert not details & ALWAYS, kind


def test_every_environment_variable_is_documented() -> None:
    told = document("operations.md")
    names = set()
    for path in (*APP.rglob("*.py"), ROOT / "gunicorn.conf.py", ROOT / "wsgi.py"):
        names |= set(
            re.findall(r'"((?:DANGOL|DATABASE|WEB|PROMETHEUS)_[A-Z_]+)"', path.read_text())
        )
    own = {name for name in names if not name.endswith("_")}
    missing = sorted(name for name in own if name not in told and name != "DATABASE_")
    assert not missing


def test_every_brand_setting_is_documented() -> None:
    told = document("settings.md")

    def names(kind: type) -> set[str]:
        found = set()
        for field in fields(kind):
            found.add(field.name)
            default = field.default_factory() if callable(field.default_factory) else None
            if is_dataclass(default):
                found |= names(type(default))
        return found

    missing = sorted(name for name in names(Settings) - {"version"} if f"`{name}`" not in told)
    assert not missing


def test_every_event_is_documented() -> None:
    told = document("events.md")
    for path in APP.glob("*/events.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                assert f"`{node.name}`" in told, node.name


def test_every_command_is_documented(app) -> None:
    told = document("operations.md")

    def commands(group: click.Group, prefix: str):
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from commands(command, f"{prefix} {name}")
            else:
                yield f"{prefix} {name}"

    ours = {name: command for name, command in app.cli.commands.items() if name != "db"}
    for name, command in ours.items():
        if isinstance(command, click.Group):
            for below in commands(command, f"flask {name}"):
                assert below in told, below
        else:
            assert f"`flask {name}`" in told, name


def legal_cases() -> dict[str, str]:
    """Return of each case what the table says of its tests."""
    table = document("legal-cases.md")
    return dict(re.findall(r"^\| ([CARW]\d+) \| .* \| (.+) \|$", table, re.MULTILINE))


def test_every_legal_case_is_in_the_table_with_its_tests_or_why_there_is_none() -> None:
    told = legal_cases()
    assert list(told) == [
        f"{letter}{number}"
        for letter, last in (("C", 13), ("A", 15), ("R", 11), ("W", 13))
        for number in range(1, last + 1)
    ]
    assert all(len(text) > 10 for text in told.values())


def test_every_test_of_the_table_of_legal_cases_is_there_and_named_after_its_case() -> None:
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    for case, text in legal_cases().items():
        for name in re.findall(r"`(test_\w+)`", text):
            assert name in written, f"{case}: {name} is not there"
            assert name.startswith(f"test_{case.lower()}_"), (case, name)


def test_the_jobs_that_forget_are_told_to_privacy_officers() -> None:
    from app.jobs import PERIODIC

    table = document("personal-data.md").split("## For privacy officers")[1].split("###")[0]
    named = set(re.findall(r"`(\w+\.\w+)` \|$", table, re.MULTILINE))
    assert named <= set(PERIODIC)
    forgetting = {kind for kind in PERIODIC if kind.split(".")[1].startswith(("forget", "purge"))}
    assert forgetting - named == {
        "jobs.forget_runs",  # nothing of a person
        "warranties.forget_codes",  # codes of labels, nobody's
    }


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), target
