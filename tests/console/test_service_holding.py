"""What is on hold comes back by itself: on its day, or when the customer says something."""

from app import clock, ids
from app.service_requests import services as requests
from tests.console.counter import act
from tests.console.desk import Desk
from tests.console.test_service_queue import counts
from tests.service_requests.shop import ask, open_service, set_clock
from tests.support.members import unit_of_work


def test_it_comes_back_on_its_day(brand) -> None:
    request = ask(brand, open_service(brand)[0])
    desk = Desk(brand, "cs")
    act(desk, request, "assignee", who=desk.actor)
    act(desk, request, "hold", until="2026-11-25")
    found = counts(desk)
    assert (found["mine"], found["held"], found["open"]) == (0, 1, 1)
    set_clock(brand, "2026-11-25T00:00:00+09:00")
    found = counts(desk)
    assert (found["mine"], found["held"]) == (1, 0)


def test_it_comes_back_when_the_customer_says_something(brand) -> None:
    request = ask(brand, open_service(brand)[0])
    desk = Desk(brand, "cs")
    act(desk, request, "steps", step="ask", reason="언제부터인가요?", visibility="customer")
    act(desk, request, "hold", until="2026-12-25")
    assert counts(desk)["held"] == 1
    with unit_of_work(brand):
        requests.move(
            brand.brand_id,
            ids.read("srq", request["id"]),
            "answer",
            reason="지난주부터요",
            visibility="customer",
            actor=f"member:{request['member']}",
            now=clock.now(),
        )
    found = counts(desk)
    assert (found["held"], found["unassigned"]) == (0, 1)


def test_what_is_held_is_late_all_the_same(brand) -> None:
    request = ask(brand, open_service(brand)[0])
    desk = Desk(brand, "cs")
    act(desk, request, "hold", until="2026-12-25")
    set_clock(brand, "2026-12-24T10:00:00+09:00")
    found = counts(desk)
    assert (found["held"], found["late"]) == (1, 1)
