"""Rules about referrals: what makes an invitation doubtful, and what becomes of it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.benefits.services import Text
from app.brands.services import ReferralPolicy
from app.ids import ALPHABET

CODE_LENGTH = 8

# Letters that are read as others in Crockford's alphabet.
_ALIKE = str.maketrans("ilo", "110")

REASONS: dict[str, Text] = {
    "self_referral": Text("자기 코드로 가입했어요", "It is the member's own code"),
    "same_phone": Text("추천한 회원과 휴대폰 번호가 같아요", "Both have the same phone number"),
    "same_email": Text("추천한 회원과 이메일이 같아요", "Both have the same e-mail address"),
    "same_address": Text(
        "추천한 회원이나 그가 추천한 다른 회원과 배송지가 같아요",
        "Goods went to an address of the inviter or of another one they invited",
    ),
    "known_contact": Text(
        "이미 있던 다른 회원과 휴대폰 번호나 이메일이 같아요",
        "An earlier member has the same phone number or e-mail address",
    ),
    "joined_earlier": Text(
        "가입하고 나서 한참 뒤에 코드를 넣었어요", "The code was entered long after joining"
    ),
    "existing_customer": Text(
        "추천받기 전에 이미 구매한 회원이에요", "The member had bought before being invited"
    ),
    "ring": Text("서로 돌아가며 추천했어요", "The inviter was invited, in the end, by this member"),
    "inviter_limit": Text(
        "추천한 회원이 받을 수 있는 횟수를 다 채웠어요",
        "The inviter has been rewarded as often as is allowed",
    ),
    "refused_by_staff": Text("담당자가 거절했어요", "Staff refused it"),
    "member_erased": Text("탈퇴한 회원이에요", "The member was erased"),
    "member_merged": Text(
        "다른 회원과 합쳐졌고 그 회원의 추천이 따로 있어요",
        "The member was merged into one who has a referral of their own",
    ),
}


@dataclass(frozen=True)
class Standing:
    """What is known of an invitation at the moment it is judged."""

    same_person: bool = False
    same_phone: bool = False
    same_email: bool = False
    same_address: bool = False
    known_contact: bool = False
    joined_earlier: bool = False
    bought_before: bool = False
    ring: bool = False


@dataclass(frozen=True)
class Verdict:
    """``state``: pending (nothing is wrong), review or refused, for ``reasons``."""

    state: str
    reasons: tuple[str, ...]


def judge(standing: Standing, policy: ReferralPolicy) -> Verdict:
    """Return what becomes of an invitation. The strictest of what is found decides.

    >>> judge(Standing(same_address=True, ring=True), ReferralPolicy())
    Verdict(state='refused', reasons=('same_address', 'ring'))
    >>> judge(Standing(same_address=True), ReferralPolicy(same_address="allow")).state
    'pending'
    """
    found = {
        "self_referral": standing.same_person and "refuse",
        "same_phone": standing.same_phone and policy.same_contact,
        "same_email": standing.same_email and policy.same_contact,
        "same_address": standing.same_address and policy.same_address,
        "known_contact": standing.known_contact and policy.known_contact,
        "joined_earlier": standing.joined_earlier and policy.existing_customer,
        "existing_customer": standing.bought_before and policy.existing_customer,
        "ring": standing.ring and policy.ring,
    }
    doubts = {reason: what for reason, what in found.items() if what in ("refuse", "review")}
    if "refuse" in doubts.values():
        return Verdict("refused", tuple(doubts))
    return Verdict("review" if doubts else "pending", tuple(doubts))


def entered_late(
    joined_on: date, entered_at: datetime, policy: ReferralPolicy, zone: ZoneInfo
) -> bool:
    """Whether a code was entered too long after joining to have brought the member here."""
    return (entered_at.astimezone(zone).date() - joined_on).days > policy.enter_within_days


def limit_since(period: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return from when on an inviter's referrals count towards the limit, None: from ever.

    >>> limit_since("month", datetime(2026, 5, 31, 20, tzinfo=ZoneInfo("UTC")),
    ...             ZoneInfo("Asia/Seoul")).isoformat()
    '2026-06-01T00:00:00+09:00'
    """
    if period == "total":
        return None
    today = now.astimezone(zone).date()
    first = today.replace(day=1) if period == "month" else today.replace(month=1, day=1)
    return datetime(first.year, first.month, first.day, tzinfo=zone)


def code_key(text: str) -> str:
    """Return a code as it is kept: however it was typed.

    >>> code_key(" 7KIM-2o0L ")
    '7k1m2001'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in plain if each.isalnum()).translate(_ALIKE)


def code_of(numbers: Iterable[int]) -> str:
    """Return a code from random numbers, one for each character.

    >>> code_of([31, 0, 10, 33])
    'z0a1'
    """
    return "".join(ALPHABET[number % len(ALPHABET)] for number in numbers)


def link_of(template: str | None, code: str) -> str | None:
    """
    >>> link_of("https://shop.example.com/?ref={code}", "7K2M")
    'https://shop.example.com/?ref=7K2M'
    """
    return None if template is None else template.replace("{code}", code)
