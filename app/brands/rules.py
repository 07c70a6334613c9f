"""Rules about brands: what a brand may set, API key tokens. Plain functions and values."""

import secrets
import zlib
from dataclasses import dataclass, field, fields
from typing import Any

from app.ids import ALPHABET

SCOPES = (
    "brand:read",
    "brand:write",
    "members:read",
    "members:write",
    "privacy:read",
    "privacy:write",
    "consents:read",
    "consents:write",
    "messages:read",
    "messages:write",
    "points:read",
    "points:write",
    "programme:read",
    "programme:write",
    "rewards:read",
    "rewards:write",
    "insights:read",
    "orders:read",
    "orders:write",
    "warranties:read",
    "warranties:write",
    "service_requests:read",
    "service_requests:write",
)


@dataclass(frozen=True)
class Expiry:
    """When points lapse: ``count`` days, months or year ends after they were earned."""

    kind: str = "days"  # days | months | end_of_year | never
    count: int = 365


@dataclass(frozen=True)
class Accrual:
    rate_basis_points: int = 100
    rounding_unit: int = 1
    rounding: str = "down"  # down | half_up | up
    pending: str = "confirmation"  # confirmation | immediate
    confirm_after_days: int | None = 14
    expiry: Expiry = field(default_factory=Expiry)
    excluded_categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redemption:
    minimum_points: int = 1
    unit: int = 1
    maximum_percent: int = 100
    minimum_order_amount: int = 0
    hold_ttl_seconds: int = 600


@dataclass(frozen=True)
class Refund:
    clawback: str = "debt"  # available | debt | floor
    grace_days: int = 0
    rounding_paid_by: str = "customer"  # customer | brand
    coupon_below_minimum: str = "keep"  # keep | recalculate | restore
    coupon_after_full_refund: str = "restore"  # restore | keep


@dataclass(frozen=True)
class Rewards:
    """``holdout_percent`` of the members get nothing from any rule, to be compared with.

    A birthday entered or changed fewer than ``birthday_notice_days`` ahead is rewarded
    from the next year on.
    """

    holdout_percent: int = 0
    birthday_notice_days: int = 30


@dataclass(frozen=True)
class PointsNotices:
    """How many days before points lapse their owner is told."""

    days_before: tuple[int, ...] = (60, 30, 3)


@dataclass(frozen=True)
class ReferralPolicy:
    """When an invitation qualifies, and what is done with one that looks wrong.

    The last five are each ``refuse``, ``review`` (staff decide) or ``allow``.
    """

    link: str | None = None  # {code} stands for the member's code
    minimum_amount: int = 0
    gates: tuple[str, ...] = ()  # types of events the invited member must have
    inviter_limit: int | None = None
    inviter_limit_period: str = "total"  # total | year | month
    enter_within_days: int = 7
    same_contact: str = "refuse"
    same_address: str = "review"
    known_contact: str = "review"
    existing_customer: str = "refuse"
    ring: str = "refuse"


@dataclass(frozen=True)
class Consents:
    """How long a refusal is respected, how early a consent is told again, what is kept."""

    ask_again_days: int = 365
    reconfirm_days_before: int = 30
    keep_days_after_erasure: int = 1826


@dataclass(frozen=True)
class Messages:
    """Who messages come from, how advertising ends, how long what they say is kept."""

    sender_phone: str | None = None
    sender_email: str | None = None
    kakao_channel: str | None = None
    contact: str | None = None
    opt_out: str | None = None
    keep_days: int = 90


@dataclass(frozen=True)
class WarrantyLabels:
    """Where the codes on labels lead, and the line under the serial."""

    host: str | None = None
    label_text: str = "QR로 정품 확인·보증 등록"


@dataclass(frozen=True)
class Service:
    """How fast requests for service are answered and done, in business days; what is kept.

    By law the record of a complaint is kept for three years.
    """

    first_response_days: int = 1
    repair_days: int = 14
    quote_valid_days: int = 14
    keep_days: int = 1096


@dataclass(frozen=True)
class Desk:
    """What one person of the staff may do alone."""

    points_limit: int = 10_000


