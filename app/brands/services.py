"""The use cases of brands. None of them commits; none of them knows about HTTP."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.brands import queries, rules
from app.brands.errors import ApiKeyNotFound, HostTaken, NotATestBrand, TestClockTooFar
from app.brands.events import BrandCreated, SettingsChanged
from app.brands.models import (
    ApiKey,
    ApiKeyDirectory,
    AuditRecord,
    Brand,
    BrandDirectory,
    BrandSettings,
)
from app.brands.rules import SCOPES, Accrual, ReferralPolicy, Settings
from app.db import db, use_brand
from app.events import publish
from app.ids import new_id

__all__ = ["SCOPES", "Accrual", "AuditRecord", "ReferralPolicy", "Settings"]

ROLL_DAYS_MAX = 7
CLOCK_MAX = datetime(3000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CreatedBrand:
    brand_id: UUID
    secret_key: str


@dataclass(frozen=True)
class Credential:
    """What an API key is good for."""

    brand_id: UUID
    key_id: str
    mode: str
    scopes: frozenset[str]


def create_brand(
    name: str, *, test: bool, settings: dict[str, Any] | None = None, now: datetime
) -> CreatedBrand:
    """Create a brand with its first settings and one key that may do everything.

    The secret key is shown here and never again.
    """
    brand_id = new_id()
    mode = "test" if test else "live"
    db.session.add(BrandDirectory(brand_id=brand_id, created_at=now))
    db.session.flush()  # the brand's rows refer to the directory
    use_brand(brand_id)
    db.session.add(
        Brand(
            brand_id=brand_id,
            name=name,
            mode=mode,
            settings_version=1,
            programme_version=0,
            test_now=None,
            created_at=now,
        )
    )
    db.session.flush()  # settings and keys refer to the brand
    db.session.add(
        BrandSettings(brand_id=brand_id, version=1, settings=settings or {}, created_at=now)
    )
    _point_host(brand_id, settings or {})
    token = create_key(brand_id, name="first key", scopes=rules.SCOPES, actor="cli", now=now)
    publish(BrandCreated(brand_id))
    return CreatedBrand(brand_id, token)


def create_key(
    brand_id: UUID, *, name: str, scopes: Sequence[str], actor: str, now: datetime
) -> str:
    """Create an API key and return its token, which is stored only as a hash."""
    brand = queries.get_brand(brand_id)
    key = rules.new_key(brand.mode)
    db.session.add(ApiKeyDirectory(key_id=key.key_id, brand_id=brand_id))
    db.session.add(
        ApiKey(
            brand_id=brand_id,
            key_id=key.key_id,
            secret_hash=_hash(key.token),
            name=name,
            scopes=list(scopes),
            created_at=now,
            expires_at=None,
            revoked_at=None,
        )
    )
    record_audit(
        brand_id,
        actor=actor,
        action="api_key.created",
        subject=f"api_key:{key.key_id}",
        now=now,
        after={"name": name, "scopes": list(scopes)},
    )
    db.session.flush()  # the token is shown only if the rows are accepted
    return key.token


def roll_key(brand_id: UUID, key_id: str, *, keep_days: int, actor: str, now: datetime) -> str:
    """Replace a key by a new one; the old one works ``keep_days`` longer (at most 7).

    :raises ApiKeyNotFound: the brand has no such key
    """
    key = _get_key(brand_id, key_id)
    token = create_key(brand_id, name=key.name, scopes=key.scopes, actor=actor, now=now)
    key.expires_at = now + timedelta(days=min(keep_days, ROLL_DAYS_MAX))
    record_audit(
        brand_id,
        actor=actor,
        action="api_key.rolled",
        subject=f"api_key:{key_id}",
        now=now,
        after={"expires_at": key.expires_at.isoformat()},
    )
    db.session.flush()  # see create_key
    return token


def revoke_key(brand_id: UUID, key_id: str, *, actor: str, now: datetime) -> None:
    """End a key. Repeating it changes nothing.

    :raises ApiKeyNotFound: the brand has no such key
    """
    key = _get_key(brand_id, key_id)
    if key.revoked_at is None:
        key.revoked_at = now
        record_audit(
            brand_id, actor=actor, action="api_key.revoked", subject=f"api_key:{key_id}", now=now
        )
    db.session.flush()  # autoflush is off


def find_credential(token: str, *, now: datetime) -> Credential | None:
    """Return what ``token`` is good for, or None. Shows the rows of its brand."""
    key_id = rules.key_id_of(token)
    brand_id = queries.find_key_brand(key_id) if key_id else None
    if key_id is None or brand_id is None:
        return None
    use_brand(brand_id)
    key = queries.find_key(brand_id, key_id)
    if key is None or not hmac.compare_digest(key.secret_hash, _hash(token)):
        return None
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return None
    return Credential(brand_id, key_id, token.split("_")[1], frozenset(key.scopes))


def find_by_host(host: str) -> UUID | None:
    """Return the brand whose codes lead to ``host``, as a browser names it, or None.

    Shows the rows of that brand.
    """
    brand_id = queries.find_host_brand(rules.host_key(host))
    if brand_id is not None:
        use_brand(brand_id)
    return brand_id


def get_brand(brand_id: UUID) -> Brand:
    """:raises BrandNotFound: there is no such brand"""
    return queries.get_brand(brand_id)


def brand_now(brand_id: UUID, wall_clock: datetime) -> datetime:
    """Return the time it is for the brand (a test-mode brand may have set its own)."""
    return queries.get_brand(brand_id).now(wall_clock)


def list_brand_ids() -> list[UUID]:
    """Return every brand, for jobs that serve all of them."""
    return queries.list_brand_ids()


@lru_cache(maxsize=4096)
def settings_of(brand_id: UUID, version: int) -> Settings:
    """Return one version of a brand's settings. A version never changes, so it is kept."""
    return rules.settings_from(version, queries.get_settings(brand_id, version).settings)


