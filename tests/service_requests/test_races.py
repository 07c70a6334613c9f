"""Many at once: one answer to a quote, one end of a race, no gap in the numbers."""

from app.service_requests import services
from app.service_requests.errors import ServiceStepRefused
from tests.service_requests.shop import (
    as_member,
    ask,
    audit,
    get,
    open_service,
    paid_and_quoted,
    request_id,
    step,
)
from tests.support.parallel import at_once


def test_of_twenty_who_accept_a_quote_at_once_one_changes_something(busy) -> None:
    (serial, _) = open_service(busy)
    quoted = paid_and_quoted(busy, serial)
    path = f"/v1/service-requests/{quoted['id']}/quotes/1/accept"
    body = {"text_sha256": quoted["quotes"][0]["text_sha256"]}
    before = get(busy, quoted)

    answers = at_once([lambda: busy.api.send("POST", path, body) for _ in range(20)])

    assert [each.status_code for each in answers] == [200] * 20
    events = busy.api.get(f"/v1/service-requests/{quoted['id']}/events?limit=100")["data"]
    assert [each["step"] for each in events].count("accept_quote") == 1
    assert get(busy, quoted)["quotes"][0]["state"] == "accepted"
    assert before["quotes"][0]["state"] == "open"
    assert audit(busy) == []


def test_accepting_and_declining_at_once_leave_one_answer(busy) -> None:
    (serial, _) = open_service(busy)
    quoted = paid_and_quoted(busy, serial)
    path = f"/v1/service-requests/{quoted['id']}/quotes/1"
    body = {"text_sha256": quoted["quotes"][0]["text_sha256"]}
    calls = [
        *[lambda: busy.api.send("POST", f"{path}/accept", body) for _ in range(5)],
        *[lambda: busy.api.send("POST", f"{path}/decline", {}) for _ in range(5)],
    ]
    statuses = [each.status_code for each in at_once(calls)]
    assert sorted(statuses) == [200] * 5 + [409] * 5
    assert len({*statuses[:5]}) == len({*statuses[5:]}) == 1
    assert audit(busy) == []


def test_a_shopper_cancels_or_the_goods_arrive_never_both(busy) -> None:
    (serial, _) = open_service(busy)
    for _ in range(5):
        asked = ask(busy, serial)

        def cancel(asked=asked) -> bool:
            try:
                as_member(busy, services.cancel, request_id(asked))
            except ServiceStepRefused:
                return False
            return True

        def arrive(asked=asked) -> bool:
            path = f"/v1/service-requests/{asked['id']}/steps"
            return busy.api.send("POST", path, {"step": "arrive"}).status_code == 200

        cancelled, arrived = at_once([cancel, arrive])
        shown = get(busy, asked)
        assert cancelled != arrived
        assert shown["status"] == ("cancelled" if cancelled else "arrived")
        assert (shown["arrived_at"] is not None) == arrived
    assert audit(busy) == []


def test_requests_opened_at_once_are_numbered_without_gaps(busy) -> None:
    (serial, _) = open_service(busy)
    numbers = at_once([lambda: ask(busy, serial)["number"] for _ in range(12)])
    assert sorted(numbers) == [f"AS-261122-{n:04}" for n in range(1, 13)]
    assert audit(busy) == []


def test_two_who_give_the_same_unit_in_exchange_give_it_once(busy) -> None:
    *serials, free = open_service(busy, units=2)
    asked = [step(busy, ask(busy, serial), "cover") for serial in serials]
    body = {"step": "replace", "by": free, "reason": "불량"}
    answers = at_once(
        [
            lambda path=f"/v1/service-requests/{each['id']}/steps": busy.api.send(
                "POST", path, body
            )
            for each in asked
        ]
    )
    assert sorted(each.status_code for each in answers) == [200, 422]
    assert audit(busy) == []
