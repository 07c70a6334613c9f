"""Named reads of rules and their versions, and the lock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, cast, false, func, select
from sqlalchemy import true as always

from app.db import db
from app.rewards.models import RewardRule, RewardRuleVersion

_CURRENT = (
    (RewardRule.brand_id == RewardRuleVersion.brand_id)
    & (RewardRule.code == RewardRuleVersion.code)
    & (RewardRule.version == RewardRuleVersion.version)
)


def list_live(brand_id: UUID) -> list[RewardRuleVersion]:
    """Return what the rules that are live say now, by code."""
    return list(
        db.session.scalars(
            select(RewardRuleVersion)
            .join(RewardRule, _CURRENT)
            .where(RewardRule.brand_id == brand_id, RewardRule.state == "live")
            .order_by(RewardRule.code)
        )
    )


def count_live(brand_id: UUID) -> int:
    return db.session.scalars(
        select(func.count()).where(RewardRule.brand_id == brand_id, RewardRule.state == "live")
    ).one()


def find_rule(
    brand_id: UUID, code: str, *, lock: bool = False
) -> tuple[RewardRule, RewardRuleVersion] | None:
    """Return a rule and what it says now."""
    statement = _with_version().where(RewardRule.brand_id == brand_id, RewardRule.code == code)
    if lock:
        statement = statement.with_for_update(of=RewardRule)
    row = db.session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else (row[0], row[1])


def list_rules(
    brand_id: UUID, *, status: str | None, after: str | None, limit: int, now: datetime
) -> list[tuple[RewardRule, RewardRuleVersion]]:
    """Return rules with what they say now, by code, beyond ``after`` if it is given.

    A status is that of ``rules.status_at``.
    """
    rows = db.session.execute(
        _with_version()
        .where(
            RewardRule.brand_id == brand_id,
            always() if status is None else _has_status(status, now),
            always() if after is None else RewardRule.code > after,
        )
        .order_by(RewardRule.code)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def list_of_group(brand_id: UUID, group: str) -> list[RewardRuleVersion]:
    """Return what the rules of an exclusive group say that have not ended, by code."""
    return list(
        db.session.scalars(
            select(RewardRuleVersion)
            .join(RewardRule, _CURRENT)
            .where(
                RewardRule.brand_id == brand_id,
                RewardRule.state != "ended",
                RewardRuleVersion.definition["stacking"]["group"].astext == group,
            )
            .order_by(RewardRule.code)
        )
    )


def find_version(brand_id: UUID, code: str, version: int) -> RewardRuleVersion | None:
    return db.session.get(RewardRuleVersion, (brand_id, code, version))


def list_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[RewardRuleVersion]:
    """Return what a rule said, the newest version first, below ``before`` if it is given."""
    return list(
        db.session.scalars(
            select(RewardRuleVersion)
            .where(
                RewardRuleVersion.brand_id == brand_id,
                RewardRuleVersion.code == code,
                always() if before is None else RewardRuleVersion.version < before,
            )
            .order_by(RewardRuleVersion.version.desc())
            .limit(limit)
        )
    )


def _has_status(status: str, now: datetime) -> ColumnElement[bool]:
    schedule = RewardRuleVersion.definition["schedule"]
    starts_at = cast(schedule["starts_at"].astext, DateTime(timezone=True))
    ends_at = cast(schedule["ends_at"].astext, DateTime(timezone=True))
    is_early = func.coalesce(starts_at > now, false())
    is_over = func.coalesce(ends_at <= now, false())
    is_live = RewardRule.state == "live"
    return {
        "scheduled": is_live & is_early,
        "active": is_live & ~is_early & ~is_over,
        "ended": (RewardRule.state == "ended") | (is_live & ~is_early & is_over),
    }.get(status, RewardRule.state == status)


def _with_version() -> Select[RewardRule, RewardRuleVersion]:
    return select(RewardRule, RewardRuleVersion).join(RewardRuleVersion, _CURRENT)
