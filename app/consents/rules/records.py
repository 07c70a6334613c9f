"""What an answer of a member amounts to, and the hashes that hold the records together."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.consents.rules.purposes import GUARDIAN, SERVICE

SEOUL = ZoneInfo("Asia/Seoul")  # whose law it is
BEGINNING = bytes(32)
ADULT_FOR_CONSENT = 14

# Where an answer came from. ``prompt`` is the brand asking of its own accord; all others
# are the member's own doing, which no refusal of earlier days stands in the way of.
SOURCES = (
    "qr_form", "signup_form", "my_page", "prompt", "cs_phone", "080", "unsubscribe_link",
    "alimtalk_button", "import",
)  # fmt: skip
CHOICES = ("granted", "refused", "withdrawn", "reconfirmed")
# How a guardian can agree (decree of the Personal Information Protection Act, 17-2(1)).
GUARDIAN_METHODS = ("sms_notice", "card", "phone_identity", "paper", "email", "call")


@dataclass(frozen=True)
class State:
    """What is in force for one purpose.

    ``holds``: what was agreed to is still what the published text asks for.
    """

    state: str
    decided_at: datetime
    seq: int = 0
    language: str | None = None
    version: int | None = None
    expires_at: datetime | None = None
    reconfirm_on: date | None = None
    holds: bool = True

    def granted_at(self, at: datetime) -> bool:
        """Whether consent is in force at an instant, whatever jobs have run."""
        lapsed = self.expires_at is not None and self.expires_at <= at
        return self.state == "granted" and self.holds and not lapsed


def choices_of(asked: Collection[str], decided: Mapping[str, str]) -> dict[str, str]:
    """Return what is recorded: what was asked and not answered is refused.

    >>> choices_of(["marketing_pi", "ad_sms"], {"ad_sms": "granted"})
    {'ad_sms': 'granted', 'marketing_pi': 'refused'}
    """
    return {**decided, **{purpose: "refused" for purpose in asked if purpose not in decided}}


def action_for(
    purpose: str, choice: str, before: State | None, *, same_text: bool, source: str, proven: bool
) -> str | None:
    """Return what is recorded for an answer, None if it says what is in force already.

    ``same_text``: the text now agreed to is the one agreed to before. ``proven``: a
    guardian said so in a way that the law accepts.
    """
    now = before.state if before else None
    if choice == "granted":
        if purpose == GUARDIAN and not proven:
            return None if now == "pending" else "pending"
        return None if now == "granted" and same_text and before and before.holds else "granted"
    if choice == "reconfirmed":
        return "reconfirmed"
    if now in ("refused", "withdrawn"):
        # Only to be asked again and to refuse again is news: it puts off the next asking.
        return "refused" if source == "prompt" else None
    return choice


def can_be_refused(purpose: str) -> bool:
    """Whether there is a choice at all: the notice of the service itself leaves none."""
    return purpose != SERVICE


def ask_again_at(state: State | None, days: int) -> datetime | None:
    """Return before when the brand does not ask again of its own accord, if it was refused.

    >>> ask_again_at(State("refused", datetime(2026, 1, 1, tzinfo=UTC)), 365).date().isoformat()
    '2027-01-01'
    """
    if state is None or state.state not in ("refused", "withdrawn"):
        return None
    return state.decided_at + timedelta(days=days)


def may_ask(state: State | None, days: int, at: datetime) -> bool:
    """Whether the brand may ask of its own accord."""
    if state is not None and state.granted_at(at):
        return False
    later = ask_again_at(state, days)
    return later is None or later <= at


def is_under_14(born: date | None, at: datetime) -> bool:
    """Whether a person has not had the 14th birthday in Korea; nobody is, of unknown age.

    >>> born = date(2012, 11, 26)
    >>> is_under_14(born, datetime(2026, 11, 25, 14, 59, 59, tzinfo=UTC))
    True
    >>> is_under_14(born, datetime(2026, 11, 25, 15, 0, 0, tzinfo=UTC))
    False
    >>> is_under_14(date(2012, 2, 29), datetime(2026, 2, 28, tzinfo=UTC))
    True
    """
    if born is None:
        return False
    today = at.astimezone(SEOUL).date()
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday) < ADULT_FOR_CONSENT


def years_on(day: date, years: int) -> date:
    """Return the same day years later, 28 February for a 29th that does not come.

    >>> years_on(date(2024, 2, 29), 2), years_on(date(2024, 11, 22), 4)
    (datetime.date(2026, 2, 28), datetime.date(2028, 11, 22))
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def reconfirm_on(consented_on: date, after: date) -> date:
    """Return the first second anniversary beyond ``after``: before it, consent is told again.

    >>> reconfirm_on(date(2024, 11, 22), date(2026, 11, 22))
    datetime.date(2028, 11, 22)
    """
    years = 2
    while years_on(consented_on, years) <= after:
        years += 2
    return years_on(consented_on, years)


def record_hash(previous: bytes, values: Sequence[Any]) -> bytes:
    """Return the hash of a record, as ``consents_hash`` works it out in the database.

    ``values`` are brand, member, seq, purpose, action, language, version, text's hash,
    source, actor, recorded_by, method, evidence's hash, instant.
    """
    return _hash([previous, *values])


def evidence_hash(values: Sequence[Any]) -> bytes:
    """Return the hash of evidence: salt, address, agent, OTP, snapshot, guardian."""
    return _hash(values)


def _hash(values: Sequence[Any]) -> bytes:
    text = json.dumps([_plain(value) for value in values], ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value
