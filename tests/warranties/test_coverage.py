"""Coverage: the legal cases by number (reference W1–W6, W10, W12), and what always holds."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.warranties.rules.coverage import (
    Coverage,
    Extension,
    Registration,
    UnitFacts,
    coverage,
)
from app.warranties.rules.terms import Terms, terms_of, warnings_of

YEAR = terms_of("YEAR", 1, {"name": "1년", "months": 12})
NOBODY = UnitFacts()


def day(text: str) -> date:
    return date.fromisoformat(text)


def told(registered_on: str = "2026-12-31", **values: object) -> Registration:
    days = {
        name: day(str(value)) if name.endswith("_on") else value for name, value in values.items()
    }
    return Registration(day(registered_on), **days)  # type: ignore[arg-type]


def covered(
    unit: UnitFacts = NOBODY,
    registration: Registration | None = None,
    *versions: Terms,
    on: str = "2026-12-31",
    extensions: tuple[Extension, ...] = (),
) -> Coverage:
    return coverage(unit, registration, versions or (YEAR,), extensions, day(on))


def span(found: Coverage) -> tuple[str, str, str]:
    return found.basis, str(found.starts_on), str(found.ends_on)


def test_w1_the_time_runs_from_delivery_not_from_the_order() -> None:
    found = covered(registration=told(purchased_on="2026-03-01", delivered_on="2026-03-05"))
    assert span(found) == ("delivered", "2026-03-05", "2027-03-05")
    assert found.state == "in"
    assert not found.provisional


@pytest.mark.parametrize(
    ("made", "starts"), [("2026-01-15", "2026-04-15"), ("2025-11-30", "2026-02-28")]
)
def test_w2_without_a_date_or_a_receipt_it_runs_from_three_months_after_manufacture(
    made: str, starts: str
) -> None:
    for registration in (None, told()):
        found = covered(UnitFacts(manufactured_on=day(made)), registration)
        assert (found.basis, str(found.starts_on)) == ("manufactured", starts)


def test_w2_an_imported_unit_counts_from_its_clearance() -> None:
    unit = UnitFacts(manufactured_on=day("2025-01-15"), import_cleared_on=day("2025-11-30"))
    assert span(covered(unit)) == ("import_cleared", "2026-02-28", "2027-02-28")


def test_w3_with_no_date_on_the_product_the_customers_word_counts_unless_disproved() -> None:
    word = told(purchased_on="2026-08-31", proven=False)
    found = covered(registration=word)
    assert span(found) == ("purchase", "2026-08-31", "2027-08-31")
    assert found.provisional
    assert "확인하는 중" in found.ko
    refuted = told(purchased_on="2026-08-31", proven=False, disproved=True)
    assert covered(registration=refuted).state == "unknown"
    assert covered(registration=refuted).ends_on is None
    assert covered().state == "unknown"


def test_w3_a_word_does_not_outweigh_the_date_on_the_product_until_it_is_proven() -> None:
    unit = UnitFacts(manufactured_on=day("2026-01-15"))
    late = covered(unit, told(purchased_on="2026-09-01", proven=False))
    assert span(late) == ("manufactured", "2026-04-15", "2027-04-15")
    assert late.provisional
    proven = covered(unit, told(purchased_on="2026-09-01"))
    assert span(proven) == ("purchase", "2026-09-01", "2027-09-01")
    honest = covered(unit, told(purchased_on="2026-02-01", proven=False))
    assert span(honest) == ("purchase", "2026-02-01", "2027-02-01")


def test_w4_an_exchanged_unit_begins_anew_on_the_day_of_the_exchange() -> None:
    unit = UnitFacts(manufactured_on=day("2025-01-01"), exchanged_on=day("2026-05-31"))
    found = covered(unit, told(purchased_on="2025-03-01"))
    assert span(found) == ("exchanged", "2026-05-31", "2027-05-31")


@pytest.mark.parametrize("start", ["delivered", "registration"])
def test_w5_registering_sixty_days_late_changes_no_end(start: str) -> None:
    terms = terms_of("T", 1, {"name": "T", "months": 12, "start": start})
    days = {"purchased_on": "2026-03-01", "delivered_on": "2026-03-05"}
    prompt = covered(NOBODY, told("2026-03-05", **days), terms)
    late = covered(NOBODY, told("2026-05-04", **days), terms)
    assert (late.starts_on, late.ends_on) == (prompt.starts_on, prompt.ends_on)
    assert (str(late.starts_on), str(late.ends_on)) == ("2026-03-05", "2027-03-05")


def test_a_start_by_registration_is_never_later_than_promised() -> None:
    terms = terms_of(
        "T", 1,
        {"name": "T", "months": 12, "start": "registration", "registration_within_days": 30},
    )  # fmt: skip
    for registered, basis, starts in (
        ("2026-03-20", "registration", "2026-03-20"),
        ("2026-04-04", "registration", "2026-04-04"),
        ("2026-05-04", "registration_limit", "2026-04-04"),
        ("2026-03-01", "registration_limit", "2026-03-05"),  # registered before it came
    ):
        found = covered(NOBODY, told(registered, delivered_on="2026-03-05"), terms)
        assert (found.basis, str(found.starts_on)) == (basis, starts)


@pytest.mark.parametrize(
    ("item", "ends"),
    [
        ("sneakers", "2026-09-05"),
        ("rubber_boots", "2026-09-05"),
        ("leather_shoes", "2027-03-05"),
        ("other", "2027-03-05"),
        (None, "2027-03-05"),
    ],
)
def test_w6_what_terms_do_not_state_the_table_says(item: str | None, ends: str) -> None:
    terms = terms_of("T", 1, {"name": "T", **({"item": item} if item else {})})
    found = covered(NOBODY, told(delivered_on="2026-03-05"), terms)
    assert str(found.ends_on) == ends


@pytest.mark.parametrize(
    ("item", "ends", "core", "kept"),
    [
        ("mobile_phone", "2028-03-05", (), None),
        ("tablet", "2027-03-05", (), 4),
        ("dryer", "2027-03-05", (("컴프레서", day("2029-03-05")),), 7),
    ],
)
def test_w10_devices_have_their_own_years(item, ends, core, kept) -> None:
    terms = terms_of("T", 1, {"name": "T", "item": item})
    found = covered(NOBODY, told(delivered_on="2026-03-05"), terms)
    assert (str(found.ends_on), found.core_parts) == (ends, core)
    assert terms.parts_retention_years == kept


def test_w12_terms_shorter_than_the_table_are_accepted_with_a_warning() -> None:
    stated = {"name": "T", "item": "dryer", "months": 6, "parts_retention_years": 5,
              "core_parts": [{"name": "컴프레서", "months": 24}]}  # fmt: skip
    found = [(each.field, each.stated, each.standard) for each in warnings_of(stated)]
    assert found == [("months", 6, 12), ("core_parts", 24, 36), ("parts_retention_years", 5, 7)]
    assert warnings_of({"name": "T", "item": "dryer"}) == []
    ends = covered(NOBODY, told(delivered_on="2026-03-05"), terms_of("T", 1, stated)).ends_on
    assert str(ends) == "2026-09-05"


@pytest.mark.parametrize(
    ("delivered", "months", "ends"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
    ],
)
def test_a_month_without_the_day_ends_with_its_last(delivered, months, ends) -> None:
    terms = terms_of("T", 1, {"name": "T", "months": months})
    assert str(covered(NOBODY, told(delivered_on=delivered), terms).ends_on) == ends


def test_the_last_day_is_covered_and_the_next_is_not() -> None:
    bought = told(delivered_on="2026-03-05")
    assert covered(registration=bought, on="2027-03-05").state == "in"
    over = covered(registration=bought, on="2027-03-06")
    assert over.state == "out"
    assert over.ko == (
        "배송받은 날(2026-03-05)부터 세어 2027-03-05에 보증이 끝났어요. (조건 YEAR 1판)"
    )
    assert covered(registration=bought, on="2026-03-04").state == "in"  # before it came


def test_parts_and_labour_run_apart_and_extensions_add_to_what_they_name() -> None:
    terms = terms_of("T", 1, {"name": "T", "parts_months": 24, "labour_months": 12})
    bought = told(delivered_on="2026-01-31")
    found = covered(NOBODY, bought, terms)
    assert (str(found.parts_until), str(found.labour_until)) == ("2028-01-31", "2027-01-31")
    more = (Extension("a", 1), Extension("b", 1), Extension("c", 12, "labour"))
    found = covered(NOBODY, bought, terms, extensions=more)
    # Two single months together, not 28 February and a month on.
    assert (str(found.parts_until), str(found.labour_until)) == ("2028-03-31", "2028-03-31")
    assert found.extension_ids == ("a", "b", "c")


def test_a_bonus_is_for_those_who_register_in_time() -> None:
    stated = {"name": "T", "months": 12, "registration_bonus_months": 6}
    always = terms_of("T", 1, stated)
    in_time = terms_of("T", 1, {**stated, "registration_bonus_within_days": 30})
    ends = []
    for terms, registered in ((always, "2026-12-01"), (in_time, "2026-04-04"),
                              (in_time, "2026-04-05")):  # fmt: skip
        found = covered(NOBODY, told(registered, delivered_on="2026-03-05"), terms)
        ends.append(str(found.ends_on))
    assert ends == ["2027-09-05", "2027-09-05", "2027-03-05"]
    unit = UnitFacts(manufactured_on=day("2026-01-05"))
    assert str(covered(unit, None, always).ends_on) == "2027-04-05"


def test_of_several_versions_the_better_one_counts_for_parts_and_labour_apart() -> None:
    bought = told(delivered_on="2026-03-05")
    first = terms_of("T", 1, {"name": "T", "parts_months": 24, "labour_months": 12})
    second = terms_of("T", 2, {"name": "T", "parts_months": 6, "labour_months": 36})
    third = terms_of("T", 3, {"name": "T", "months": 1})
    found = covered(NOBODY, bought, first, second, third)
    assert (str(found.parts_until), str(found.labour_until)) == ("2028-03-05", "2029-03-05")
    assert found.terms_version == 2
    assert covered(NOBODY, bought, first, third).terms_version == 1


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MAYBE = st.none() | DAYS
VERSIONS = st.builds(
    Terms,
    code=st.just("T"),
    version=st.just(1),
    parts_months=st.integers(0, 60),
    labour_months=st.integers(0, 60),
    core_parts=st.dictionaries(st.sampled_from("ab"), st.integers(1, 60)),
    start=st.sampled_from(["delivered", "purchase", "registration"]),
    within_days=st.integers(0, 90),
    bonus_months=st.integers(0, 12),
    bonus_within_days=st.none() | st.integers(0, 60),
)
REGISTRATIONS = st.none() | st.builds(
    Registration, DAYS, MAYBE, MAYBE, st.booleans(), st.booleans()
)
UNITS = st.builds(UnitFacts, MAYBE, MAYBE, MAYBE)
# A busy machine is no reason to fail.
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(UNITS, REGISTRATIONS, st.lists(VERSIONS, min_size=1, max_size=4), VERSIONS, DAYS)
def test_a_later_version_never_takes_anything_from_a_unit(
    unit, registration, versions, later, on
) -> None:
    before = coverage(unit, registration, versions, [], on)
    after = coverage(unit, registration, [*versions, later], [], on)
    assert (before.state == "unknown") == (after.state == "unknown")
    if before.state != "unknown":
        assert after.ends_on >= before.ends_on
        assert after.parts_until >= before.parts_until
        assert after.labour_until >= before.labour_until
        assert dict(after.core_parts).keys() >= dict(before.core_parts).keys()
        for name, until in before.core_parts:
            assert dict(after.core_parts)[name] >= until
        assert after.state == ("in" if on <= after.ends_on else "out")


@RELAXED
@given(UNITS, DAYS, DAYS, st.integers(0, 400), VERSIONS)
def test_registering_later_never_begins_after_the_promise(
    unit, delivered, registered, later, terms
) -> None:
    """Whoever is told of nothing but a later registration has at most ``within_days`` more."""
    first = coverage(unit, Registration(registered, None, delivered), [terms], [], registered)
    second = coverage(
        unit,
        Registration(registered + timedelta(days=later), None, delivered),
        [terms],
        [],
        registered,
    )
    if unit.exchanged_on is None:
        limit = delivered + timedelta(days=terms.within_days)
        assert delivered <= first.starts_on <= second.starts_on <= limit or (
            terms.start != "registration" and first.starts_on == second.starts_on == delivered
        )


@RELAXED
@given(UNITS, REGISTRATIONS, VERSIONS, st.integers(1, 24), DAYS)
def test_an_extension_is_never_lost(unit, registration, terms, months, on) -> None:
    plain = coverage(unit, registration, [terms], [], on)
    longer = coverage(unit, registration, [terms], [Extension("x", months)], on)
    if plain.ends_on is not None:
        assert longer.ends_on > plain.ends_on
        assert longer.starts_on == plain.starts_on
