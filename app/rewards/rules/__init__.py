"""Rules about rewards. Plain functions over plain values.

``definitions`` is what a rule says, ``facts`` what it is asked about, ``fitting``
whether it fits, ``giving`` what it then gives, ``evaluation`` the whole of it.
"""

from app.rewards.rules.definitions import (
    NO_TIER,
    ORDER_TRIGGERS,
    TRIGGERS,
    WEEKDAYS,
    Rule,
    Share,
    rule_of,
    source_of,
    status_at,
)
from app.rewards.rules.evaluation import Evaluation, evaluate
from app.rewards.rules.facts import Facts, ProductFacts, Skip, bucket, is_held_out

__all__ = [
    "NO_TIER", "ORDER_TRIGGERS", "TRIGGERS", "WEEKDAYS", "Evaluation", "Facts",
    "ProductFacts", "Rule", "Share", "Skip", "bucket", "evaluate", "is_held_out", "rule_of",
    "source_of", "status_at",
]  # fmt: skip
