"""The rules in force, compiled once for each number of the brand's programme."""

from functools import lru_cache
from uuid import UUID

from app.rewards import queries, rules
from app.rewards.rules import Rule


@lru_cache(maxsize=1024)
def rules_of(brand_id: UUID, programme_version: int) -> tuple[Rule, ...]:
    """Return the rules that are active or scheduled, by code.

    A number of the programme never changes what it means, so the answer is kept.
    """
    return tuple(
        rules.rule_of(each.code, each.version, each.definition)
        for each in queries.list_live(brand_id)
    )
