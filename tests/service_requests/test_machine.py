"""No sequence of allowed actions loses a request, its owner or an accepted quote."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app import clock
from app.db import db
from app.errors import DomainError
from app.service_requests import services
from app.service_requests.models import ServiceRequest, ServiceRequestQuote
from app.service_requests.rules.states import (
    BACK,
    OWN_CALLS,
    STAFF_STEPS,
    STATUSES,
    STEPS,
    may,
    may_go_back,
    phase_of,
)
from tests.service_requests.shop import LABOUR, SOLE, audit, mina, open_service
from tests.support.api import TestBrand
from tests.support.members import unit_of_work

ACTORS = st.sampled_from(["key:staff", "member", "job"])


class Requests(RuleBasedStateMachine):
    """Every use case in any order, by anybody; what is refused changes nothing."""

    make_brand: Callable[[], TestBrand]

    @initialize()
    def begin(self) -> None:
        self.brand = type(self).make_brand()
        serial, *self.free = open_service(self.brand, at=None)
        self.owner = mina(self.brand)
        self.accepted: dict[int, tuple[int, str, str]] = {}
        with unit_of_work(self.brand):
            now = clock.now()
            case = services.open_request(
                self.brand.brand_id, serial=serial, symptom="SOLE",
                told=services.Told("밑창"), method="parcel", actor="key:staff",
                today=now.date(), now=now,
            )  # fmt: skip
            self.id, self.number = case.request.id, case.request.number

    def act(self, use_case: Any, *values: Any, **named: Any) -> bool:
        before = self.state()
        try:
            with unit_of_work(self.brand):
                use_case(self.brand.brand_id, self.id, *values, **named, now=clock.now())
        except DomainError:
            assert self.state() == before
            return False
        return True

    def state(self) -> tuple[Any, ...]:
        with unit_of_work(self.brand):
            request = db.session.get_one(ServiceRequest, (self.brand.brand_id, self.id))
            return request.status, request.version, request.arrived_at, request.outcome

    @rule(
        step=st.sampled_from(sorted(set(STEPS) - {"quote", "accept_quote", "decline_quote",
                                                  "expire_quote"})),
        actor=ACTORS,
    )  # fmt: skip
    def take_step(self, step: str, actor: str) -> None:
        status, _, arrived_at, _ = self.state()
        by = self.free[0] if step == "replace" and self.free else None
        allowed = may(
            step, status, arrived=arrived_at is not None,
            role={"member": "member", "job": "system"}.get(actor, "staff"),
        )  # fmt: skip
        done = self.act(services.move, step, reason="x", by=by, actor=actor)
        assert allowed or not done
        if done and by is not None:
            self.free.clear()

    @rule(which=st.integers(0, 999))
    def take_a_step_that_is_allowed(self, which: int) -> None:
        """Go on as staff do, so that requests come far."""
        status, _, arrived_at, _ = self.state()
        allowed = [
            name
            for name in STEPS
            if name not in (*OWN_CALLS, "cancel", "reject")
            and may(name, status, arrived=arrived_at is not None, role="staff")
        ]
        if allowed:
            self.take_step(allowed[which % len(allowed)], "key:staff")

    @rule(decision=st.sampled_from(["cover", "goodwill", "charge"]))
    def decide_and_quote(self, decision: str) -> None:
        self.take_step(decision, "key:staff")
        self.set_lines([SOLE, LABOUR])
        self.quote()

    @rule(to=st.sampled_from(STATUSES))
    def go_back(self, to: str) -> None:
        status, _, _, outcome = self.state()
        done = self.act(services.move, BACK, to=to, reason="x", actor="key:staff")
        assert may_go_back(status, to, outcome=outcome) or not done

    @rule(lines=st.lists(st.sampled_from([SOLE, LABOUR]), max_size=3))
    def set_lines(self, lines: list[dict[str, Any]]) -> None:
        made = [services.Line(**{"quantity": 1, **each}) for each in lines]
        self.act(services.set_lines, made, actor="key:staff")

    @rule()
    def quote(self) -> None:
        self.act(services.make_quote, actor="key:staff")

    @rule(answer=st.sampled_from(["accept", "decline"]), actor=ACTORS)
    def answer(self, answer: str, actor: str) -> None:
        quotes = self.quotes()
        if not quotes:
            return
        newest = quotes[-1]
        if answer == "decline":
            self.act(services.decline_quote, newest.version, actor=actor)
        elif self.act(
            services.accept_quote, newest.version, text_sha256=newest.text_sha256, actor=actor
        ):
            self.accepted[newest.version] = (newest.total, newest.text, newest.text_sha256)

    def quotes(self) -> list[ServiceRequestQuote]:
        with unit_of_work(self.brand):
            return services.get_request(self.brand.brand_id, self.id).quotes

    @invariant()
    def nothing_is_lost(self) -> None:
        with unit_of_work(self.brand):
            case = services.get_of_member(self.brand.brand_id, self.owner, self.number)
        request = case.request
        kept = {
            each.version: (each.total, each.text, each.text_sha256)
            for each in case.quotes
            if each.state == "accepted"
        }
        assert kept == self.accepted
        assert request.phase == phase_of(request.status, arrived=request.arrived_at is not None)
        if request.status in ("parts_wait", "at_vendor", "repairing", "qc", "repaired"):
            assert request.decision is not None
            if request.decision == "paid":
                assert case.quote is not None
                assert case.quote.state == "accepted"

    def teardown(self) -> None:
        if hasattr(self, "brand"):
            assert audit(self.brand) == []


def test_no_sequence_of_steps_loses_a_request_its_owner_or_an_accepted_quote(make_brand) -> None:
    Requests.make_brand = staticmethod(make_brand)
    run_state_machine_as_test(
        Requests,
        settings=settings(
            max_examples=30,
            phases=[Phase.generate],  # to make an example smaller takes too long here
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_status_can_be_reached_and_every_step_leads_somewhere_known() -> None:
    reached = {"received"}
    while more := {
        step.after for step in STEPS.values() if step.before & reached and step.after not in reached
    }:
        reached |= more
    assert reached == set(STATUSES)
    for step in STEPS.values():
        assert step.before | step.stays | {step.after} <= set(STATUSES)
    assert BACK in STAFF_STEPS
