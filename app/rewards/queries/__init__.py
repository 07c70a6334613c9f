"""Named reads of rules and their versions."""

from uuid import UUID

from sqlalchemy import select

from app.db import db
from app.rewards.models import RewardRule, RewardRuleVersion


def list_live(brand_id: UUID) -> list[RewardRuleVersion]:
    """Return what the rules that are live say now, by code."""
    return list(
        db.session.scalars(
            select(RewardRuleVersion)
            .join(
                RewardRule,
                (RewardRule.brand_id == RewardRuleVersion.brand_id)
                & (RewardRule.code == RewardRuleVersion.code)
                & (RewardRule.version == RewardRuleVersion.version),
            )
            .where(RewardRule.brand_id == brand_id, RewardRule.state == "live")
            .order_by(RewardRule.code)
        )
    )
