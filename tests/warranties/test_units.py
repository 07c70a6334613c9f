"""Units one by one: found, moved, flagged; nothing is ever lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.warranties import services
from app.warranties.errors import UnitReasonRequired, UnitReplacementUnfit, UnitStepRefused
from app.warranties.rules.units import STATES, STEPS
from tests.support.api import TestBrand, make_brand
from tests.support.members import unit_of_work
from tests.support.parallel import at_once
from tests.support.problems import assert_problem
from tests.support.statements import noted
from tests.warranties.shop import audit, codes_of, make_batch, open_shop, serials_of, step


@pytest.fixture
def boots(brand: TestBrand) -> list[str]:
    open_shop(brand, gtin="8801234567893")
    return serials_of(brand, make_batch(brand, 3, manufactured_on="2026-01-15"))


def test_a_unit_is_shown_with_its_coverage_by_a_serial_however_typed(
    brand: TestBrand, boots: list[str]
) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T10:00:00+09:00"}, expect=200)
    shown = brand.api.get(f"/v1/units/{boots[0]}")
    assert (shown["serial"], shown["state"], shown["product"]) == (boots[0], "generated", "BOOT")
    coverage = shown["coverage"]
    assert (coverage["state"], coverage["basis"]) == ("in", "manufactured")
    assert (coverage["starts_on"], coverage["ends_on"]) == ("2026-04-15", "2027-04-15")
    typed = boots[0].lower().replace("0", "o").replace("1", "l").replace("-", "%20")
    assert brand.api.get(f"/v1/units/{typed}") == shown
    brand.api.refused("GET", "/v1/units/000-000-00Z", code="unit_not_found")


def test_shorter_terms_never_reach_units_that_exist_and_longer_ones_do(
    brand: TestBrand, boots: list[str]
) -> None:
    path = f"/v1/units/{boots[0]}"
    for months, ends, version in ((1, "2027-04-15", 1), (24, "2028-04-15", 3)):
        brand.api.put("/v1/warranty-terms/BASE", {"name": "1년 보증", "months": months})
        coverage = brand.api.get(path)["coverage"]
        assert (coverage["ends_on"], coverage["terms_version"]) == (ends, version)
    # Better terms that are no longer for this product are none of it.
    for_hats = {"name": "모자", "months": 60, "selection": {"categories": ["hats"]}}
    brand.api.put("/v1/warranty-terms/BASE", for_hats)
    assert brand.api.get(path)["coverage"]["ends_on"] == "2028-04-15"


def test_unknown_void_and_malformed_codes_are_answered_alike(
    brand: TestBrand, boots: list[str]
) -> None:
    batch = brand.api.get("/v1/warranty-batches")["data"][0]
    codes = codes_of(brand, batch)
    step(brand, boots[1], "void", reason="인쇄 오류")
    with unit_of_work(brand):
        found = services.find_by_code(brand.brand_id, codes[0].lower())
        assert found is not None
        assert found.unit.serial == boots[0]
        for wrong in (codes[1], "0" * 16, "7" * 16, "zzz", "", codes[0] + "0", boots[0]):
            assert services.find_by_code(brand.brand_id, wrong) is None
        digital = services.parse_digital_link(f"/01/8801234567893/21/{codes[0]}")
        assert digital is not None
        gtin, serial = digital
        assert services.find_by_code(brand.brand_id, serial, gtin=gtin) is not None
        assert services.find_by_code(brand.brand_id, serial, gtin="00000096385074") is None


def test_every_look_up_asks_the_database_the_same(brand: TestBrand, boots: list[str]) -> None:
    batch = brand.api.get("/v1/warranty-batches")["data"][0]
    void = codes_of(brand, batch)[1]
    step(brand, boots[1], "void", reason="인쇄 오류")
    asked = []
    for text in (void, "7" * 16, "malformed", ""):
        with unit_of_work(brand), noted(brand.app) as statements:
            services.find_by_code(brand.brand_id, text)
        asked.append(statements)
    assert asked[0]
    assert all(statements == asked[0] for statements in asked)


def test_staff_move_a_unit_with_reasons_and_events_tell_it(
    brand: TestBrand, boots: list[str]
) -> None:
    path = f"/v1/units/{boots[0]}"
    brand.api.post(f"{path}/steps", {"step": "allocate", "channel": "naver"}, expect=200)
    brand.api.post(f"{path}/steps", {"step": "ship"}, expect=200)
    step(brand, boots[0], "claim")
    brand.api.refused("POST", f"{path}/steps", {"step": "release"}, code="unit_reason_required")
    brand.api.refused("POST", f"{path}/steps", {"step": "ship"}, code="unit_step_refused")
    released = brand.api.post(
        f"{path}/steps", {"step": "release", "reason": "고객 반품"}, expect=200
    )
    assert (released["state"], released["channel"]) == ("released", "naver")
    assert step(brand, boots[0], "claim") == "claimed"  # released units can be claimed again
    events = brand.api.get(f"{path}/events")["data"]
    assert [(each["seq"], each["step"], each["state"]) for each in events] == [
        (6, "claim", "claimed"), (5, "release", "released"), (4, "claim", "claimed"),
        (3, "ship", "shipped"), (2, "allocate", "allocated"), (1, "make", "generated"),
    ]  # fmt: skip
    assert (events[1]["reason"], events[4]["detail"]) == ("고객 반품", "naver")
    assert audit(brand) == []


def test_w4_a_unit_given_in_exchange_begins_anew(brand: TestBrand, boots: list[str]) -> None:
    brand.api.post("/v1/test-clock", {"now": "2026-05-31T23:30:00+09:00"}, expect=200)
    step(brand, boots[0], "claim")
    path = f"/v1/units/{boots[0]}/steps"
    body = {"step": "replace", "reason": "밑창 불량", "by": boots[1]}
    response = brand.api.send("POST", path, {**body, "by": boots[0]})
    assert_problem(response, 422, "unit_replacement_unfit", pointer="/by")
    replaced = brand.api.post(path, body, expect=200)
    assert replaced["state"] == "replaced"
    other = brand.api.get(f"/v1/units/{boots[1]}")
    assert (other["state"], other["exchanged_on"]) == ("claimed", "2026-05-31")
    assert (other["coverage"]["basis"], other["coverage"]["ends_on"]) == ("exchanged", "2027-05-31")
    (_, told, _) = brand.api.get(f"/v1/units/{boots[1]}/events")["data"]
    assert (told["step"], told["detail"]) == ("replacement", boots[0])
    step(brand, boots[2], "claim")
    brand.api.refused(
        "POST", f"/v1/units/{boots[2]}/steps", {**body, "by": boots[0]},
        code="unit_replacement_unfit",
    )  # fmt: skip
    assert audit(brand) == []


def test_flags_stand_beside_the_state(brand: TestBrand, boots: list[str]) -> None:
    path = f"/v1/units/{boots[0]}"
    for flag in ("stolen", "recalled", "stolen"):
        shown = brand.api.post(f"{path}/flags", {"flag": flag, "reason": "신고"}, expect=200)
    assert (shown["flags"], shown["state"]) == (["recalled", "stolen"], "generated")
    assert [u["serial"] for u in brand.api.get("/v1/units?flag=stolen")["data"]] == [boots[0]]
    shown = brand.api.post(
        f"{path}/flags", {"flag": "stolen", "set": False, "reason": "찾음"}, expect=200
    )
    assert shown["flags"] == ["recalled"]
    events = brand.api.get(f"{path}/events")["data"]
    assert [each["step"] for each in events] == ["unflag", "flag", "flag", "make"]
    brand.api.refused("POST", f"{path}/flags", {"flag": "stolen"}, code="invalid_request")
    assert audit(brand) == []


def test_claim_and_void_race_and_one_of_each_wins(busy: TestBrand) -> None:
    open_shop(busy)
    (serial,) = serials_of(busy, make_batch(busy, 1))

    def attempt(name: str) -> str:
        try:
            return step(busy, serial, name, reason="경쟁")
        except UnitStepRefused:
            return "refused"

    outcomes = at_once([lambda: attempt("claim")] * 20 + [lambda: attempt("void")] * 5)
    assert outcomes.count("void") == 1
    assert outcomes.count("claimed") <= 1
    assert busy.api.get(f"/v1/units/{serial}")["state"] == "void"
    assert audit(busy) == []


STEP = st.sampled_from(sorted(STEPS))


@pytest.fixture(scope="module")
def maker(app) -> TestBrand:
    brand = make_brand(app)
    open_shop(brand)
    return brand


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 2), STEP, st.booleans(), st.integers(0, 2)), max_size=12))
def test_no_sequence_of_steps_loses_a_unit(maker: TestBrand, tried) -> None:
    """Against a plain model: a state for each unit, and how often it changed."""
    serials = serials_of(maker, make_batch(maker, 3))
    state, count = ["generated"] * 3, [1] * 3
    for index, name, reasoned, other in tried:
        fits = state[index] in STEPS[name].before
        told = reasoned or not STEPS[name].reasoned
        if name == "replace":
            free = state[other] in STEPS["claim"].before
            options = {"by": serials[other]}
        else:
            free, options = True, {}
        try:
            step(maker, serials[index], name, reason="이유" if reasoned else None, **options)
            moved = True
        except (UnitStepRefused, UnitReasonRequired, UnitReplacementUnfit):
            moved = False
        assert moved == (fits and told and free and not (name == "replace" and index == other))
        if moved:
            state[index] = STEPS[name].after
            count[index] += 1
            if name == "replace":  # who had it has the other one now
                state[other] = "claimed"
                count[other] += 2
    for serial, expected, events in zip(serials, state, count, strict=True):
        shown = maker.api.get(f"/v1/units/{serial}")
        assert shown["state"] == expected
        assert shown["state"] in STATES
        assert len(maker.api.get(f"/v1/units/{serial}/events?limit=100")["data"]) == events
    assert audit(maker) == []
