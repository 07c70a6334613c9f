"""Rules about rewards. Plain functions over plain values.

``definitions`` is what a rule says, ``facts`` what it is asked about, ``fitting``
whether it fits, ``giving`` what it then gives, ``evaluation`` the whole of it;
``sentences`` tell a rule in words, ``storing`` how it is kept and compared.
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
from app.rewards.rules.evaluation import Evaluation, evaluate, stamps_of
from app.rewards.rules.facts import Facts, ProductFacts, Skip, bucket, is_held_out
from app.rewards.rules.sentences import sentence
from app.rewards.rules.storing import Difference, differences, storable

__all__ = [
    "NO_TIER", "ORDER_TRIGGERS", "TRIGGERS", "WEEKDAYS", "Difference", "Evaluation",
    "Facts", "ProductFacts", "Rule", "Share", "Skip", "bucket", "differences", "evaluate",
    "is_held_out", "rule_of", "sentence", "source_of", "stamps_of", "status_at",
    "storable",
]  # fmt: skip
