"""The use cases of rewards. None of them commits; none of them knows about HTTP."""

from app.rewards.rules import Evaluation, Facts, Rule, Skip, evaluate
from app.rewards.services.evaluating import rules_of

__all__ = ["Evaluation", "Facts", "Rule", "Skip", "evaluate", "rules_of"]
