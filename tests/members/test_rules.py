"""Phone numbers, e-mail addresses, birthdays and references, as people write them."""

import unicodedata
import uuid
from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import ids
from app.members.errors import ExternalIdInvalid, MemberNotFound
from app.members.rules import (
    Birthday,
    birthday_of,
    email_of,
    external_id_of,
    parse_reference,
    phone_of,
    solar_date_of,
)


@pytest.mark.parametrize(
    "text",
    [
        "01012345678",
        "010-1234-5678",
        "010 1234 5678",
        "010.1234.5678",
        "(010) 1234-5678",
        " 010-1234-5678 ",
        "０１０－１２３４－５６７８",
        "010–1234—5678",
        "010ー1234ー5678",
        "\u200b010-1234-5678\ufeff",
        "+821012345678",
        "+82 10-1234-5678",
        "+82-010-1234-5678",
        "+82 (0)10 1234 5678",
        "＋８２１０１２３４５６７８",
        "82-10-1234-5678",
        "821012345678",
        "0082 10 1234 5678",
        "1012345678",  # Excel took the zero away
    ],
)
def test_every_way_to_write_a_korean_mobile_is_one_number(text: str) -> None:
    assert phone_of(text) == "+821012345678"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("011-234-5678", "+82112345678"),
        ("016-9234-5678", "+821692345678"),
        ("010-0000-0000", "+821000000000"),
        ("02-123-4567", "+8221234567"),
        ("070-1234-5678", "+827012345678"),
        ("+1 650 253 0000", "+16502530000"),
        ("+44 20 7031 3000", "+442070313000"),
        ("+81-90-1234-5678", "+819012345678"),
    ],
)
def test_older_mobiles_landlines_and_numbers_of_other_countries_are_taken(
    text: str, number: str
) -> None:
    assert phone_of(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "없음",
        "010-123-4567",
        "010-1234-567",
        "010-1234-56789",
        "+82 10-123-4567",
        "012-1234-5678",
        "013-1234-5678",
        "000-0000-0000",
        "010-1234-5678 ext 3",
        "010-1234-5678x3",
        "tel:010-1234-5678",
        "1-800-FLOWERS",
        "+1 555",
        "+999 1234 5678",
        "010-1234-5678, 010-9876-5432",
        "0" * 50,
    ],
)
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    assert phone_of(text) is None


@given(st.integers(0, 99_999_999), st.sampled_from(["", "-", " ", ".", "－"]))
def test_a_mobile_has_one_form_and_keeps_it(number: int, between: str) -> None:
    digits = f"{number:08}"
    read = phone_of(f"010{between}{digits[:4]}{between}{digits[4:]}")

    assert read == f"+8210{digits}"
    assert phone_of(read) == read
    parsed = phonenumbers.parse(read)
    assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == read


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_not_but_never_an_error(text: str) -> None:
    for read in (phone_of(text), email_of(text)):
        assert read is None or read.isprintable()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kim@example.com", "kim@example.com"),
        ("  Kim.Dangol+shop@Mail.Example.CO.KR\n", "Kim.Dangol+shop@mail.example.co.kr"),
        ("ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ", "kim@example.com"),
        ("단골@한글.한국", "단골@한글.한국"),
        ("kim@xn--bj0bj06e.xn--3e0b707e", "kim@xn--bj0bj06e.xn--3e0b707e"),
        ("o'brien_1@a-b.io", "o'brien_1@a-b.io"),
        ("a@" + "b" * 60 + ".com", "a@" + "b" * 60 + ".com"),
    ],
)
def test_an_address_is_trimmed_and_its_domain_in_small_letters(text: str, address: str) -> None:
    assert email_of(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kim",
        "@example.com",
        "kim@",
        "kim@localhost",
        "kim@@example.com",
        "kim@exa mple.com",
        "kim@-example.com",
        "kim@example-.com",
        "kim@example..com",
        ".kim@example.com",
        "kim.@example.com",
        "k..m@example.com",
        "kim@example.c",
        "kim@example.123",
        "Kim <kim@example.com>",
        "kim@example.com, lee@example.com",
        "kim\x00@example.com",
        "a" * 65 + "@example.com",
        "a@" + ".".join(["b" * 60] * 5) + ".com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert email_of(text) is None


@pytest.mark.parametrize(
    ("text", "calendar", "leap", "solar"),
    [
        ("1990-03-05", "solar", False, date(1990, 3, 5)),
        ("2000-02-29", "solar", False, date(2000, 2, 29)),
        ("1988-07-01", "solar", False, date(1988, 7, 1)),  # Seoul had summer time
        ("1990-02-30", "lunar", False, date(1990, 3, 26)),
        ("1990-05-05", "lunar", False, date(1990, 5, 28)),
        ("1990-05-05", "lunar", True, date(1990, 6, 27)),
    ],
)
def test_a_birthday_is_kept_as_given_and_has_a_solar_date(
    text: str, calendar: str, leap: bool, solar: date
) -> None:
    birthday = birthday_of(text, calendar, leap_month=leap)

    assert birthday is not None
    assert birthday.text == text
    assert (birthday.calendar, birthday.leap_month) == (calendar, leap)
    assert solar_date_of(birthday) == solar


@pytest.mark.parametrize(
    ("text", "calendar", "leap"),
    [
        ("1990-02-30", "solar", False),
        ("1900-02-29", "solar", False),
        ("1990-03-05", "solar", True),  # only lunar years have leap months
        ("1990-01-30", "lunar", False),  # that month has 29 days
        ("1990-06-05", "lunar", True),  # the leap month of 1990 is the fifth
        ("1990-13-01", "lunar", False),
        ("1990-00-10", "solar", False),
        ("1899-12-31", "solar", False),
        ("2051-01-01", "lunar", False),
        ("1990-3-5", "solar", False),
        ("19900305", "solar", False),
        ("1990-03-05T00:00", "solar", False),
        ("１９９０-03-05", "solar", False),
        ("", "solar", False),
    ],
)
def test_a_day_that_its_calendar_does_not_have_is_no_birthday(
    text: str, calendar: str, leap: bool
) -> None:
    assert birthday_of(text, calendar, leap_month=leap) is None


def test_a_lunar_day_that_is_missing_does_not_leave_another_day_behind() -> None:
    # The calendar keeps its previous date when it answers False.
    assert solar_date_of(Birthday(1990, 2, 30, "lunar")) == date(1990, 3, 26)
    assert solar_date_of(Birthday(1990, 1, 30, "lunar")) is None


def test_a_reference_is_ours_or_the_shop_s() -> None:
    member_id = uuid.uuid4()

    assert parse_reference(ids.show("mem", member_id)) == (member_id, None)
    assert parse_reference("ext:단골-1") == (None, "단골-1")
    assert parse_reference("ext:mem_1") == (None, "mem_1")
    assert parse_reference(None) == (None, None)


@pytest.mark.parametrize(
    "text", ["", "17850", "ext:", "EXT:1", "mem_", "ord_" + "0" * 26, "ext:a\nb", "ext: a"]
)
def test_what_names_no_member_is_not_found(text: str) -> None:
    with pytest.raises(MemberNotFound):
        parse_reference(text)


def test_korean_typed_on_a_mac_is_the_same_id() -> None:
    assert external_id_of(unicodedata.normalize("NFD", "단골")) == "단골"


@pytest.mark.parametrize("text", ["", "x" * 129, "a\x00", "a\u2028", " a", "a\u200e"])
def test_an_external_id_is_one_to_128_printable_characters(text: str) -> None:
    with pytest.raises(ExternalIdInvalid):
        external_id_of(text)
