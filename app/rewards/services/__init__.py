"""The use cases of rewards. None of them commits; none of them knows about HTTP."""

from app.rewards.rules import Evaluation, Facts, Rule, Skip, evaluate
from app.rewards.rules.occasions import OCCASIONS, batches_of
from app.rewards.services.coming import Coming, list_coming
from app.rewards.services.defining import (
    DefinedRule,
    RuleDiff,
    RuleStats,
    RuleVersion,
    activate_rule,
    compiled_rule,
    diff,
    end_rule,
    get_rule,
    get_version,
    list_rules,
    list_versions,
    pause_rule,
    put_rule,
    roll_back_rule,
    schedule_rule,
    stats,
)
from app.rewards.services.evaluating import rules_of
from app.rewards.services.events import (
    Recorded,
    empty_events,
    list_events,
    move_events,
    record_event,
)
from app.rewards.services.firing import fire, greet, reward_card, reward_tier
from app.rewards.services.inviting import (
    ReferralCard,
    audit,
    card_of,
    forget,
    move_to_survivor,
    note_address,
    record_invitation,
)
from app.rewards.services.occasions import (
    Occasion,
    OccasionPlace,
    OccasionStep,
    evaluate_for,
    list_celebrations,
    reward_occasions,
)
from app.rewards.services.referrals import (
    ReferralOutcome,
    ReferralReversal,
    approve_referral,
    get_referral,
    list_referrals,
    list_waiting,
    missing_events,
    qualify_referral,
    refuse_referral,
    reverse_referral,
)

__all__ = [
    "OCCASIONS", "Coming", "DefinedRule", "Evaluation", "Facts", "Occasion", "OccasionPlace",
    "OccasionStep", "Recorded", "ReferralCard", "ReferralOutcome", "ReferralReversal", "Rule",
    "RuleDiff", "RuleStats", "RuleVersion", "Skip", "activate_rule", "approve_referral", "audit",
    "batches_of", "card_of", "compiled_rule", "diff", "empty_events", "end_rule", "evaluate",
    "evaluate_for", "fire", "forget", "get_referral", "get_rule", "get_version", "greet",
    "list_celebrations", "list_coming", "list_events", "list_referrals", "list_rules",
    "list_versions", "list_waiting", "missing_events", "move_events", "move_to_survivor",
    "note_address", "pause_rule", "put_rule", "qualify_referral", "record_event",
    "record_invitation", "refuse_referral", "reverse_referral", "reward_card",
    "reward_occasions", "reward_tier", "roll_back_rule", "rules_of", "schedule_rule", "stats",
]  # fmt: skip
