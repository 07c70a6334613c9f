"""Reading what shoppers typed. What is wrong is said beside the field, in both languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from app.shopper.rules.words import METHODS, PLACES, Said

T = TypeVar("T")

_OWN_PATH = re.compile(r"/(?!/)[!-\[\]-~]{0,198}")

NAME_MAX = 40
NAME = Said("이름을 40자 안으로 적어 주세요.", "Write a name of up to 40 characters.")
PHONE = Said(
    "휴대폰 번호 11자리를 확인해 주세요. 예: 010-1234-5678",
    "Check the 11 digits of the mobile number, such as 010-1234-5678.",
)
PLACE = Said("구매한 곳을 골라 주세요.", "Choose where it was bought.")
DAY = Said("날짜를 2026-11-30처럼 적어 주세요.", "Write the day like 2026-11-30.")
DAY_AHEAD = Said("오늘보다 뒤의 날짜예요.", "This day has not come yet.")
DAY_NEEDED = Said(
    "구매일을 알려 주세요. 모르면 ‘선물받음’을 골라 주세요.",
    "Tell the day of purchase. If you do not know it, choose “A gift”.",
)
AGE = Said(
    "만 14세가 안 됐다면 보호자의 번호로 등록해 주세요.",
    "Under 14? Please have a parent register it with their number.",
)
SYMPTOM = Said("어떤 증상인지 골라 주세요.", "Choose what is wrong.")
TELL = Said("무엇이 문제인지 적어 주세요.", "Say what is wrong.")
METHOD = Said("어떻게 보낼지 골라 주세요.", "Choose how it gets to us.")
ADDRESS = Said("가지러 갈 주소를 적어 주세요.", "Write the address to pick it up from.")
CODE = Said("문자로 온 숫자 6자리를 입력해 주세요.", "Type the six digits from the message.")


@dataclass(frozen=True)
class Form(Generic[T]):
    """What a form says, or what is wrong with each field of it."""

    values: Mapping[str, str]
    read: T | None = None
    faults: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True)
class Registration:
    """A unit to be registered: who, from where, and when it was bought."""

    name: str
    phone: str
    channel: str
    purchased_on: date | None
    order_number: str | None


REGISTRATION_FIELDS = ("name", "phone", "channel", "purchased_on", "order_number", "age")


def read_registration(values: Mapping[str, str], *, today: date) -> Form[Registration]:
    """Read the first step of a registration; the phone is looked at when a code is sent.

    >>> form = read_registration({"name": "", "channel": "coupang"}, today=date(2026, 11, 30))
    >>> sorted(form.faults)
    ['age', 'name', 'phone', 'purchased_on']
    """
    faults: dict[str, Said] = {}
    name = " ".join(values.get("name", "").split())
    if not 0 < len(name) <= NAME_MAX:
        faults["name"] = NAME
    if not values.get("phone"):
        faults["phone"] = PHONE
    channel = values.get("channel", "")
    if channel not in PLACES:
        faults["channel"] = PLACE
    purchased_on = read_day(values.get("purchased_on", ""))
    if purchased_on is None:
        if values.get("purchased_on"):
            faults["purchased_on"] = DAY
        elif channel != "gift":
            faults["purchased_on"] = DAY_NEEDED
    elif purchased_on > today:
        faults["purchased_on"] = DAY_AHEAD
    if values.get("age") != "yes":
        faults["age"] = AGE
    if faults:
        return Form(values, faults=faults)
    order_number = values.get("order_number") or None
    return Form(values, Registration(name, values["phone"], channel, purchased_on, order_number))


@dataclass(frozen=True)
class Request:
    """What is asked of a repair."""

    symptom: str
    description: str
    method: str
    address: str | None
    contact: str | None
    incident_on: date | None


REQUEST_FIELDS = ("symptom", "description", "method", "address", "contact", "incident_on")


def read_request(values: Mapping[str, str], *, today: date) -> Form[Request]:
    """Read what is asked of a repair; photos and the symptom's code are looked at later.

    >>> sorted(read_request({"method": "pick_up"}, today=date(2026, 11, 30)).faults)
    ['address', 'description', 'symptom']
    """
    faults: dict[str, Said] = {}
    if not values.get("symptom"):
        faults["symptom"] = SYMPTOM
    if not values.get("description"):
        faults["description"] = TELL
    if values.get("method") not in METHODS:
        faults["method"] = METHOD
    elif values["method"] == "pick_up" and not values.get("address"):
        faults["address"] = ADDRESS
    incident_on = read_day(values.get("incident_on", ""))
    if incident_on is None and values.get("incident_on"):
        faults["incident_on"] = DAY
    elif incident_on is not None and incident_on > today:
        faults["incident_on"] = DAY_AHEAD
    if faults:
        return Form(values, faults=faults)
    return Form(
        values,
        Request(
            values["symptom"],
            values["description"],
            values["method"],
            values.get("address") or None,
            values.get("contact") or None,
            incident_on,
        ),
    )


def read_day(text: str) -> date | None:
    """Return a day that was typed or picked, None if it is none.

    >>> read_day("2026-11-30"), read_day("2026.11.30"), read_day("20261130")
    (datetime.date(2026, 11, 30), datetime.date(2026, 11, 30), datetime.date(2026, 11, 30))
    >>> read_day("2026-02-30") is None
    True
    """
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    if len(digits) != 8:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def own_path(path: str) -> str:
    """Return a path of ours to go on to; anything else leads home.

    Browsers leave tabs and line ends out, and read a backslash as a slash.

    >>> own_path("/q/0123456789ABCDEF"), own_path("//evil.example"), own_path("/\\t/evil.example")
    ('/q/0123456789ABCDEF', '/my', '/my')
    """
    return path if _OWN_PATH.fullmatch(path) else "/my"


def masked_phone(phone: str) -> str:
    """Return a number of which its owner knows the rest.

    >>> masked_phone("+821012345678")
    '010-••••-5678'
    """
    local = "0" + phone[3:] if phone.startswith("+82") else phone
    return f"{local[:3]}-••••-{local[-4:]}"
