"""One line of time over many sources, and what its entries are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.console.rules.service import STATUSES

KINDS: dict[str, tuple[str, str]] = {
    "points": ("포인트", "Points"),
    "orders": ("주문", "Orders"),
    "coupons": ("쿠폰", "Coupons"),
    "stamps": ("스탬프", "Stamps"),
    "tiers": ("등급", "Tier"),
    "warranties": ("보증", "Warranties"),
    "requests": ("A/S", "Service"),
    "consents": ("동의", "Consents"),
    "messages": ("메시지", "Messages"),
    "notes": ("메모", "Notes"),
}
# What moved points or changed a tier, by the word of the ledger.
CAUSES: dict[str, tuple[str, str]] = {
    "accrual": ("적립", "earned"),
    "confirmation": ("적립 확정", "confirmed"),
    "redemption": ("사용", "used"),
    "redemption_reversal": ("사용 되돌림", "use reversed"),
    "cancellation": ("적립 취소", "cancelled"),
    "clawback": ("적립 회수", "taken back"),
    "expiry": ("소멸", "lapsed"),
    "forfeiture": ("소멸(탈퇴)", "forfeited"),
    "adjustment": ("수동 조정", "corrected by hand"),
    "hold": ("결제 중 보류", "held for a checkout"),
    "capture": ("보류분 사용", "hold used"),
    "points.void": ("보류 해제", "hold released"),
    "hold_expiry": ("보류 시간 끝남", "hold timed out"),
    "assessment": ("등급 심사", "an assessment"),
    "ladder": ("등급표 변경", "another ladder"),
    "transfer_out": ("보냄", "sent on"),
    "transfer_in": ("받음", "received"),
    "debt_payment": ("빚 상환", "debt paid"),
    "order": ("주문", "an order"),
    "rule": ("규칙", "a rule"),
    "staff": ("직원", "staff"),
    "refund": ("환불", "a refund"),
    "erasure": ("삭제", "erasure"),
    "manual": ("직접 지정", "set by hand"),
    "granted": ("동의함", "agreed"),
    "refused": ("거부함", "refused"),
    "withdrawn": ("철회함", "withdrawn"),
    "pending": ("확인 중", "pending"),
    "reconfirm_notice": ("재확인 안내", "asked to keep it"),
    "reconfirmed": ("재확인함", "kept"),
    "expired": ("기간이 끝남", "ended"),
    "queued": ("보낼 예정", "to be sent"),
    "sending": ("보내는 중", "being sent"),
    "sent": ("보냄", "sent"),
    "delivered": ("도착함", "delivered"),
    "failed": ("실패", "failed"),
    "issued": ("발급", "issued"),
    "reserved": ("결제 중", "in a checkout"),
    "redeemed": ("사용됨", "used"),
    "revoked": ("회수됨", "revoked"),
    "released": ("풀림", "released"),
    "not_yet_valid": ("아직 사용 전", "not valid yet"),
    "paid": ("결제됨", "paid"),
    "confirmed": ("확정됨", "confirmed"),
    "partially_refunded": ("일부 환불됨", "partly refunded"),
    "refunded": ("환불됨", "refunded"),
    "cancelled": ("취소됨", "cancelled"),
    "told": ("구매 증빙 전", "purchase told"),
    "proven": ("구매 확인됨", "purchase proven"),
    "disproved": ("구매 아님", "purchase disproved"),
    "transferred": ("양도됨", "handed on"),
    "replaced": ("교환됨", "exchanged"),
    "void": ("무효", "void"),
    "erased": ("삭제됨", "erased"),
    "noted": ("메모", "noted"),
    "desk": ("상담 조정", "by the desk"),
    "in": ("보증 중", "covered"),
    "out": ("보증 끝", "not covered"),
    "unknown": ("알 수 없음", "unknown"),
}


def word_of(source: str, what: str) -> tuple[str, str]:
    """Return what a word of a ledger is called.

    >>> word_of("points", "void"), word_of("warranties", "void")[0], word_of("points", "odd")
    (('보류 해제', 'hold released'), '무효', ('odd', 'odd'))
    """
    if source == "requests":
        return STATUSES.get(what, (what, what))
    return CAUSES.get(f"{source}.{what}") or CAUSES.get(what) or (what, what)


@dataclass(frozen=True)
class Moment:
    """Something that happened. ``place`` tells its source where to go on after it.

    ``what`` and ``text`` are words of the ledgers; ``amount`` has a sign. ``path`` leads to
    more of it.
    """

    source: str
    at: datetime
    place: str
    what: str
    text: str = ""
    amount: int | None = None
    path: str | None = None
    actor: str | None = None


def merged(
    sources: Mapping[str, Sequence[Moment]], limit: int
) -> tuple[list[Moment], dict[str, str]]:
    """Return the newest moments of all sources, and where each source goes on.

    Each source comes with its newest moments, at least ``limit`` of them if there are so
    many. No place at all: nothing is left.
    """
    every = sorted(
        (each for moments in sources.values() for each in moments),
        key=lambda each: each.at,
        reverse=True,
    )
    shown = every[:limit]
    if len(every) <= limit:
        return shown, {}
    places: dict[str, str] = {}
    for each in shown:
        places[each.source] = each.place
    return shown, places
