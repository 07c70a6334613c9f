"""Points under parallel use: threads on one application, real locks, real commits."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.points import jobs
from tests.support.api import TestBrand
from tests.support.members import advance, audit, balance, make_member, run_job
from tests.support.parallel import at_once

NOW = "2026-11-25T10:00:00+09:00"


def outcome(response: TestResponse) -> str:
    """Return ``created`` and the like, or the code of the refusal."""
    if response.status_code < 400:
        return "done"
    return str(response.get_json(force=True)["code"])


def entries(brand: TestBrand, member: str) -> list[Any]:
    return list(brand.api.get(f"{member}/points/entries?limit=100")["data"])


def test_a_hundred_redemptions_of_one_balance_spend_it_exactly(busy: TestBrand) -> None:
    member = make_member(busy, "17850", points=600)
    busy.api.post(f"{member}/points/accruals", {"points": 400})
    redeem = partial(busy.api.send, "POST", f"{member}/points/redemptions", {"points": 30})

    answers = at_once([redeem] * 100)

    assert Counter(map(outcome, answers)) == {"done": 33, "insufficient_points": 67}
    left = sorted(
        answer.get_json()["balance"]["available"] for answer in answers if answer.status_code < 400
    )
    assert left == [10 + 30 * n for n in range(33)]
    assert balance(busy, member) == {"available": 10, "pending": 0, "held": 0, "debt": 0}
    assert audit(busy) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accruals", {"points": 100}),
        ("redemptions", {"points": 100}),
        ("adjustments", {"points": -100, "reason_code": "cs_fix"}),
        ("transfers", {"points": 100, "to": "ext:2"}),
        ("holds", {"points": 100}),
    ],
)
def test_fifty_equal_requests_with_one_key_have_one_effect_and_one_answer(
    busy: TestBrand, path: str, body: dict[str, Any]
) -> None:
    member = make_member(busy, "17850", points=1000)
    make_member(busy, "2")
    send = partial(busy.api.send, "POST", f"{member}/points/{path}", body, key="once")

    answers = at_once([send] * 50)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    replayed = Counter(answer.headers.get("Idempotency-Replayed") for answer in answers)
    assert replayed == {None: 1, "true": 49}
    assert len(entries(busy, member)) == 2
    assert audit(busy) == []


def test_a_key_used_for_other_bodies_at_once_serves_one_of_them(busy: TestBrand) -> None:
    member = make_member(busy, "17850", points=1000)

    answers = at_once(
        [
            partial(
                busy.api.send,
                "POST",
                f"{member}/points/redemptions",
                {"points": points},
                key="once",
            )
            for points in range(1, 21)
        ]
    )

    assert Counter(map(outcome, answers)) == {"done": 1, "idempotency_key_reused": 19}
    spent = next(answer for answer in answers if answer.status_code == 201).get_json()
    assert balance(busy, member)["available"] == 1000 + spent["entry"]["changes"]["available"]
    assert len(entries(busy, member)) == 2


def test_of_capture_void_and_time_out_of_one_hold_exactly_one_wins(busy: TestBrand) -> None:
    won = Counter[str]()
    for number in range(12):
        member = make_member(busy, f"m{number}", points=100)
        busy.api.post("/v1/test-clock", {"now": NOW}, expect=200)
        hold = busy.api.post(f"{member}/points/holds", {"points": 100, "ttl_seconds": 60})
        path = f"/v1/holds/{hold['id']}"

        def time_out() -> str:
            advance(busy, "PT61S")
            run_job(busy, jobs.settle_points)
            return "timed out"

        answers = at_once(
            [
                *[lambda path=path: outcome(busy.api.send("POST", f"{path}/capture", {}))] * 3,
                *[lambda path=path: outcome(busy.api.send("POST", f"{path}/void"))] * 3,
                time_out,
            ]
        )

        state = busy.api.get(path)["state"]
        captures, voids = Counter(answers[:3]), Counter(answers[3:6])
        assert captures["done"] == (1 if state == "captured" else 0)
        assert set(captures) <= {"done", "hold_closed", "hold_expired"}
        # Releasing what is released already is no error; releasing what is spent is.
        assert set(voids) == ({"hold_closed"} if state == "captured" else {"done"})
        left = balance(busy, member)
        assert left["held"] == 0
        assert left["available"] == (0 if state == "captured" else 100)
        closing = [entry["kind"] for entry in entries(busy, member)[:-2]]
        assert closing == [
            {"captured": "capture", "voided": "void", "expired": "hold_expiry"}[state]
        ]
        won[state] += 1
    assert len(won) > 1, won
    assert audit(busy) == []


def lapsing(brand: TestBrand, members: int) -> list[str]:
    """Return members who have 100 points that lapse in a minute and 50 that do not."""
    brand.api.post("/v1/test-clock", {"now": NOW}, expect=200)
    soon = (datetime.fromisoformat(NOW) + timedelta(minutes=1)).isoformat()
    paths = [make_member(brand, f"m{number}", points=50) for number in range(members)]
    for path in paths:
        for _ in range(2):
            brand.api.post(f"{path}/points/accruals", {"points": 50, "expires_at": soon})
    return paths


def test_expiry_jobs_that_run_at_once_expire_every_lot_once(busy: TestBrand) -> None:
    paths = lapsing(busy, 20)
    advance(busy, "PT2M")

    done = at_once([partial(run_job, busy, jobs.settle_points, chunk=3)] * 4)

    assert sum(done) >= 20  # who waits for another's lock counts the account too
    for path in paths:
        assert balance(busy, path)["available"] == 50
        kinds = [entry["kind"] for entry in entries(busy, path)]
        assert kinds.count("expiry") == 1
    assert run_job(busy, jobs.settle_points) == 0
    assert audit(busy) == []


def test_expiry_amid_redemptions_takes_only_what_has_lapsed(busy: TestBrand) -> None:
    paths = lapsing(busy, 15)
    advance(busy, "PT2M")

    answers = at_once(
        [
            *[partial(run_job, busy, jobs.settle_points, chunk=2)] * 2,
            *[
                partial(busy.api.send, "POST", f"{path}/points/redemptions", {"points": 30})
                for path in paths
                for _ in range(2)
            ],
        ]
    )

    # 50 points live: of two redemptions of 30, one fits.
    assert Counter(outcome(answer) for answer in answers[2:] if not isinstance(answer, int)) == {
        "done": 15,
        "insufficient_points": 15,
    }
    assert [balance(busy, path)["available"] for path in paths] == [20] * 15
    assert audit(busy) == []


def test_opposite_transfers_do_not_deadlock(busy: TestBrand) -> None:
    one, other = make_member(busy, "1", points=1000), make_member(busy, "2", points=1000)

    def send(source: str, target: str) -> list[str]:
        body = {"to": f"ext:{target}", "points": 7}
        path = f"/v1/members/ext:{source}/points/transfers"
        return [outcome(busy.api.send("POST", path, body)) for _ in range(5)]

    answers = at_once([partial(send, "1", "2"), partial(send, "2", "1")] * 10)

    assert {done for answer in answers for done in answer} == {"done"}
    assert balance(busy, one)["available"] == 1000
    assert balance(busy, other)["available"] == 1000
    assert audit(busy) == []
