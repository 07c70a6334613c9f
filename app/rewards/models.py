"""Reward rules and their versions.

A *rule* is named by its code and is at one state of its life: ``draft`` (being
written), ``live`` (in force, or waiting for the start of its schedule), ``paused``,
``ended`` (for good). What it says is a *version*, which never changes; what was
granted names the version, so that it can be explained and taken back for ever.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class RewardRule(Model):
    __tablename__ = "reward_rules"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id"], ["brands.brand_id"]),
        CheckConstraint("state IN ('draft', 'live', 'paused', 'ended')", name="state"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RewardRuleVersion(Model):
    __tablename__ = "reward_rule_versions"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "code"], ["reward_rules.brand_id", "reward_rules.code"]),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
