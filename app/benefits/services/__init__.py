"""The use cases of benefits. None of them commits; none of them knows about HTTP.

A grant is decided by who makes it (a rule, a tier, a stamp card), planned here as
what is to be posted and written, and taken back here when its cause is gone.
"""

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

__all__ = [
    "Benefit", "Grant", "Limit", "MemberBenefits", "Text", "benefit_of", "deserved",
    "sentence_of", "state_of",
]  # fmt: skip
