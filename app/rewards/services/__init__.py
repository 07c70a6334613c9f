"""The use cases of rewards. None of them commits; none of them knows about HTTP."""

from app.rewards.rules import Evaluation, Facts, Rule, Skip, evaluate
from app.rewards.services.evaluating import rules_of
from app.rewards.services.events import (
    Recorded,
    empty_events,
    list_events,
    move_events,
    record_event,
)
from app.rewards.services.inviting import (
    ReferralCard,
    card_of,
    forget,
    move_to_survivor,
    note_address,
    record_invitation,
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
    "Evaluation", "Facts", "Recorded", "ReferralCard", "ReferralOutcome", "ReferralReversal",
    "Rule", "Skip", "approve_referral", "card_of", "empty_events", "evaluate", "forget",
    "get_referral", "list_events", "list_referrals", "list_waiting", "missing_events",
    "move_events", "move_to_survivor", "note_address", "qualify_referral", "record_event",
    "record_invitation", "refuse_referral", "reverse_referral", "rules_of",
]  # fmt: skip
