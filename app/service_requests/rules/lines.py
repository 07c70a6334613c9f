"""What is free and what is paid, line by line, and the quote that follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

KINDS = ("part", "labour", "shipping", "fee")

# What decided a line, in words for whoever asks.
RULES = {
    "override": ("담당자가 따로 정했어요", "decided by staff"),
    "same_fault": (
        "유상 수리 뒤 두 달 안에 같은 증상이 다시 나타나 무상이에요",
        "the same fault came back within two months of a paid repair",
    ),
    "goodwill": ("브랜드가 무상으로 해 드려요", "the brand does it for free"),
    "paid": ("보증에 들지 않는 경우라서 유상이에요", "the warranty does not apply to this case"),
    "parts_covered": ("부품 보증 기간 안이에요", "parts are covered on that day"),
    "parts_over": ("부품 보증 기간이 지났어요", "parts are covered no longer"),
    "core_part_covered": ("핵심 부품 보증 기간 안이에요", "this core part is covered on that day"),
    "core_part_over": ("핵심 부품 보증 기간이 지났어요", "this core part is covered no longer"),
    "labour_covered": ("공임 보증 기간 안이에요", "labour is covered on that day"),
    "labour_over": ("공임 보증 기간이 지났어요", "labour is covered no longer"),
    "shipping_covered": ("보증 기간 안이라 배송비가 없어요", "shipping is free under the warranty"),
    "shipping_over": ("보증 기간이 지나 배송비가 있어요", "shipping is paid after the warranty"),
    "fee": ("보증과 상관없는 비용이에요", "fees are no part of the warranty"),
    "no_warranty": ("보증을 확인할 수 없는 제품이에요", "no warranty is known for this product"),
}


@dataclass(frozen=True)
class Line:
    """One thing that costs: ``unit_price`` in won. An override says so, with its reason."""

    kind: str
    name: str
    quantity: int
    unit_price: int
    sku: str | None = None
    override: bool | None = None
    override_reason: str | None = None

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Grounds:
    """What decides over lines: the decision on the request, and days until which it is covered.

    ``on`` is the day of the request. Without a unit no day is known.
    """

    on: date
    decision: str | None = None
    same_fault: bool = False
    parts_until: date | None = None
    labour_until: date | None = None
    core_parts: Mapping[str, date] = field(default_factory=dict)


def decide(line: Line, grounds: Grounds) -> tuple[bool, str]:
    """Return whether a line is free, and the rule (of ``RULES``) that says so.

    A person's word comes first, then what the law gives, then the decision on the
    request, then the warranty: parts and labour apart, a core part by its own time.

    >>> grounds = Grounds(date(2026, 11, 22), parts_until=date(2027, 1, 1))
    >>> decide(Line("part", "밑창", 1, 30000), grounds)
    (True, 'parts_covered')
    >>> decide(Line("labour", "교체", 1, 15000), grounds)
    (False, 'no_warranty')
    """
    if line.override is not None:
        return line.override, "override"
    if grounds.same_fault and line.kind != "fee":
        return True, "same_fault"
    if grounds.decision == "goodwill":
        return True, "goodwill"
    if grounds.decision == "paid":
        return False, "paid"
    if line.kind == "fee":
        return False, "fee"
    until, name = _until(line, grounds)
    if until is None:
        return False, "no_warranty"
    covered = grounds.on <= until
    return covered, f"{name}_{'covered' if covered else 'over'}"


def _until(line: Line, grounds: Grounds) -> tuple[date | None, str]:
    if line.kind == "labour":
        return grounds.labour_until, "labour"
    if line.kind == "part":
        for name in (line.sku or line.name, line.name):
            if name in grounds.core_parts:
                return grounds.core_parts[name], "core_part"
        return grounds.parts_until, "parts"
    known = [day for day in (grounds.parts_until, grounds.labour_until) if day is not None]
    return max(known, default=None), "shipping"


@dataclass(frozen=True)
class Decided:
    """A line, whether it is free, and which rule decided."""

    line: Line
    covered: bool
    rule: str


def total_of(lines: Iterable[Decided]) -> int:
    """Return what the customer pays: all that is not covered."""
    return sum(each.line.amount for each in lines if not each.covered)


def needs_agreement(decision: str | None, lines: Iterable[Decided]) -> bool:
    """Whether work waits for an accepted quote: the request is paid, or some of it costs."""
    return decision == "paid" or total_of(lines) > 0


def quote_text(number: str, version: int, lines: Iterable[Decided], valid_until: datetime) -> str:
    """Return the quote as the customer reads and accepts it; ``valid_until`` in local time."""
    decided = list(lines)
    written = [f"A/S {number} 견적 {version}판"]
    for each in decided:
        line = each.line
        price = "무상" if each.covered else f"{line.amount:,}원"
        count = f" × {line.quantity}" if line.quantity > 1 else ""
        written.append(f"- {line.name}{count}: {price} ({RULES[each.rule][0]})")
    written.append(f"내실 금액: {total_of(decided):,}원")
    written.append(f"{valid_until:%Y-%m-%d %H:%M}까지 승인할 수 있어요.")
    return "\n".join(written)
