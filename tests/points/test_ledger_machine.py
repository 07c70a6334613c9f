"""The ledger against a plain model: any sequence of calls, through the API, as time passes."""

import os
from datetime import datetime, timedelta
from math import floor
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.orders import jobs as order_jobs
from app.points import jobs
from tests.points import model
from tests.points.model import Account, Hold, Line, Order, Refused, Terms
from tests.support.api import make_brand
from tests.support.members import audit, make_member, run_job

# A thorough run: DANGOL_TEST_EXAMPLES=500 pytest tests/points/test_ledger_machine.py
EXAMPLES = int(os.environ.get("DANGOL_TEST_EXAMPLES", "25"))
START = datetime.fromisoformat("2027-02-25T09:00:00+09:00")
MEMBERS = st.sampled_from(["a", "b"])
POINTS = st.integers(1, 400)
JOBS = (jobs.settle_points, order_jobs.confirm_due)


class LedgerMachine(RuleBasedStateMachine):
    app: Flask

    @initialize()
    def open(self) -> None:
        self.brand = make_brand(
            self.app,
            accrual={
                "rate_basis_points": 1000,
                "confirm_after_days": model.CONFIRM_DAYS,
                "expiry": {"kind": "days", "count": model.EXPIRY_DAYS},
            },
        )
        self.api = self.brand.api
        self.terms = Terms()
        self.set_clock(START)
        self.paths = {name: make_member(self.brand, name) for name in "ab"}
        self.accounts = {name: Account() for name in "ab"}
        self.holds: list[tuple[str, str, Hold]] = []
        self.orders: list[Order] = []
        self.sent: list[tuple[str, Any, str, str]] = []
        for name in self.paths:
            self.accrue(name, 500, None)

    def set_clock(self, now: datetime) -> None:
        self.now = now
        self.api.post("/v1/test-clock", {"now": now.isoformat()}, expect=200)

    def call(self, path: str, body: Any, refusal: str | None = None) -> Any:
        """Send one call, expect the refusal if there is to be one, and return the answer."""
        key = f"key-{len(self.sent)}"
        response = self.api.send("POST", path, body, key=key)
        answer = response.get_json()
        if refusal is not None:
            assert response.status_code in (409, 422), answer
            assert answer["code"] == refusal
            return answer
        assert response.status_code in (200, 201), answer
        self.sent.append((path, body, key, response.get_data(as_text=True)))
        return answer

    def attempt(self, step: Any) -> tuple[Any, str | None]:
        """Do a step on the model; return what it gives, or the code of its refusal."""
        try:
            return step(), None
        except Refused as refusal:
            return None, str(refusal)

    @rule(name=MEMBERS, points=POINTS, hours=st.integers(1, 200) | st.none())
    def accrue(self, name: str, points: int, hours: int | None) -> None:
        expires_at = model.midnight(self.now, model.EXPIRY_DAYS)
        body: dict[str, Any] = {"points": points}
        if hours is not None:
            expires_at = self.now + timedelta(hours=hours)
            body["expires_at"] = expires_at.isoformat()
        self.accounts[name].accrue(points, expires_at, self.now)
        self.call(f"{self.paths[name]}/points/accruals", body)

    @rule(name=MEMBERS, points=POINTS)
    def redeem(self, name: str, points: int) -> None:
        _, refusal = self.attempt(lambda: self.accounts[name].take(points))
        answer = self.call(f"{self.paths[name]}/points/redemptions", {"points": points}, refusal)
        if refusal:
            assert answer["required"] == points
            assert answer["available"] == self.accounts[name].available

    @rule(name=MEMBERS)
    def spend_everything(self, name: str) -> None:
        if points := self.accounts[name].available:
            self.accounts[name].take(points)
            self.call(f"{self.paths[name]}/points/redemptions", {"points": points})

    @rule(name=MEMBERS, points=POINTS, down=st.booleans())
    def adjust(self, name: str, points: int, down: bool) -> None:
        account, refusal = self.accounts[name], None
        if down:
            _, refusal = self.attempt(lambda: account.take(points))
        else:
            account.accrue(points, model.midnight(self.now, model.EXPIRY_DAYS), self.now)
        body = {"points": -points if down else points, "reason_code": "cs_fix"}
        self.call(f"{self.paths[name]}/points/adjustments", body, refusal)

    @rule(name=MEMBERS, points=POINTS)
    def transfer(self, name: str, points: int) -> None:
        other = "b" if name == "a" else "a"
        giver, taker = self.accounts[name], self.accounts[other]
        _, refusal = self.attempt(lambda: giver.transfer(taker, points, self.now))
        body = {"to": f"ext:{other}", "points": points}
        self.call(f"{self.paths[name]}/points/transfers", body, refusal)

    @rule(name=MEMBERS, points=POINTS, hours=st.integers(1, 100))
    def place_hold(self, name: str, points: int, hours: int) -> None:
        until = self.now + timedelta(hours=hours)
        hold, refusal = self.attempt(lambda: self.accounts[name].hold(points, until))
        body = {"points": points, "ttl_seconds": hours * 3600}
        answer = self.call(f"{self.paths[name]}/points/holds", body, refusal)
        if hold:
            self.holds.append((answer["id"], name, hold))

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), points=POINTS | st.none())
    def capture(self, data: st.DataObject, points: int | None) -> None:
        hold_id, name, hold = data.draw(st.sampled_from(self.holds[-4:]))
        wanted = hold.amount if points is None else points
        _, refusal = self.attempt(lambda: self.accounts[name].capture(hold, wanted, self.now))
        self.call(f"/v1/holds/{hold_id}/capture", {"points": points}, refusal)

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        hold_id, name, hold = data.draw(st.sampled_from(self.holds[-4:]))
        _, refusal = self.attempt(lambda: self.accounts[name].void(hold, self.now))
        answer = self.call(f"/v1/holds/{hold_id}/void", {}, refusal)
        if not refusal:
            assert answer["state"] == hold.state

    @rule(
        name=MEMBERS,
        lines=st.lists(
            st.tuples(st.integers(1, 5), st.integers(0, 3000), st.integers(0, 100)),
            min_size=1,
            max_size=3,
        ),
        redeem=st.integers(0, 300),
        days_ago=st.sampled_from([0, 0, 0, 1, 3, 7]),
        data=st.data(),
    )
    def order(
        self,
        name: str,
        lines: list[tuple[int, int, int]],
        redeem: int,
        days_ago: int,
        data: st.DataObject,
    ) -> None:
        own_holds = [
            (hold_id, hold)
            for hold_id, owner, hold in self.holds
            if owner == name and hold.state == "open"
        ]
        held = None
        if own_holds and data.draw(st.booleans()):
            held = data.draw(st.sampled_from(own_holds))
        self.place(name, lines, redeem, days_ago, held)

    @rule(name=MEMBERS, price=st.integers(100, 3000))
    def get_into_debt(self, name: str, price: int) -> None:
        """Earn points, spend all there are, give the goods back, and buy again."""
        self.place(name, [(1, price, 0)], 0, model.CONFIRM_DAYS, None)
        self.spend_everything(name)
        self.give_back(self.orders[-1], {1: 1})
        self.place(name, [(1, 1000, 0)], 0, 0, None)

    def place(
        self,
        name: str,
        lines: list[tuple[int, int, int]],
        redeem: int,
        days_ago: int,
        held: tuple[str, Hold] | None,
    ) -> None:
        account = self.accounts[name]
        placed_at = self.now - timedelta(days=days_ago)
        sold = [
            Line(quantity, quantity * price - min(off, quantity * price))
            for quantity, price, off in lines
        ]
        goods = sum(line.net for line in sold)
        redeem = min(redeem, goods)
        hold_id, hold = held or (None, None)
        if hold:
            redeem = min(redeem, hold.amount)
        step = (
            (lambda: account.capture(hold, redeem, self.now))
            if hold
            else (lambda: account.take(redeem))
        )
        drawn, refusal = self.attempt(step)
        order = Order(account, self.terms, sold, hold.draws if hold else drawn or [])
        body = {
            "external_id": f"M-{len(self.sent)}",
            "member": f"ext:{name}",
            "placed_at": placed_at.isoformat(),
            "lines": [
                {
                    "sku": "s",
                    "quantity": quantity,
                    "unit_price": price,
                    "discount": min(off, quantity * price),
                }
                for quantity, price, off in lines
            ],
            "redeem_points": redeem,
            "hold": hold_id,
        }
        if refusal:
            self.call("/v1/orders", body, refusal)
            return
        shares = model.shares_of(redeem, [line.net for line in sold])
        for line, share in zip(sold, shares, strict=True):
            line.share = share
        order.earned = floor((goods - redeem) * model.RATE)
        confirms_at = model.midnight(placed_at, model.CONFIRM_DAYS)
        expires_at = model.midnight(placed_at, model.EXPIRY_DAYS)
        if order.earned and confirms_at > self.now:
            order.lot = account.accrue_pending(order.earned, expires_at, confirms_at)
        elif order.earned:
            order.lot = account.accrue(order.earned, expires_at, self.now)
        preview = {name: value for name, value in body.items() if name != "external_id"}
        previewed = self.api.post("/v1/checkout/preview", preview, expect=200)
        answer = self.call("/v1/orders", body)
        assert answer["points"]["earned"] == order.earned
        assert answer["points"]["balance"] == account.balance()
        assert previewed["points"]["balance"] == account.balance()
        self.orders.append(order)
        order.path = f"/v1/orders/{answer['id']}"

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.orders[-4:]))
        left = {
            number: line.quantity - line.refunded
            for number, line in enumerate(order.lines, 1)
            if line.refunded < line.quantity
        }
        if left and data.draw(st.booleans()):
            quantities = left
        else:
            quantities = {
                number: data.draw(st.integers(1, 3))
                for number in data.draw(st.sets(st.integers(1, len(order.lines)), min_size=1))
            }
        self.give_back(order, quantities)

    def give_back(self, order: Order, quantities: dict[int, int]) -> None:
        given, refusal = self.attempt(lambda: order.refund(quantities, self.now))
        body = {
            "external_id": f"R-{len(self.sent)}",
            "lines": [{"line": number, "quantity": n} for number, n in quantities.items()],
        }
        answer = self.call(f"{order.path}/refunds", body, refusal)
        if given:
            told = {name: answer["points"][name] for name in given if name != "cash"}
            assert {"cash": answer["cash"], **told} == given

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.orders[-4:]))
        if all(line.refunded == line.quantity for line in order.lines):
            self.call(f"{order.path}/confirm", None, "order_not_confirmable")
            return
        if order.lot and order.lot.pending:
            order.account.confirm(order.lot)
            order.account.expire(self.now)
        self.call(f"{order.path}/confirm", None)

    @rule(
        policy=st.sampled_from(["available", "debt", "floor"]),
        grace_days=st.sampled_from([0, 2]),
        up=st.booleans(),
    )
    def change_settings(self, policy: str, grace_days: int, up: bool) -> None:
        self.terms = Terms(policy, grace_days, up)
        payer = "brand" if up else "customer"
        refund = {"clawback": policy, "grace_days": grace_days, "rounding_paid_by": payer}
        self.api.patch("/v1/brand", {"refund": refund})

    @rule(hours=st.integers(1, 96), done=st.lists(st.sampled_from(JOBS), max_size=3))
    def pass_time(self, hours: int, done: list[Any]) -> None:
        """Whether jobs ran, in which order, or never, makes no difference."""
        self.set_clock(self.now + timedelta(hours=hours))
        for job in done:
            run_job(self.brand, job, chunk=1)
        for account in self.accounts.values():
            account.settle(self.now)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        path, body, key, answered = data.draw(st.sampled_from(self.sent))
        response = self.api.send("POST", path, body, key=key)
        assert response.headers["Idempotency-Replayed"] == "true"
        assert response.get_data(as_text=True) == answered

    @invariant()
    def the_ledger_agrees_with_the_model(self) -> None:
        if not hasattr(self, "accounts"):
            return
        for name, account in self.accounts.items():
            shown = self.api.get(f"{self.paths[name]}/points")
            counters = {key: shown[key] for key in ("available", "pending", "held", "debt")}
            assert counters == account.balance()
            expiries = [
                (datetime.fromisoformat(row["expires_at"]), row["points"])
                for row in shown["expiries"]
            ]
            assert expiries == account.expiries()

    def teardown(self) -> None:
        if hasattr(self, "accounts"):
            assert audit(self.brand) == []


def test_the_ledger_does_what_the_model_does(app: Flask) -> None:
    machine = type("Machine", (LedgerMachine,), {"app": app})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
