"""Writing down what members answer. The chain is locked, then read, then added to."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app import crypto, ids
from app.brands import services as brands
from app.consents.errors import (
    ConsentAskedTooSoon,
    ConsentNotGranted,
    ConsentNotOptional,
    ConsentTextNotPublished,
    ConsentTextOutdated,
    GuardianConsentRequired,
    GuardianMustAnswer,
)
from app.consents.events import ConsentRecorded
from app.consents.models import ConsentEvidence
from app.consents.queries import records as queries
from app.consents.queries import texts
from app.consents.rules.purposes import GUARDIAN
from app.consents.rules.records import (
    State,
    action_for,
    ask_again_at,
    can_be_refused,
    choices_of,
    evidence_hash,
    is_under_14,
)
from app.consents.services.standing import load_states
from app.db import db
from app.events import publish
from app.members import services as members


@dataclass(frozen=True)
class Evidence:
    """What proves that an answer was given. The address is kept as a keyed hash only."""

    ip: str | None = None
    user_agent: str | None = None
    otp_ref: str | None = None
    ui_snapshot_sha256: bytes | None = None
    guardian_ref: str | None = None

    def is_empty(self) -> bool:
        return self == Evidence()


@dataclass(frozen=True)
class Answer:
    """What a member said at one time: each purpose on its own.

    What was ``asked`` and is not in ``choices`` counts as refused. ``versions`` are those
    of the texts that were shown; the published one if nothing is said.
    """

    choices: Mapping[str, str]
    source: str
    asked: Sequence[str] = ()
    language: str = "ko"
    versions: Mapping[str, int] = field(default_factory=dict)
    by: str = "member"  # member | guardian | staff
    guardian_method: str | None = None
    evidence: Evidence = field(default_factory=Evidence)


def record_answer(
    brand_id: UUID, member_id: UUID, answer: Answer, *, recorded_by: str, now: datetime
) -> list[str]:
    """Write down an answer and return the purposes it changed anything for.

    All of it is written or none. What says the same as is in force adds no record, so
    that a repeat changes nothing.

    :raises ConsentTextNotPublished: there is no text that could have been agreed to
    :raises ConsentTextOutdated: the text that was shown asks for something else by now
    :raises ConsentNotOptional: the service's own notice was to be refused
    :raises ConsentNotGranted: what was never given cannot be kept
    :raises ConsentAskedTooSoon: the brand asked by itself although it was refused
    :raises GuardianConsentRequired: the member is under 14 and no guardian has agreed
    :raises GuardianMustAnswer: somebody else answered for the guardian
    """
    queries.lock_chain(brand_id, member_id)
    before = load_states(brand_id, member_id)
    choices = choices_of(answer.asked, answer.choices)
    rows = []
    for purpose, choice in sorted(choices.items(), key=lambda each: each[0] != GUARDIAN):
        _check(brand_id, purpose, choice, before.get(purpose), answer, now=now)
        version = _version(brand_id, purpose, choice, answer)
        state = before.get(purpose)
        action = action_for(
            purpose,
            choice,
            state,
            same_text=state is not None
            and (state.language, state.version) == (answer.language, version),
            source=answer.source,
            proven=answer.guardian_method is not None,
        )
        if action is not None:
            rows.append(
                {
                    "purpose": purpose,
                    "action": action,
                    "language": answer.language if version else None,
                    "version": version,
                    "method": answer.guardian_method if purpose == GUARDIAN else None,
                }
            )
    if any(row["action"] == "granted" and row["purpose"] != GUARDIAN for row in rows):
        _check_age(brand_id, member_id, before, rows, now=now)
    if not rows:
        return []
    done = queries.append(
        brand_id,
        member_id,
        rows,
        source=answer.source,
        actor={"member": "subject", "guardian": "guardian"}.get(answer.by, recorded_by),
        recorded_by=recorded_by,
        evidence=_keep(brand_id, member_id, answer.evidence, now=now),
        at=now,
    )
    queries.prepare_results(brand_id, member_id, [row.seq for row in done], now=now)
    tell(brand_id, member_id, done, now=now)
    return [row.purpose for row in done]


def tell(brand_id: UUID, member_id: UUID, done: Sequence[Any], *, now: datetime) -> None:
    """Publish the event of each record."""
    for row in done:
        publish(ConsentRecorded(brand_id, member_id, row.purpose, row.action, row.seq, now))


def _check(
    brand_id: UUID,
    purpose: str,
    choice: str,
    before: State | None,
    answer: Answer,
    *,
    now: datetime,
) -> None:
    """Refuse what cannot be answered so."""
    if purpose == GUARDIAN and answer.by != "guardian" and choice == "granted":
        raise GuardianMustAnswer(pointer="/by")
    if choice in ("refused", "withdrawn") and not can_be_refused(purpose):
        raise ConsentNotOptional(purpose=purpose)
    if choice == "reconfirmed" and (before is None or not before.granted_at(now)):
        raise ConsentNotGranted(purpose=purpose)
    if answer.source == "prompt":
        days = brands.current_settings(brand_id).consents.ask_again_days
        later = ask_again_at(before, days)
        if later is not None and now < later:
            raise ConsentAskedTooSoon(purpose=purpose, ask_again_at=later.isoformat())


def _version(brand_id: UUID, purpose: str, choice: str, answer: Answer) -> int | None:
    """Return the version of the text that was answered to, None if none was shown."""
    current = texts.find_published(brand_id, purpose, answer.language)
    version = answer.versions.get(purpose)
    if choice in ("withdrawn", "reconfirmed"):
        return None
    if current is None:
        if choice == "granted":
            raise ConsentTextNotPublished(purpose=purpose, language=answer.language)
        return None
    if version is None:
        return current.version
    if choice == "refused":  # a refusal stands, whatever was shown
        return version if version <= current.version else None
    if not (current.material_since or 0) <= version <= current.version:
        raise ConsentTextOutdated(purpose=purpose, version=version, current=current.version)
    return version


def _check_age(
    brand_id: UUID,
    member_id: UUID,
    before: Mapping[str, State],
    rows: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """:raises GuardianConsentRequired: the member is under 14 and no guardian has agreed"""
    said = next((row["action"] for row in rows if row["purpose"] == GUARDIAN), None)
    standing = before.get(GUARDIAN)
    agreed = said == "granted" or (
        said is None and standing is not None and standing.granted_at(now)
    )
    if not agreed and is_under_14(members.birth_date(brand_id, member_id), now):
        raise GuardianConsentRequired


def _keep(
    brand_id: UUID, member_id: UUID, evidence: Evidence, *, now: datetime
) -> ConsentEvidence | None:
    if evidence.is_empty():
        return None
    ip_hash = (
        crypto.blind_index(brand_id, ConsentEvidence.__tablename__, "ip", evidence.ip)
        if evidence.ip
        else None
    )
    salt = os.urandom(16)
    said = (
        ip_hash,
        evidence.user_agent,
        evidence.otp_ref,
        evidence.ui_snapshot_sha256,
        evidence.guardian_ref,
    )
    kept = ConsentEvidence(
        brand_id=brand_id,
        id=ids.new_id(),
        member_id=member_id,
        salt=salt,
        ip_hash=ip_hash,
        user_agent=evidence.user_agent,
        otp_ref=evidence.otp_ref,
        ui_snapshot_sha256=evidence.ui_snapshot_sha256,
        guardian_ref=evidence.guardian_ref,
        sha256=evidence_hash((salt, *said)),
        created_at=now,
        emptied_at=None,
    )
    db.session.add(kept)
    db.session.flush()  # the records refer to it
    return kept
