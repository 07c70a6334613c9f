"""The figures of the dashboard, from what the features below tell."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from app.consents import services as consents
from app.console.rules.figures import Card, Cell, Figure, month_name
from app.insights import services as insights
from app.insights.services import DEFINITIONS, PointFigures, Purchases
from app.service_requests import services as service_requests
from app.tiers import services as tiers
from app.warranties import services as warranties

LATER_MONTHS = 12
ROWS = 100
CHANNELS = {
    "own_mall": "공식몰", "naver": "네이버", "coupang": "쿠팡", "musinsa": "무신사",
    "offline": "오프라인",
}  # fmt: skip


def list_cards(brand_id: UUID, *, as_of: date, now: datetime) -> list[Card]:
    """Return the numbers at the head of the dashboard."""
    found = insights.tell_purchases(brand_id, as_of=as_of)
    points = insights.tell_points(brand_id, now=now)
    stats = _service_stats(brand_id, as_of)
    return [
        Card(("재구매율(12개월)", "Came back (12 months)"), found.year.rate, "percent",
             _said("repurchase")),
        Card(("평균 주문 금액", "Average order"), found.year.average_amount, "won",
             _said("average_order")),
        Card(("다시 사기까지", "Until the next purchase"),
             found.intervals.at[2] if found.intervals.at else None, "day", _said("intervals")),
        Card(("포인트 부채", "Owed in points"), points.owed_in_all, "won", _said("liability")),
        Card(("소멸률", "Breakage"), points.breakage, "percent", _said("breakage")),
        Card(("진행 중인 A/S", "Open repairs"), stats.open, "n",
             ("끝나지 않은 A/S 접수.", "Service requests that are not over."),
             (f"지연 {stats.overdue}건", f"{stats.overdue} late")),
    ]  # fmt: skip


def list_figures(brand_id: UUID, *, as_of: date, now: datetime) -> list[Figure]:
    """Return every figure of the dashboard, as of a day."""
    found = insights.tell_purchases(brand_id, as_of=as_of)
    points = insights.tell_points(brand_id, now=now)
    return [
        _repurchase(found),
        _cohorts(found),
        _intervals(found),
        _steps(found),
        _groups(found),
        _points(points),
        _owed(points),
        _closed(points),
        *_tiers(brand_id, now),
        _registered(brand_id, "channel", now),
        _registered(brand_id, "product", now),
        _registered(brand_id, "days", now),
        _repairs(brand_id, as_of),
        _consents(brand_id),
    ]


def _repurchase(found: Purchases) -> Figure:
    rows: list[list[Cell]] = [
        [name, each.members, each.by_order, each.rate, each.rate_by_day, each.average_amount,
         each.median_amount]
        for name, each in (("전체 기간", found.ever), ("지난 12개월", found.year))
    ]  # fmt: skip
    return Figure(
        "repurchase",
        ("재구매", "Repurchase"),
        _said("repurchase"),
        [("기간", "Period"), ("주문한 회원", "Members with an order"),
         ("2번 이상", "Two orders or more"), ("재구매율", "Rate"), ("날로 센 재구매율", "By day"),
         ("평균 주문", "Average order"), ("가운데 주문", "Median order")],
        ["n", "n", "n", "percent", "percent", "won", "won"],
        rows,
    )  # fmt: skip


def _cohorts(found: Purchases) -> Figure:
    shown = found.cohorts[-LATER_MONTHS - 1 :]
    width = max((len(each.later) for each in shown), default=0)
    rows: list[list[Cell]] = []
    for each in shown:
        shares: list[Cell] = [count / each.members for count in each.later]
        rows.append(
            [month_name(each.month), each.members, *shares, *[None] * (width - len(shares))]
        )
    return Figure(
        "cohorts",
        ("첫 주문 달별 재방문", "Cohorts by first order"),
        _said("cohorts"),
        [("첫 주문", "First order"), ("회원", "Members"),
         *((f"{later}달 뒤", f"{later} months later") for later in range(1, width + 1))],
        ["n", "n", *["percent"] * width],
        rows,
        chart="heat",
    )  # fmt: skip


def _intervals(found: Purchases) -> Figure:
    return Figure(
        "intervals",
        ("구매 간격", "Days between purchases"),
        _said("intervals"),
        [("일수", "Days"), ("간격 수", "Gaps")],
        ["n", "n"],
        [[f"{band}일", gaps] for band, gaps in found.intervals.histogram.items()]
        if found.intervals.gaps
        else [],
        chart="bars",
    )


def _steps(found: Purchases) -> Figure:
    return Figure(
        "steps",
        ("몇 번째 구매까지 걸린 날", "Days to the next purchase, by number"),
        _said("intervals"),
        [("구매", "Purchase"), ("회원", "Members"), ("걸린 날(가운데)", "Days (median)")],
        ["n", "n", "day"],
        [
            [f"{each.number}→{each.number + 1}", each.gaps, each.median]
            for each in found.intervals.steps
        ],
    )


def _groups(found: Purchases) -> Figure:
    counts: dict[tuple[str, str], int] = {}
    for each in found.groups:
        key = (each.recency, each.frequency)
        counts[key] = counts.get(key, 0) + each.members
    columns = ("0", "1", "2-4", "5+")
    return Figure(
        "rfm",
        ("최근 주문과 주문 수", "Recency and frequency"),
        _said("recency"),
        [("마지막 주문", "Last order"), *((f"{name}번", f"{name} orders") for name in columns)],
        ["n", *["n"] * len(columns)],
        [
            [f"{recency}일 전", *(counts.get((recency, name), 0) for name in columns)]
            for recency in ("0-30", "31-90", "91+")
        ]
        if counts
        else [],
        chart="heat",
    )


def _points(found: PointFigures) -> Figure:
    return Figure(
        "points",
        ("달별 포인트", "Points by month"),
        _said("points"),
        [("달", "Month"), ("적립", "Earned"), ("사용", "Used"), ("소멸", "Lapsed"),
         ("적립 회수", "Taken back"), ("사용 취소", "Given back"), ("조정", "Corrected")],
        ["n", *["point"] * 6],
        [
            [month_name(row.month), *(int(value or 0) for value in (
                row.earned, row.used, row.lapsed, row.taken_back, row.given_back, row.adjusted))]
            for row in found.moves
        ],
        chart="lines",
    )  # fmt: skip


def _owed(found: PointFigures) -> Figure:
    return Figure(
        "liability",
        ("소멸 달별 포인트 부채", "Owed by the month of lapsing"),
        _said("liability"),
        [("사라지는 달", "Month"), ("사용 가능", "Available"), ("적립 예정", "To come"),
         ("회원", "Members")],
        ["n", "point", "point", "n"],
        [
            [month_name(row.month), int(row.available), int(row.pending), row.members]
            for row in found.owed
        ],
        chart="bars",
    )  # fmt: skip


def _closed(found: PointFigures) -> Figure:
    return Figure(
        "breakage",
        ("적립 달별 소멸률", "Breakage by the month of earning"),
        _said("breakage"),
        [("적립한 달", "Month"), ("다 쓰였거나 사라진 적립", "Closed"), ("사라짐", "Lapsed"),
         ("소멸률", "Breakage")],
        ["n", "point", "point", "percent"],
        [
            [month_name(row.month), int(row.original), int(row.lapsed),
             float(row.lapsed / row.original)]
            for row in found.closed
        ],
    )  # fmt: skip


def _tiers(brand_id: UUID, now: datetime) -> list[Figure]:
    if tiers.current_ladder(brand_id) is None:
        return []
    found = tiers.distribution(brand_id, on=None, basis=None, now=now)
    names = ["등급 없음", *(tier.name for tier in found.ladder.tiers)]
    return [
        Figure(
            "tiers",
            ("등급 분포", "Members by tier"),
            ("지금의 실적으로 오르는 등급별 회원 수. 주문이 있는 회원만 세요.",
             "Members by the tier they earn as of today, of those with an order."),
            [("등급", "Tier"), ("회원", "Members")],
            ["n", "n"],
            [[name, found.members.get(rank, 0)] for rank, name in enumerate(names)],
            chart="bars",
        )
    ]  # fmt: skip


def _registered(brand_id: UUID, by: str, now: datetime) -> Figure:
    titles = {
        "channel": ("채널별 보증 등록률", "Registration by channel"),
        "product": ("제품별 보증 등록률", "Registration by product"),
        "days": ("출고 뒤 며칠 안에 등록", "Registered within days of shipping"),
    }
    name: Callable[[str | None], str] = {
        "channel": lambda key: CHANNELS.get(key or "", key or "정하지 않음"),
        "product": lambda key: key or "–",
        "days": lambda key: f"{key}일",
    }[by]
    found = warranties.count_registered(brand_id, by, limit=ROWS, now=now)
    return Figure(
        f"registered-{by}",
        titles[by],
        ("등록한 제품 ÷ 출고한 제품. 출고하지 않고 등록한 것은 따로 세요.",
         "Units registered ÷ units shipped; those registered unshipped are apart."),
        [("구분", "Group"), ("출고", "Shipped"), ("등록", "Registered"), ("등록률", "Rate"),
         ("출고 전 등록", "Registered unshipped")],
        ["n", "n", "n", "percent", "n"],
        [
            [name(each.key), each.shipped, each.registered,
             each.registered / each.shipped if each.shipped else None, each.registered_unshipped]
            for each in found
        ],
        chart="bars" if by == "channel" else None,
    )  # fmt: skip


def _repairs(brand_id: UUID, as_of: date) -> Figure:
    stats = _service_stats(brand_id, as_of)
    return Figure(
        "repairs",
        ("제품별 A/S", "Repairs by product"),
        ("지난 12개월의 A/S 접수와 출고 1,000개당 접수 수.",
         "Requests of the last 12 months, and for a thousand units shipped."),
        [("제품", "Product"), ("출고", "Shipped"), ("A/S", "Requests"),
         ("1,000개당", "Per thousand")],
        ["n", "n", "n", "n"],
        [[each.sku, each.shipped, each.requests, each.per_thousand] for each in stats.products],
    )  # fmt: skip


def _consents(brand_id: UUID) -> Figure:
    found = consents.count_answers(brand_id, purpose=None, after=None, limit=ROWS)
    return Figure(
        "consents",
        ("동의문별 동의율", "Consent by text"),
        ("그 동의문으로 물어본 회원 가운데 동의한 회원.",
         "Members who agreed, of those who were asked with that text."),
        [("동의문", "Text"), ("물어봄", "Asked"), ("동의", "Agreed"), ("거부", "Refused"),
         ("철회", "Withdrawn"), ("동의율", "Rate")],
        ["n", "n", "n", "n", "n", "percent"],
        [
            [f"{each.purpose} {each.language} {each.version}판", each.asked, each.granted,
             each.refused, each.withdrawn, each.granted / each.asked if each.asked else None]
            for each in found
        ],
    )  # fmt: skip


def _service_stats(brand_id: UUID, as_of: date) -> service_requests.Stats:
    return service_requests.read_stats(
        brand_id, since=as_of - timedelta(days=364), until=as_of, today=as_of
    )


def _said(name: str) -> tuple[str, str]:
    return DEFINITIONS[name].ko, DEFINITIONS[name].en
