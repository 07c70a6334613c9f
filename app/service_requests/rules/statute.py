"""What the Consumer Dispute Resolution Standards give the customer of a repair.

They raise flags for staff and decide over lines; they never close a request by
themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.points.services import add_months

OVERDUE_MONTHS = 1
SAME_FAULT_MONTHS = 2
SAME_FAULT_REPAIRS = 2  # the next one of the same fault is the third
REPAIRS = 4  # the next one, of whatever fault, is the fifth

FLAGS = {
    "overdue_month": {
        "ko": (
            "수리를 맡긴 지 한 달이 됐어요({since}부터). 보증 기간 안이면 같은 제품으로 교환하거나"
            " 환불하고, 지났으면 감가상각한 금액에 10%를 더해 환불해야 해요."
        ),
        "en": (
            "A month has gone by since {since}. Within the warranty the product is to be exchanged"
            " or refunded; after it, its depreciated price and 10 % are to be paid."
        ),
    },
    "same_fault": {
        "ko": (
            "유상 수리({number}, {on}) 뒤 두 달 안에 같은 증상이에요. 무상으로 고치고, 고칠 수"
            " 없으면 받은 수리비를 돌려줘야 해요."
        ),
        "en": (
            "The same fault within two months of the paid repair {number} ({on}): this one is free,"
            " and the fee is to be paid back if it cannot be repaired."
        ),
    },
    "third_recurrence": {
        "ko": (
            "같은 증상으로 {count}번 수리한 뒤 다시 생겼어요. 수리할 수 없는 것으로 보고 교환이나"
            " 환불을 해야 해요."
        ),
        "en": (
            "The same fault is back after {count} repairs: the product counts as not repairable,"
            " and is to be exchanged or refunded."
        ),
    },
    "fifth_fault": {
        "ko": (
            "이 제품을 {count}번 수리한 뒤 또 고장 났어요. 수리할 수 없는 것으로 보고 교환이나"
            " 환불을 해야 해요."
        ),
        "en": (
            "This unit is broken again after {count} repairs: it counts as not repairable, and is"
            " to be exchanged or refunded."
        ),
    },
}


@dataclass(frozen=True)
class Repair:
    """A repair of a unit that was done and given back on ``on``. ``paid`` by the customer."""

    number: str
    symptom: str
    on: date
    paid: bool


@dataclass(frozen=True)
class Flag:
    code: str
    ko: str
    en: str


def statutory_due(asked_on: date, *, waited_days: int = 0) -> date:
    """Return the day a month after a repair was asked for, days of waiting left out.

    >>> str(statutory_due(date(2026, 5, 1)))
    '2026-06-01'
    """
    return date.fromordinal(add_months(asked_on, OVERDUE_MONTHS).toordinal() + waited_days)


def paid_repair_of_same_fault(symptom: str, on: date, earlier: Iterable[Repair]) -> Repair | None:
    """Return the paid repair after which the same fault came back within two months."""
    return next(
        (
            repair
            for repair in earlier
            if repair.paid
            and repair.symptom == symptom
            and repair.on <= on <= add_months(repair.on, SAME_FAULT_MONTHS)
        ),
        None,
    )


def flags_at_start(symptom: str, on: date, earlier: Sequence[Repair]) -> list[Flag]:
    """Return the flags that a request begins with, from the unit's earlier repairs."""
    found = []
    repair = paid_repair_of_same_fault(symptom, on, earlier)
    if repair is not None:
        found.append(flag("same_fault", number=repair.number, on=repair.on))
    same = sum(each.symptom == symptom for each in earlier)
    if same >= SAME_FAULT_REPAIRS:
        found.append(flag("third_recurrence", count=same))
    if len(earlier) >= REPAIRS:
        found.append(flag("fifth_fault", count=len(earlier)))
    return found


def flag(code: str, **facts: object) -> Flag:
    words = FLAGS[code]
    return Flag(code, words["ko"].format(**facts), words["en"].format(**facts))
