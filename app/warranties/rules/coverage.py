"""Coverage: whether a unit is covered on a day, from when to when, and why.

It is worked out, never stored: from what is known of the unit and its registration,
the versions of terms that were in force since the unit was made, and extensions. Of
several versions the one counts that is better for the owner, for parts and for labour
apart, so that terms made shorter later take nothing away.

The first day is not counted (Civil Code, art. 157): 12 months from 5 March end with
5 March of the next year, and a month without that day ends with its last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.points.services import add_months
from app.warranties.rules.terms import Terms

# By the standard, a unit whose sale nobody can date was sold so long after it was made.
ASSUMED_MONTHS_TO_SALE = 3


@dataclass(frozen=True)
class UnitFacts:
    """What the brand knows of a unit. ``exchanged_on``: given in exchange for another one."""

    manufactured_on: date | None = None
    import_cleared_on: date | None = None
    exchanged_on: date | None = None


@dataclass(frozen=True)
class Registration:
    """What an owner told. ``proven`` by an order or a receipt; ``disproved`` by the seller."""

    registered_on: date
    purchased_on: date | None = None
    delivered_on: date | None = None
    proven: bool = True
    disproved: bool = False


@dataclass(frozen=True)
class Extension:
    """Months on top, of ``all``, ``parts`` or ``labour``."""

    id: str
    months: int
    of: str = "all"


@dataclass(frozen=True)
class Start:
    """``provisional``: assumed until the date of purchase is proven."""

    on: date
    basis: str
    provisional: bool = False


@dataclass(frozen=True)
class Coverage:
    """``state`` is ``in``, ``out`` or ``unknown``. Days are the last that are covered.

    ``terms_version`` is the version that decided the end.
    """

    state: str
    basis: str
    ko: str
    en: str
    starts_on: date | None = None
    ends_on: date | None = None
    parts_until: date | None = None
    labour_until: date | None = None
    core_parts: tuple[tuple[str, date], ...] = ()
    terms_version: int | None = None
    provisional: bool = False
    extension_ids: tuple[str, ...] = ()


def coverage(
    unit: UnitFacts,
    registration: Registration | None,
    versions: Sequence[Terms],
    extensions: Sequence[Extension],
    on: date,
) -> Coverage:
    """Tell the coverage of a unit on a day.

    ``versions`` begin with the one the unit was made under; later ones count where they
    are better for the owner. A day before the start is covered as well.

    >>> terms = Terms("T", 1, 12, 12, {})
    >>> told = Registration(date(2026, 3, 5), delivered_on=date(2026, 3, 5))
    >>> found = coverage(UnitFacts(), told, [terms], [], date(2027, 3, 5))
    >>> found.state, str(found.ends_on), found.basis
    ('in', '2027-03-05', 'delivered')
    """
    spans = [
        (terms, start, _Span(terms, start, registration, extensions))
        for terms in versions
        if (start := start_of(terms, unit, registration)) is not None
    ]
    if not spans:
        return Coverage(
            "unknown",
            "unknown",
            "구매일도, 제조일이나 통관일도 알 수 없어요. 구매일을 알려 주시면 확인할게요.",
            "Neither the day of purchase nor of manufacture or import is known."
            " Tell the day of purchase.",
        )
    terms, start, last = max(spans, key=lambda each: (each[2].ends_on, -each[0].version))
    ends_on = last.ends_on
    core_parts: dict[str, date] = {}
    for _, _, span in spans:
        for name, until in span.core_parts.items():
            core_parts[name] = max(until, core_parts.get(name, until))
    state = "in" if on <= ends_on else "out"
    ko, en = _reason(state, start, terms, ends_on)
    return Coverage(
        state,
        start.basis,
        ko,
        en,
        starts_on=start.on,
        ends_on=ends_on,
        parts_until=max(span.parts_until for _, _, span in spans),
        labour_until=max(span.labour_until for _, _, span in spans),
        core_parts=tuple(sorted(core_parts.items())),
        terms_version=terms.version,
        provisional=start.provisional,
        extension_ids=tuple(extension.id for extension in extensions),
    )


def start_of(terms: Terms, unit: UnitFacts, registration: Registration | None) -> Start | None:
    """Return when the time begins to run, None if nothing is known to reckon from.

    A unit given in exchange begins anew. A date that only the customer told counts at
    once if nothing speaks against it; if the unit's own dates give an earlier start,
    that one holds until the date is proven.
    """
    if unit.exchanged_on is not None:
        return Start(unit.exchanged_on, "exchanged")
    assumed = _assumed_start(unit)
    if registration is None or registration.disproved:
        return assumed
    told = _told_start(terms, registration)
    if told is None:
        return assumed
    if registration.proven:
        return told
    if assumed is not None and assumed.on < told.on:
        return Start(assumed.on, assumed.basis, provisional=True)
    return Start(told.on, told.basis, provisional=True)


def _assumed_start(unit: UnitFacts) -> Start | None:
    if unit.import_cleared_on is not None:
        return Start(add_months(unit.import_cleared_on, ASSUMED_MONTHS_TO_SALE), "import_cleared")
    if unit.manufactured_on is not None:
        return Start(add_months(unit.manufactured_on, ASSUMED_MONTHS_TO_SALE), "manufactured")
    return None


def _told_start(terms: Terms, registration: Registration) -> Start | None:
    told = [(registration.delivered_on, "delivered"), (registration.purchased_on, "purchase")]
    if terms.start == "purchase":
        told.reverse()
    known = [(day, basis) for day, basis in told if day is not None]
    if not known:
        return None
    day, basis = known[0]
    if terms.start != "registration":
        return Start(day, basis)
    latest = day + timedelta(days=terms.within_days)
    if day <= registration.registered_on <= latest:
        return Start(registration.registered_on, "registration")
    return Start(max(day, min(registration.registered_on, latest)), "registration_limit")


class _Span:
    """How far one version of the terms reaches from its start."""

    def __init__(
        self,
        terms: Terms,
        start: Start,
        registration: Registration | None,
        extensions: Sequence[Extension],
    ) -> None:
        bonus = terms.bonus_months if _earns_bonus(terms, start, registration) else 0
        parts, labour = (
            bonus + sum(each.months for each in extensions if each.of in ("all", part))
            for part in ("parts", "labour")
        )
        # All months at once: stepping would lose days at the end of short months.
        self.parts_until = add_months(start.on, terms.parts_months + parts)
        self.labour_until = add_months(start.on, terms.labour_months + labour)
        self.core_parts = {
            name: add_months(start.on, months + parts) for name, months in terms.core_parts.items()
        }
        self.ends_on = max(self.parts_until, self.labour_until)


def _earns_bonus(terms: Terms, start: Start, registration: Registration | None) -> bool:
    if registration is None or registration.disproved:
        return False
    if terms.bonus_within_days is None:
        return True
    return registration.registered_on <= start.on + timedelta(days=terms.bonus_within_days)


_BASES = {
    "delivered": ("배송받은 날", "the day of delivery"),
    "purchase": ("구매한 날", "the day of purchase"),
    "registration": ("보증을 등록한 날", "the day of registration"),
    "registration_limit": ("보증 등록이 가능한 마지막 날", "the last day to start by registration"),
    "manufactured": ("제조일 3개월 뒤", "three months after manufacture"),
    "import_cleared": ("수입 통관일 3개월 뒤", "three months after import clearance"),
    "exchanged": ("교환받은 날", "the day of the exchange"),
}


def _reason(state: str, start: Start, terms: Terms, ends_on: date) -> tuple[str, str]:
    basis_ko, basis_en = _BASES[start.basis]
    ko = f"{basis_ko}({start.on})부터 세어 {ends_on}까지 보증돼요."
    en = f"Counted from {basis_en} ({start.on}), covered until {ends_on}."
    if state == "out":
        ko = f"{basis_ko}({start.on})부터 세어 {ends_on}에 보증이 끝났어요."
        en = f"Counted from {basis_en} ({start.on}), the warranty ended on {ends_on}."
    if start.provisional:
        ko += " 구매일을 확인하는 중이에요."
        en += " The day of purchase is being checked."
    return (
        f"{ko} (조건 {terms.code} {terms.version}판)",
        f"{en} (Terms {terms.code}, version {terms.version}.)",
    )
