"""A brand whose clock stands still, rules on occasions, and the daily job."""

from typing import Any

from app.rewards.jobs import run_occasions
from tests.support.api import TestBrand
from tests.support.members import run_job


def stand_at(brand: TestBrand, instant: str) -> None:
    """Stop the brand's clock: ``2026-05-05`` is that midnight in Seoul."""
    if len(instant) == len("2026-05-05"):
        instant += "T00:00:00+09:00"
    brand.api.post("/v1/test-clock", {"now": instant}, expect=200)


def put_rule(brand: TestBrand, code: str, on: str = "birthday", **said: Any) -> None:
    """Put a rule in force: 1,000 points unless it says otherwise."""
    trigger = {"on": on, **said.pop("trigger", {})}
    body = {"name": code, "trigger": trigger, "effects": [{"points": 1000}], **said}
    status = brand.api.send("PUT", f"/v1/reward-rules/{code}", body).status_code
    assert status in (200, 201)
    if status == 201:
        brand.api.post(f"/v1/reward-rules/{code}/activate", expect=200)


def born(brand: TestBrand, name: str, birthday: Any, **fields: Any) -> str:
    """Register a member with a birthday and return its path."""
    path = f"/v1/members/ext:{name}"
    brand.api.put(path, {"birthday": birthday, **fields}, expect=201)
    return path


def run(brand: TestBrand, instant: str | None = None, **options: Any) -> int:
    """Run the job, at another time if it is told."""
    if instant is not None:
        stand_at(brand, instant)
    return run_job(brand, run_occasions, **options)


def gifts(brand: TestBrand, path: str) -> list[int]:
    """Return the points of rules that a member was given, the latest first."""
    entries = brand.api.get(f"{path}/points/entries?limit=100")["data"]
    return [entry["points"] for entry in entries if (entry["rule"] or "").startswith("rule:")]