def current_settings(brand_id: UUID) -> Settings:
    return settings_of(brand_id, queries.get_brand(brand_id).settings_version)


def change_settings(
    brand_id: UUID, changes: dict[str, Any], *, name: str | None = None, actor: str, now: datetime
) -> Settings:
    """Put ``changes`` in force as a new version. Changes that change nothing make none.

    :raises HostTaken: the codes of another brand lead to this host
    """
    brand = queries.lock_brand(brand_id)
    before = queries.get_settings(brand_id, brand.settings_version).settings
    after = rules.merged(before, changes)
    if name is not None and name != brand.name:
        record_audit(
            brand_id,
            actor=actor,
            action="brand.renamed",
            subject="brand",
            now=now,
            before={"name": brand.name},
            after={"name": name},
        )
        brand.name = name
    if after != before:
        _point_host(brand_id, after)
        brand.settings_version += 1
        db.session.add(
            BrandSettings(
                brand_id=brand_id, version=brand.settings_version, settings=after, created_at=now
            )
        )
        record_audit(
            brand_id,
            actor=actor,
            action="settings.changed",
            subject="settings",
            now=now,
            before=before,
            after=after,
        )
        publish(SettingsChanged(brand_id, brand.settings_version))
    db.session.flush()  # autoflush is off
    return rules.settings_from(brand.settings_version, after)


def _point_host(brand_id: UUID, stored: dict[str, Any]) -> None:
    host = stored.get("warranty", {}).get("host")
    if not queries.point_host(brand_id, host):
        raise HostTaken(pointer="/warranty/host", host=host)


def programme_version(brand_id: UUID) -> int:
    """Return the number of the brand's programme as it is now; see ``models.Brand``."""
    return queries.get_brand(brand_id).programme_version


def change_programme(brand_id: UUID) -> int:
    """Give the programme a new number: call it with every change of a definition.

    The brand's row is held until the transaction ends, so that definitions change
    one after another.
    """
    brand = queries.lock_brand(brand_id)
    brand.programme_version += 1
    db.session.flush()  # autoflush is off
    return brand.programme_version


def set_test_clock(brand_id: UUID, instant: datetime | None, *, actor: str, now: datetime) -> Brand:
    """Stop the brand's clock at ``instant``, or let it run again with None.

    :raises NotATestBrand: the brand is live
    """
    brand = queries.lock_brand(brand_id)
    if brand.mode != "test":
        raise NotATestBrand
    record_audit(
        brand_id,
        actor=actor,
        action="test_clock.set",
        subject="test_clock",
        now=now,
        before={"now": brand.test_now.isoformat() if brand.test_now else None},
        after={"now": instant.isoformat() if instant else None},
    )
    brand.test_now = instant
    db.session.flush()  # autoflush is off
    return brand


def advance_test_clock(brand_id: UUID, by: timedelta, *, actor: str, now: datetime) -> Brand:
    """Move the brand's clock forward, from its own time or from ``now``.

    :raises NotATestBrand: the brand is live
    :raises TestClockTooFar: beyond the year 2999
    """
    brand = queries.lock_brand(brand_id)
    if CLOCK_MAX - brand.now(now) < by:
        raise TestClockTooFar(pointer="/advance")
    return set_test_clock(brand_id, brand.now(now) + by, actor=actor, now=now)


def record_audit(
    brand_id: UUID,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    before: Any = None,
    after: Any = None,
    reason: str | None = None,
) -> None:
    """Write down who changed what and why, in the transaction of the change itself."""
    db.session.add(
        AuditRecord(
            brand_id=brand_id,
            id=new_id(),
            occurred_at=now,
            actor=actor,
            action=action,
            subject=subject,
            before=before,
            after=after,
            reason=reason,
        )
    )


def list_audit_records(
    brand_id: UUID,
    *,
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[AuditRecord]:
    """Return what was changed, the newest first; of one subject, by one person, if named."""
    return queries.list_audit_records(
        brand_id,
        subject=subject,
        actor=actor,
        action=action,
        since=since,
        until=until,
        before=before,
        limit=limit,
    )


def list_keys(brand_id: UUID) -> list[ApiKey]:
    return queries.list_keys(brand_id)


def _get_key(brand_id: UUID, key_id: str) -> ApiKey:
    key = queries.find_key(brand_id, key_id)
    if key is None:
        raise ApiKeyNotFound(key_id=key_id)
    return key


def _hash(token: str) -> bytes:
    # The secret has 160 random bits, so a plain hash cannot be guessed (ASVS 6.5.2).
    return hashlib.sha256(token.encode()).digest()