@dataclass(frozen=True)
class Settings:
    """All that a brand may set, as of one version."""

    version: int
    timezone: str = "Asia/Seoul"
    currency: str = "KRW"
    accrual: Accrual = field(default_factory=Accrual)
    redemption: Redemption = field(default_factory=Redemption)
    refund: Refund = field(default_factory=Refund)
    rewards: Rewards = field(default_factory=Rewards)
    referral: ReferralPolicy = field(default_factory=ReferralPolicy)
    points_notices: PointsNotices = field(default_factory=PointsNotices)
    warranty: WarrantyLabels = field(default_factory=WarrantyLabels)
    service: Service = field(default_factory=Service)
    consents: Consents = field(default_factory=Consents)
    messages: Messages = field(default_factory=Messages)
    desk: Desk = field(default_factory=Desk)


def settings_from(version: int, stored: dict[str, Any]) -> Settings:
    """Return the settings a version stores; what it does not name has its default.

    >>> settings_from(3, {"accrual": {"rate_basis_points": 250}}).accrual.rate_basis_points
    250
    """
    accrual = _known(Accrual, stored.get("accrual", {}))
    if "expiry" in accrual:
        accrual["expiry"] = Expiry(**accrual["expiry"])
    if "excluded_categories" in accrual:
        accrual["excluded_categories"] = tuple(accrual["excluded_categories"])
    notices = _known(PointsNotices, stored.get("points_notices", {}))
    if "days_before" in notices:
        notices["days_before"] = tuple(sorted(set(notices["days_before"]), reverse=True))
    referral = _known(ReferralPolicy, stored.get("referral", {}))
    if "gates" in referral:
        referral["gates"] = tuple(referral["gates"])
    return Settings(
        version=version,
        accrual=Accrual(**accrual),
        redemption=Redemption(**_known(Redemption, stored.get("redemption", {}))),
        refund=Refund(**_known(Refund, stored.get("refund", {}))),
        rewards=Rewards(**_known(Rewards, stored.get("rewards", {}))),
        referral=ReferralPolicy(**referral),
        points_notices=PointsNotices(**notices),
        warranty=WarrantyLabels(**_known(WarrantyLabels, stored.get("warranty", {}))),
        service=Service(**_known(Service, stored.get("service", {}))),
        consents=Consents(**_known(Consents, stored.get("consents", {}))),
        messages=Messages(**_known(Messages, stored.get("messages", {}))),
        desk=Desk(**_known(Desk, stored.get("desk", {}))),
        **{name: stored[name] for name in ("timezone", "currency") if name in stored},
    )


def host_key(host: str) -> str:
    """Return what a host is found by: lower case, without its port.

    A browser on the machine itself may call it ``localhost``.

    >>> host_key("W.Shop.kr:443"), host_key("localhost:8000")
    ('w.shop.kr', '127.0.0.1')
    """
    name = host.lower().rsplit(":", 1)[0] if not host.endswith("]") else host.lower()
    return "127.0.0.1" if name == "localhost" else name.rstrip(".")


def _known(kind: type, stored: dict[str, Any]) -> dict[str, Any]:
    """Return what this version knows: a newer one may have stored more."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in stored.items() if name in names}


def merged(stored: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return ``stored`` with ``changes`` laid over it, group by group.

    >>> merged({"accrual": {"rate_basis_points": 100, "rounding": "up"}},
    ...        {"accrual": {"rate_basis_points": 200}})
    {'accrual': {'rate_basis_points': 200, 'rounding': 'up'}}
    """
    result = dict(stored)
    for name, value in changes.items():
        earlier = result.get(name)
        if isinstance(value, dict) and isinstance(earlier, dict):
            value = merged(earlier, value)
        result[name] = value
    return result


@dataclass(frozen=True)
class NewKey:
    key_id: str
    token: str


def new_key(mode: str) -> NewKey:
    """Return a fresh secret key: ``sk_<mode>_<key id>_<32 characters + checksum>``.

    The secret has 160 random bits; the last 6 characters are a CRC-32, so that
    scanners and typing errors are told from keys without a database.
    """
    key_id = _random(12)
    head = f"sk_{mode}_{key_id}_{_random(32)}"
    return NewKey(key_id, head + _checksum(head))


def key_id_of(token: str) -> str | None:
    """Return the public part of a well-formed token, else None."""
    parts = token.split("_")
    if len(parts) != 4 or parts[0] != "sk" or parts[1] not in ("live", "test"):
        return None
    if len(parts[2]) != 12 or len(parts[3]) != 38:
        return None
    return parts[2] if token.isascii() and _checksum(token[:-6]) == token[-6:] else None


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _checksum(head: str) -> str:
    number = zlib.crc32(head.encode())
    return "".join(ALPHABET[number >> shift & 31] for shift in range(0, 30, 5))
