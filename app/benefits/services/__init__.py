"""The use cases of benefits. None of them commits; none of them knows about HTTP.

A grant is decided by who makes it (a rule, a tier, a stamp card), planned here as
what is to be posted and written, and taken back here when its cause is gone.
"""

from app.benefits.models import BenefitGrant
from app.benefits.rules import (
    Benefit,
    Grant,
    Limit,
    MemberBenefits,
    Text,
    benefit_of,
    deserved,
    sentence_of,
    state_of,
)
from app.benefits.services.bulk import (
    History,
    can_be_bulk,
    grant_many,
    read_counters,
    read_histories,
)
from app.benefits.services.granting import Granted, Plan, grant, plan, read_state
from app.benefits.services.reading import audit, list_grants, totals_of, used_of, with_order
from app.benefits.services.reversing import (
    TakenBack,
    find,
    is_used,
    move_to_survivor,
    of_order,
    record_taken_back,
    rename,
    take_back,
    what_was_given,
)

__all__ = [
    "Benefit", "BenefitGrant", "Grant", "Granted", "History", "Limit", "MemberBenefits",
    "Plan", "TakenBack", "Text", "audit", "benefit_of", "can_be_bulk", "deserved", "find",
    "grant", "grant_many", "is_used", "list_grants", "move_to_survivor", "of_order", "plan",
    "read_counters", "read_histories", "read_state", "record_taken_back", "rename", "sentence_of",
    "state_of", "take_back", "totals_of", "used_of", "what_was_given", "with_order",
]  # fmt: skip
