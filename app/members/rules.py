"""Rules about members: references, phone numbers, e-mail addresses, birthdays.

Plain functions over plain values. What cannot be read gives None, never a message
that repeats it: it is somebody's personal data.
"""

import calendar
import re
import unicodedata
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, TypedDict, cast
from uuid import UUID

import phonenumbers
from korean_lunar_calendar import KoreanLunarCalendar

from app import ids
from app.members.errors import ExternalIdInvalid, MemberNotFound, TagInvalid

EXTERNAL_ID_MAX = 128
EMAIL_MAX = 254
TAG_MAX = 50
YEAR_MIN = 1900
YEAR_MAX = 2100

_PHONE = re.compile(r"\+?[0-9 ()./-]{7,30}")
_HYPHENS = re.compile(r"[\u2010-\u2015\u2212\u30fc\u3161]")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
# phonenumbers takes 010-123-4567 for valid, and lags behind newly opened ranges.
_MOBILE = re.compile(r"010\d{8}|01[16789]\d{7,8}")
_EMAIL = re.compile(
    r"(?!\.)(?!.*\.\.)[^\s@\"(),:;<>\[\]\\]{1,64}(?<!\.)"
    r"@(?:[^\W_](?:[^\W_]|-){0,62}(?<!-)\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})"
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


class MemberRef(NamedTuple):
    """How a caller names a member: by our id or by its own. Both None: nobody."""

    member_id: UUID | None = None
    external_id: str | None = None


def parse_reference(reference: str | None, *, pointer: str | None = None) -> MemberRef:
    """Return what ``mem_…`` or ``ext:…`` names; for None, a reference to nobody.

    >>> parse_reference("ext:17850").external_id
    '17850'

    :raises MemberNotFound: it is neither
    """
    if reference is None:
        return MemberRef()
    if reference.startswith("ext:"):
        try:
            return MemberRef(external_id=external_id_of(reference[4:]))
        except ExternalIdInvalid:
            raise MemberNotFound(pointer=pointer) from None
    member_id = ids.read("mem", reference)
    if member_id is None:
        raise MemberNotFound(pointer=pointer)
    return MemberRef(member_id=member_id)


def external_id_of(text: str) -> str:
    """Return an external id in its one form (composed Korean, NFC).

    :raises ExternalIdInvalid: empty, too long, not printable, or with outer spaces
    """
    composed = unicodedata.normalize("NFC", text)
    if not 0 < len(composed) <= EXTERNAL_ID_MAX or not composed.isprintable():
        raise ExternalIdInvalid
    if composed != composed.strip():
        raise ExternalIdInvalid
    return composed


def tag_of(text: str) -> str:
    """Return a tag in its one form (composed Korean, NFC).

    :raises TagInvalid: empty, too long, not printable, or with outer spaces
    """
    composed = unicodedata.normalize("NFC", text)
    if not 0 < len(composed) <= TAG_MAX or not composed.isprintable():
        raise TagInvalid
    if composed != composed.strip():
        raise TagInvalid
    return composed


def phone_of(text: str) -> str | None:
    """Return a phone number in E.164, read as Korean unless it says otherwise.

    >>> phone_of("010-1234-5678"), phone_of("+82 (0)10.1234.5678")
    ('+821012345678', '+821012345678')
    >>> phone_of("010-123-4567") is None
    True
    """
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).strip())
    if not _PHONE.fullmatch(plain):
        return None
    digits = re.sub(r"\D", "", plain)
    if _MOBILE.fullmatch(digits) and not plain.startswith("+"):
        return f"+82{digits[1:]}"
    if digits.startswith("0082"):
        plain = f"+{digits[2:]}"
    try:
        number = phonenumbers.parse(plain, "KR")
    except phonenumbers.NumberParseException:
        return None
    national = f"0{number.national_number}"
    if number.country_code == 82 and national.startswith("01"):
        return f"+82{national[1:]}" if _MOBILE.fullmatch(national) else None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_of(text: str) -> str | None:
    """Return an e-mail address as it is to be written to: trimmed, domain in small letters.

    >>> email_of("  Kim.Dangol@Example.COM ")
    'Kim.Dangol@example.com'
    >>> email_of("kim@localhost") is None
    True
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).strip()
    local, _, domain = plain.rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(address) > EMAIL_MAX or not address.isprintable() or not _EMAIL.fullmatch(address):
        return None
    return address


def email_key(address: str) -> str:
    """Return what an address is found by: nobody tells capitals apart.

    >>> email_key("Kim@example.com") == email_key("kim@example.com")
    True
    """
    return address.casefold()


def name_key(name: str) -> str:
    """Return what a name is found by: spaces, widths and capitals do not matter.

    >>> name_key("김 단골"), name_key(" Kim Dangol ") == name_key("ｋｉｍ dangol")
    ('김단골', True)
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True)
class Birthday:
    """A birthday as it was given. A lunar one has a solar date in its own year only."""

    year: int
    month: int
    day: int
    calendar: str = "solar"  # solar | lunar
    leap_month: bool = False

    @property
    def text(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


def birthday_of(text: str, calendar: str, *, leap_month: bool) -> Birthday | None:
    """Return the birthday, or None if that calendar has no such day.

    >>> birthday_of("1990-02-30", "lunar", leap_month=False).text
    '1990-02-30'
    >>> birthday_of("1990-02-30", "solar", leap_month=False) is None
    True
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    birthday = Birthday(year, month, day, calendar=calendar, leap_month=leap_month)
    return birthday if solar_date_of(birthday) is not None else None


def solar_date_of(birthday: Birthday) -> date | None:
    """Return the day of birth in the solar calendar, None if there is no such day.

    >>> solar_date_of(Birthday(1990, 5, 5, "lunar", leap_month=True))
    datetime.date(1990, 6, 27)
    """
    if not YEAR_MIN <= birthday.year <= YEAR_MAX:
        return None
    if birthday.calendar == "lunar":
        return _solar_date(birthday.year, birthday.month, birthday.day, birthday.leap_month)
    if birthday.leap_month:
        return None
    try:
        return date(birthday.year, birthday.month, birthday.day)
    except ValueError:
        return None


# A calendar takes milliseconds to build. Copies share only its memory of sums, never a date.
_CALENDAR = KoreanLunarCalendar()


@lru_cache(maxsize=50_000)
def _solar_date(year: int, month: int, day: int, leap_month: bool) -> date | None:  # noqa: FBT001
    lunar = copy(_CALENDAR)
    # It returns False for a day that does not exist and keeps its previous date.
    if not lunar.setLunarDate(year, month, day, leap_month):
        return None
    return date(lunar.solarYear, lunar.solarMonth, lunar.solarDay)


def celebrated_on(birthday: Birthday, year: int) -> date | None:
    """Return when a birthday is celebrated in a year of its own calendar; see
    :func:`birthdays_on`, which says the same the other way round. None: the calendar
    does not know the day.

    >>> celebrated_on(Birthday(1996, 2, 29), 2026)
    datetime.date(2026, 2, 28)
    >>> celebrated_on(Birthday(1990, 5, 5, "lunar", leap_month=True), 2026)
    datetime.date(2026, 6, 19)
    """
    if birthday.calendar == "solar":
        return _same_day(birthday.month, birthday.day, year)
    months = [True, False] if birthday.leap_month else [False]
    for leap in months:
        for day in (birthday.day, 29) if birthday.day == 30 else (birthday.day,):
            found = _solar_date(year, birthday.month, day, leap)
            if found is not None:
                return found
    return None


def anniversary_in(joined_on: date, year: int) -> date:
    """Return the anniversary of a day of joining; see :func:`anniversaries_on`.

    >>> anniversary_in(date(2024, 2, 29), 2026)
    datetime.date(2026, 2, 28)
    """
    return _same_day(joined_on.month, joined_on.day, year)


def _same_day(month: int, day: int, year: int) -> date:
    if (month, day) == (2, 29) and not calendar.isleap(year):
        day = 28
    return date(year, month, day)


class BirthdayKey(NamedTuple):
    """Birthdays that are kept alike and fall on one day; ``year`` is that calendar's."""

    calendar: str
    month: int
    day: int
    leap_month: bool
    year: int


@lru_cache(maxsize=2000)
def birthdays_on(day: date) -> tuple[BirthdayKey, ...]:
    """Return which birthdays are celebrated on a day.

    29 February is celebrated on the 28th in common years. A lunar birthday moves with
    the lunar year: the 30th of a month that has 29 days that year is celebrated on the
    29th, and one in a leap month in the ordinary month of a year without that leap
    month. The calendar knows lunar days through 2050.

    >>> [key[:4] for key in birthdays_on(date(2026, 2, 28)) if key.calendar == "solar"]
    [('solar', 2, 28, False), ('solar', 2, 29, False)]
    >>> birthdays_on(date(2026, 2, 17))[1]  # Seollal
    BirthdayKey(calendar='lunar', month=1, day=1, leap_month=False, year=2026)
    """
    keys = [BirthdayKey("solar", day.month, day.day, leap_month=False, year=day.year)]
    if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
        keys.append(BirthdayKey("solar", 2, 29, leap_month=False, year=day.year))
    lunar = copy(_CALENDAR)
    if not lunar.setSolarDate(day.year, day.month, day.day):
        return tuple(keys)
    year, month, leap = lunar.lunarYear, lunar.lunarMonth, bool(lunar.isIntercalation)
    days = [lunar.lunarDay]
    if days == [29] and not lunar.setLunarDate(year, month, 30, leap):
        days.append(30)
    kinds = [leap]
    if not leap and not lunar.setLunarDate(year, month, 1, True):  # noqa: FBT003
        kinds.append(True)
    keys += [
        BirthdayKey("lunar", month, each, leap_month=kind, year=year)
        for kind in kinds
        for each in days
    ]
    return tuple(keys)


def anniversaries_on(day: date) -> list[date]:
    """Return the days of joining whose anniversary is on a day, the latest first.

    Who joined on 29 February has it on the 28th in common years.

    >>> anniversaries_on(date(2026, 2, 28))[1:4]
    [datetime.date(2024, 2, 29), datetime.date(2024, 2, 28), datetime.date(2023, 2, 28)]
    """
    days: list[date] = []
    leap_day_too = (day.month, day.day) == (2, 28) and not calendar.isleap(day.year)
    for year in range(day.year - 1, YEAR_MIN - 1, -1):
        if leap_day_too and calendar.isleap(year):
            days.append(date(year, 2, 29))
        if (day.month, day.day) != (2, 29) or calendar.isleap(year):
            days.append(day.replace(year=year))
    return days


class MemberFields(TypedDict, total=False):
    """What a caller may say of a member. Fields that are not named stay."""

    name: str | None
    phone: str | None  # E.164
    email: str | None
    birthday: Birthday | None
    joined_on: date
    referred_by_code: str


@dataclass(frozen=True)
class Profile:
    """What is known of a member, in the clear."""

    name: str | None
    phone: str | None
    email: str | None
    birthday: Birthday | None
    joined_on: date
    referred_by_code: str | None


def differing(profile: Profile, fields: MemberFields) -> MemberFields:
    """Return those of ``fields`` that the profile does not say already."""
    changes = {name: value for name, value in fields.items() if value != getattr(profile, name)}
    return cast("MemberFields", changes)


def inherited(survivor: Profile, merged: Profile) -> MemberFields:
    """Return what a survivor takes from the member merged into it: only what it lacks.

    It has been a member since the earlier day of the two.
    """
    fields: MemberFields = {}
    if survivor.name is None and merged.name is not None:
        fields["name"] = merged.name
    if survivor.phone is None and merged.phone is not None:
        fields["phone"] = merged.phone
    if survivor.email is None and merged.email is not None:
        fields["email"] = merged.email
    if survivor.birthday is None and merged.birthday is not None:
        fields["birthday"] = merged.birthday
    if merged.joined_on < survivor.joined_on:
        fields["joined_on"] = merged.joined_on
    return fields


# Where a wish to be erased came from.
ERASURE_SOURCES = ("my_page", "cs_phone", "email", "mail", "visit", "other")
ANSWER_DAYS = 10  # Personal Information Protection Act, decree, 41(4), 43(3), 44(2)


def answer_due_on(asked_on: date) -> date:
    """Return the last day to answer what a person asks; the day of asking is not counted.

    >>> answer_due_on(date(2026, 11, 22))
    datetime.date(2026, 12, 2)
    """
    return asked_on + timedelta(days=ANSWER_DAYS)
