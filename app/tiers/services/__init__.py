"""The use cases of tiers. None of them commits; none of them knows about HTTP.

The checkout decides with the pure ones (``current_tier``, ``post_order``, …) on what
``tiers_state`` tells, and writes with ``tiers_write``. The others expect the member's
account to be locked, as whoever changes what a member has does.
"""

from app.tiers.rules.ladders import Ladder, Tier, accrual_rate, member_discount
from app.tiers.rules.outcomes import TierOutcome, post_order
from app.tiers.rules.standings import TierState, current_tier, state_of
from app.tiers.services.counting import count_order, post_refund, read_state
from app.tiers.services.ladders import current_ladder, ladder_of, put_ladder

__all__ = [
    "Ladder", "Tier", "TierOutcome", "TierState", "accrual_rate", "count_order",
    "current_ladder", "current_tier", "ladder_of", "member_discount", "post_order",
    "post_refund", "put_ladder", "read_state", "state_of",
]  # fmt: skip
