"""May this be sent to this member by this channel at this moment? With every reason why not.

The Network Act, article 50: prior consent (A1), a consent of its own for the night (A2,
A3), the label in front, the sender and a free way out at the end (A5, A6). Marketing use
of the number needs a consent of its own as well (Personal Information Protection Act,
article 22). What only serves a contract or safety is no advertising (A13).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from app.consents.rules.purposes import CHANNELS, GUARDIAN, MARKETING, NIGHT
from app.consents.rules.records import SEOUL, State

# What a message is for. All others are advertising.
INFORMATION = frozenset(
    {
        "verification",
        "warranty_issued",
        "ownership",
        "service_status",
        "recall",
        "safety",
        "consent_result",
        "reconfirmation",
        "points_expiry",
    }
)
NIGHT_BEGINS = time(21, 0, 0)
# 08:00:00 itself is held: the law says until 8 o'clock, and a second is cheap (decision 0032).
NIGHT_ENDS = time(8, 0, 1)
LABEL = "(광고)"
_PROMOTION = ("쿠폰", "할인", "특가", "프로모션", "이벤트", "coupon", "discount", "% off")


@dataclass(frozen=True)
class Message:
    """What is to be sent: its text as it arrives, and what the sender names at its end."""

    body: str
    title: str = ""
    sender: str = ""
    contact: str = ""
    opt_out: str = ""


@dataclass(frozen=True)
class Recipient:
    """What is known of a member: loaded once, asked for any number of messages."""

    active: bool
    states: Mapping[str, State] = field(default_factory=dict)
    phone_verified: bool = False
    under_14: bool = False


@dataclass(frozen=True)
class Permission:
    """``reasons`` is empty if it may be sent; ``not_before`` if only the hour is wrong."""

    advertising: bool
    reasons: tuple[str, ...] = ()
    not_before: datetime | None = None

    @property
    def allowed(self) -> bool:
        return not self.reasons


def may_send(
    recipient: Recipient,
    purpose: str,
    channel: str,
    at: datetime,
    message: Message | None = None,
) -> Permission:
    """Decide for the moment of handing over, ``at``, however long ago it was queued.

    ``channel`` is sms, kakao, email or push. Without ``message`` its text is not judged:
    whoever asks so early has to ask again with it.
    """
    if not recipient.active:
        return Permission(advertising=True, reasons=("member_gone",))
    if not is_advertising(purpose, message):
        return Permission(advertising=False)
    reasons = []
    states = recipient.states
    for needed, name in ((MARKETING, "marketing"), (CHANNELS[channel], "channel")):
        if (reason := _missing(states.get(needed), at)) is not None:
            reasons.append(f"{name}_{reason}")
    if recipient.under_14 and _missing(states.get(GUARDIAN), at) is not None:
        reasons.append("guardian_consent_missing")
    if channel in ("sms", "kakao") and not recipient.phone_verified:
        reasons.append("phone_not_verified")
    if message is not None:
        reasons += label_faults(message)
    asleep = channel != "email" and is_night(at) and _missing(states.get(NIGHT), at) is not None
    if asleep:
        reasons.append("quiet_hours")
    return Permission(
        advertising=True,
        reasons=tuple(reasons),
        not_before=night_over(at) if reasons == ["quiet_hours"] else None,
    )


def is_advertising(purpose: str, message: Message | None) -> bool:
    """Whether a message is advertising: by what it is for, or by one promotional line.

    >>> is_advertising("service_status", Message("수리가 끝났어요."))
    False
    >>> is_advertising("service_status", Message("수리가 끝났어요. 쿠폰을 드려요."))
    True
    """
    if purpose not in INFORMATION:
        return True
    said = f"{message.title} {message.body}".lower() if message else ""
    return LABEL in said or any(word in said for word in _PROMOTION)


def label_faults(message: Message) -> list[str]:
    """Return what advertising lacks: the exact label in front, sender, contact, way out.

    >>> label_faults(Message("(광 고) 가나 세일 02-1 080", "", "가나", "02-1", "080"))
    ['label_missing']
    """
    first = message.title or message.body
    missing = [] if first.startswith(LABEL) else ["label_missing"]
    missing += [f"{name}_missing" for name in ("sender", "contact") if not _named(message, name)]
    ending = message.body.rstrip()
    if not message.opt_out or not ending.endswith(message.opt_out.strip()):
        missing.append("opt_out_missing")
    return missing


def is_night(at: datetime) -> bool:
    """Whether advertising is held at this moment in Korea: 21:00:00 up to 08:00:00."""
    local = at.astimezone(SEOUL).time()
    return local >= NIGHT_BEGINS or local < NIGHT_ENDS


def night_over(at: datetime) -> datetime:
    """Return the first moment after the night that ``at`` lies in."""
    local = at.astimezone(SEOUL)
    day = local.date() + timedelta(days=1) if local.time() >= NIGHT_BEGINS else local.date()
    return datetime.combine(day, NIGHT_ENDS, SEOUL).astimezone(at.tzinfo)


def _missing(state: State | None, at: datetime) -> str | None:
    """Return why a consent is not in force, None if it is."""
    if state is None:
        return "consent_missing"
    if state.granted_at(at):
        return None
    if state.state != "granted":
        return f"consent_{state.state}"
    return "consent_expired" if state.holds else "text_changed"


def _named(message: Message, name: str) -> bool:
    said: str = getattr(message, name)
    return bool(said) and said in message.body
