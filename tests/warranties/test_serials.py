"""Serials that are spoken, codes that are secret, and GS1 paths."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.warranties.rules.digital_link import parse_digital_link
from app.warranties.rules.serials import (
    CHARACTERS,
    SERIAL_LENGTH,
    check_character,
    code_of,
    is_ours,
    is_own_serial,
    new_codes,
    serial_key,
)

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BODIES = st.text(CHARACTERS, min_size=SERIAL_LENGTH - 1, max_size=SERIAL_LENGTH - 1)


def whole(body: str) -> str:
    return body + check_character(body)


@RELAXED
@given(BODIES, st.integers(0, SERIAL_LENGTH - 1), st.sampled_from(CHARACTERS))
def test_any_one_wrong_character_is_found(body: str, place: int, wrong: str) -> None:
    serial = whole(body)
    mistyped = serial[:place] + wrong + serial[place + 1 :]
    assert is_ours(mistyped) == (mistyped == serial)


@RELAXED
@given(BODIES, st.integers(0, SERIAL_LENGTH - 1), st.integers(0, SERIAL_LENGTH - 1))
def test_any_two_characters_that_changed_places_are_found(body: str, one: int, two: int) -> None:
    letters = list(whole(body))
    letters[one], letters[two] = letters[two], letters[one]
    swapped = "".join(letters)
    assert is_ours(swapped) == (swapped == whole(body))


def test_every_single_error_of_one_serial_is_found() -> None:
    serial = whole("7K2M9Q4T")
    wrong = [
        serial[:place] + other + serial[place + 1 :]
        for place in range(len(serial))
        for other in CHARACTERS
        if other != serial[place]
    ]
    assert len(wrong) == 9 * 31
    assert not any(is_ours(each) for each in wrong)


@RELAXED
@given(BODIES, st.data())
def test_a_serial_is_found_however_it_is_typed(body: str, data: st.DataObject) -> None:
    serial = whole(body)
    confused = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        data.draw(st.sampled_from(confused.get(each, each + each.lower())))
        + data.draw(st.sampled_from(["", " ", "-"]))
        for each in serial
    )
    assert serial_key(typed) == serial_key(serial)
    assert is_ours(typed)


def test_a_hundred_thousand_codes_differ_and_use_every_character_alike() -> None:
    codes = new_codes(100_000)
    assert len(set(codes)) == 100_000
    counts = Counter("".join(codes))
    assert sorted(counts) == sorted(CHARACTERS)
    expected = 100_000 * 16 / 32
    chi_squared = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_squared < 83  # 31 degrees of freedom: exceeded once in a million runs


@pytest.mark.parametrize("text", ["", "7K2M", "7K2M9Q4T7K2M9Q4TT", "7K2M9Q4T7K2M9Q4U", "가" * 16,
                                  "7K2M9Q4T\x007K2M9Q4", "A" * 10_000])  # fmt: skip
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert code_of(text) is None


@RELAXED
@given(st.text(max_size=80))
def test_whatever_is_typed_breaks_nothing(text: str) -> None:
    code = code_of(text)
    assert code is None or code_of(code) == code
    key = serial_key(text)
    assert not key.isascii() or serial_key(key) == key
    if is_own_serial(text):
        assert serial_key(text)
    parse_digital_link(text)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/01/08801234567893/21/7K2M9Q4T7K2M9Q4T", ("08801234567893", "7K2M9Q4T7K2M9Q4T")),
        ("/01/8801234567893/21/abc", ("08801234567893", "abc")),
        ("/01/96385074/22/V/10/LOT/21/A%2FB", ("00000096385074", "A/B")),
        ("/01/8801234567893/10/LOT/22/V/21/A", None),  # in the wrong order
        ("/01/8801234567893/10/A/10/B/21/A", None),
        ("/01/8801234567893/99/X/21/A", None),
        ("/01/88012345/21/" + "A" * 21, None),
        ("/01/88012345678930000/21/A", None),
        ("/01/٨٨٠١٢٣٤٥/21/A", None),
        ("/01/8801234567893/21/", None),
        ("/01/8801234567893/21", None),
        ("/q/7K2M9Q4T7K2M9Q4T", None),
        ("", None),
    ],
)
def test_a_gs1_digital_link_is_read(path: str, found: tuple[str, str] | None) -> None:
    assert parse_digital_link(path) == found
