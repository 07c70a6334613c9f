"""What each figure means, in words, and the bands people are put into."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Definition:
    """What a figure counts, in both languages."""

    ko: str
    en: str


DEFINITIONS = {
    "repurchase": Definition(
        "주문이 2번 이상인 회원 ÷ 주문이 있는 회원. 취소와 환불은 빼지 않아요.",
        "Members with two orders or more ÷ members with an order. Cancellations are ignored.",
    ),
    "repurchase_by_day": Definition(
        "주문한 날이 2일 이상인 회원 ÷ 주문이 있는 회원.",
        "Members who ordered on two days or more ÷ members with an order.",
    ),
    "average_order": Definition(
        "주문의 상품 금액(할인 뒤) 합계 ÷ 주문 수.",
        "What the goods of orders cost after discounts ÷ orders.",
    ),
    "intervals": Definition(
        "회원마다 주문한 날과 다음 주문한 날 사이의 일수. 같은 날의 주문은 한 번으로 세요.",
        "Days between a member's days with an order. Orders of one day count once.",
    ),
    "recency": Definition(
        "마지막 주문일부터 지난 일수: 0–30, 31–90, 91일 이상.",
        "Days since the last order: 0–30, 31–90, 91 and more.",
    ),
    "frequency": Definition(
        "지난 12개월의 주문 수: 0(그 전의 주문만 있음), 1, 2–4, 5번 이상.",
        "Orders of the last 12 months: 0 (only earlier ones), 1, 2–4, 5 and more.",
    ),
    "money": Definition(
        "모든 주문의 상품 금액: 5만 원 미만, 20만 원 미만, 그 이상.",
        "What the goods of all orders cost: below 50,000, below 200,000, more.",
    ),
    "cohorts": Definition(
        "첫 주문을 한 달마다, 몇 달 뒤에 다시 주문한 회원이 얼마나 되는지.",
        "By the month of the first order: how many ordered so many months later.",
    ),
    "points": Definition(
        "달마다 적립하고, 쓰고, 사라진 포인트. 되돌린 것은 되돌린 달에서 빼요.",
        "Points earned, used and lapsed by month; what was undone is taken off when it was.",
    ),
    "liability": Definition(
        "지금 쓸 수 있거나 적립 예정인 포인트를 사라지는 달마다. 1P는 1원이에요.",
        "Points that can be used or are to come, by the month they lapse in. One point is one won.",
    ),
    "breakage": Definition(
        "다 쓰였거나 사라진 적립 가운데 사라진 포인트의 비율.",
        "Of points whose lots are closed, used up or lapsed, the share that lapsed.",
    ),
}
# The reference of the trade puts day 90 into two bands; here it is in the first.
RECENCY = ((0, 30), (31, 90), (91, None))
FREQUENCY = ((0, 0), (1, 1), (2, 4), (5, None))
MONEY = (50_000, 200_000)
INTERVALS = ((1, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, 180), (181, None))
STEPS = 5  # from the first purchase to the sixth
COHORT_MONTHS = 12


@dataclass(frozen=True)
class Window:
    """The 12 months that end with a day, that day included."""

    first: date
    last: date


def year_before(last: date) -> Window:
    """Return the 12 months that end with ``last``.

    >>> str(year_before(date(2011, 12, 9)).first), str(year_before(date(2024, 2, 29)).first)
    ('2010-12-10', '2023-03-01')
    """
    try:
        begins = last.replace(year=last.year - 1)
    except ValueError:  # 29 February
        begins = date(last.year - 1, 2, 28)
    return Window(date.fromordinal(begins.toordinal() + 1), last)


def name_of(band: tuple[int, int | None]) -> str:
    """
    >>> name_of((0, 30)), name_of((91, None)), name_of((1, 1))
    ('0-30', '91+', '1')
    """
    least, most = band
    if most is None:
        return f"{least}+"
    return str(least) if least == most else f"{least}-{most}"


def band_of(value: int, bands: tuple[tuple[int, int | None], ...]) -> str:
    """
    >>> band_of(90, RECENCY), band_of(7, FREQUENCY)
    ('31-90', '5+')
    """
    return next(name_of(band) for band in reversed(bands) if value >= band[0])
