"""Any sequence of what shoppers and staff may do: no unit is lost, and none has two owners."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app import clock
from app.db import db, transact
from app.errors import DomainError
from app.members import services as members
from app.messages import services as messages
from app.warranties import services
from app.warranties.models import WarrantyTransfer
from app.warranties.rules.units import CLAIMABLE
from tests.support.api import TestBrand
from tests.warranties.shop import make_batch, open_shop, serials_of

PHONES = ("+821011110001", "+821011110002", "+821011110003")


def test_no_sequence_of_actions_loses_a_unit_or_gives_it_two_owners(brand: TestBrand) -> None:
    open_shop(brand)

    class Machine(UnitMachine):
        pass

    Machine.brand = brand
    run_state_machine_as_test(Machine, settings=settings(max_examples=25, stateful_step_count=30))


class UnitMachine(RuleBasedStateMachine):
    """Three units and three people, against a model of who owns what."""

    brand: TestBrand

    @initialize()
    def begin(self) -> None:
        self.now = clock.now()
        self.serials = serials_of(self.brand, make_batch(self.brand, 3))
        self.state = dict.fromkeys(self.serials, "generated")
        self.owner: dict[str, int | None] = dict.fromkeys(self.serials)
        self.lost: set[str] = set()
        self.offers: dict[str, tuple[str, int]] = {}  # by serial: link, to whom
        self.registrations = dict.fromkeys(self.serials, 0)
        self.members = [
            self.do(lambda phone=phone: members.join_by_phone(  # type: ignore[misc]
                self.brand.brand_id, phone, now=self.now)[0].id)
            for phone in PHONES
        ]  # fmt: skip
        for unit in range(2):
            self.claim(unit, 0)

    def do(self, act: Callable[[], Any]) -> Any:
        with self.brand.app.app_context():
            return transact(self.brand.brand_id, act)

    def tries(self, act: Callable[[], Any]) -> bool:
        try:
            self.do(act)
        except DomainError:
            return False
        return True

    def warranty_of(self, serial: str) -> Any:
        found = services.list_warranties(self.brand.brand_id, serial=serial, ended=False, limit=5)
        assert len(found) <= 1
        return found[0].warranty if found else None

    unit = st.integers(0, 2)
    person = st.integers(0, 2)

    @rule(unit=unit, person=person)
    def claim(self, unit: int, person: int) -> None:
        serial = self.serials[unit]
        done = self.tries(
            lambda: services.claim(
                self.brand.brand_id, serial, self.members[person], services.Purchase("gift"),
                proven=False, today=self.now.date(), actor="test", now=self.now,
            )
        )  # fmt: skip
        free = self.state[serial] in CLAIMABLE and serial not in self.lost
        assert done == (free or self.owner[serial] == person)
        if done and self.owner[serial] is None:
            self.state[serial], self.owner[serial] = "claimed", person
            self.registrations[serial] += 1

    @rule(unit=unit, step=st.sampled_from(["ship", *["release"] * 6, "void"]))
    def move(self, unit: int, step: str) -> None:
        serial = self.serials[unit]
        done = self.tries(
            lambda: services.move_unit(
                self.brand.brand_id, serial, step, reason="이유", actor="test", now=self.now
            )
        )
        if done:
            after = {"ship": "shipped", "release": "released"}
            self.state[serial] = after.get(step, "void")
            if step in ("release", "void"):
                self.owner[serial] = None
                self.offers.pop(serial, None)

    @precondition(lambda self: self.offers)
    @rule(step=st.sampled_from(["release", "void"]))
    def part_while_it_is_offered(self, step: str) -> None:
        self.move(self.serials.index(next(iter(self.offers))), step)

    @rule(often=st.sampled_from([False, False, True]))
    def replace(self, often: bool) -> None:
        if not often:  # nothing comes of a unit that was replaced
            return
        first, second = self.serials[1:]
        done = self.tries(
            lambda: services.move_unit(
                self.brand.brand_id, first, "replace", by=second, reason="불량", actor="test",
                now=self.now,
            )
        )  # fmt: skip
        assert done == (self.state[first] == "claimed" and self.state[second] in CLAIMABLE)
        if done:
            self.state[first], self.state[second] = "replaced", "claimed"
            self.owner[second], self.owner[first] = self.owner[first], None
            self.registrations[second] += 1
            self.offers.pop(first, None)

    @rule(unit=unit, on=st.sampled_from([False, False, False, True]))
    def report(self, unit: int, on: bool) -> None:
        serial = self.serials[unit]
        self.do(
            lambda: services.flag_unit(
                self.brand.brand_id, serial, "lost", on=on, reason="신고", actor="test",
                now=self.now,
            )
        )  # fmt: skip
        (self.lost.add if on else self.lost.discard)(serial)

    @precondition(lambda self: any(owner is not None for owner in self.owner.values()))
    @rule(unit=unit, stranger=st.sampled_from([False, False, False, True]), to=person)
    def offer(self, unit: int, stranger: bool, to: int) -> None:
        serial = self.serials[unit]
        owner = self.owner[serial]
        by = to if owner is None else (owner + 1) % len(PHONES) if stranger else owner
        self.now += timedelta(seconds=1)
        links: list[str] = []

        def act() -> None:
            named = self.warranty_of(serial)
            services.offer(
                self.brand.brand_id, named.id if named else None, self.members[by], PHONES[to],
                base_url="http://shop", now=self.now,
            )  # fmt: skip
            links.append(newest_link(self.brand))

        done = self.tries(act)
        assert done == (self.owner[serial] == by and to != by and serial not in self.lost)
        if done:
            self.offers[serial] = (links[-1], to)

    @precondition(lambda self: self.offers)
    @rule(unit=unit, person=person, ending=st.sampled_from(["accept", "decline", "cancel", "late"]))
    def answer(self, unit: int, person: int, ending: str) -> None:
        serial = self.serials[unit]
        if serial not in self.offers:
            return
        link, to = self.offers[serial]
        brand_id = self.brand.brand_id
        if ending == "decline":
            assert self.tries(lambda: services.decline(brand_id, link, now=self.now))
        elif ending == "cancel":
            owner = self.owner[serial]
            assert owner is not None
            assert self.tries(
                lambda: services.cancel(
                    brand_id, self.warranty_of(serial).id, self.members[owner], now=self.now
                )
            )
        elif ending == "late":
            late = self.now + timedelta(hours=72)
            assert not self.tries(
                lambda: services.accept(brand_id, link, self.members[to], PHONES[to], now=late)
            )
            return
        else:
            done = self.tries(
                lambda: services.accept(
                    brand_id, link, self.members[person], PHONES[person], now=self.now
                )
            )
            assert done == (person == to and serial not in self.lost)
            if not done:
                return
            self.owner[serial] = to
            self.registrations[serial] += 1
        del self.offers[serial]
        assert not self.tries(
            lambda: services.accept(brand_id, link, self.members[to], PHONES[to], now=self.now)
        )

    @invariant()
    def units_and_owners_are_those_of_the_model(self) -> None:
        if not hasattr(self, "members"):
            return

        def look() -> None:
            for serial in self.serials:
                piece = services.get_unit(self.brand.brand_id, serial)
                assert piece.unit.state == self.state[serial]
                warranty = self.warranty_of(serial)
                owner = self.owner[serial]
                owned = warranty.member_id if warranty else None
                assert owned == (None if owner is None else self.members[owner])
                open_offers = db.session.query(WarrantyTransfer).filter_by(
                    brand_id=self.brand.brand_id, unit_id=piece.unit.id, state="offered"
                )
                assert open_offers.count() == (serial in self.offers)
                every = services.list_warranties(self.brand.brand_id, serial=serial, limit=100)
                assert len(every) == self.registrations[serial]

        self.do(look)

    def teardown(self) -> None:
        self.do(lambda: self._prove())

    def _prove(self) -> None:
        assert services.audit(self.brand.brand_id) == []


def newest_link(brand: TestBrand) -> str:
    """Return the link of the message that was asked for last."""

    opened = messages.list_outbox(brand.brand_id, 1)[0]
    return opened.texts["sms"]["text"].rpartition("/t/")[2].split()[0]
