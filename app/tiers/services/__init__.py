"""The use cases of tiers. None of them commits; none of them knows about HTTP.

The checkout decides with the pure ones (``current_tier``, ``post_order``, …) on what
``tiers_state`` tells, and writes with ``tiers_write``. The others expect the member's
account to be locked, as whoever changes what a member has does.
"""

from app.benefits.services import Text
from app.tiers.audits import audit
from app.tiers.rules.ladders import Ladder, Tier, accrual_rate, member_discount
from app.tiers.rules.outcomes import TierOutcome, post_order, reason_of
from app.tiers.rules.standings import TierState, current_tier, state_of
from app.tiers.services.adjusting import Adjusted, adjust_spend
from app.tiers.services.assessing import assess_chunk
from app.tiers.services.counting import is_counted, post_refund, read_state
from app.tiers.services.following import forget, move_to_survivor
from app.tiers.services.forecasting import Distribution, Forecast, distribution, forecast
from app.tiers.services.ladders import (
    current_ladder,
    get_ladder,
    ladder_at,
    ladder_of,
    list_ladders,
    put_ladder,
)
from app.tiers.services.standing import (
    Status,
    assign_tier,
    get_status,
    list_changes,
    list_postings,
)

__all__ = [
    "Adjusted", "Distribution", "Forecast", "Ladder", "Status", "Text", "Tier", "TierOutcome",
    "TierState", "accrual_rate", "adjust_spend", "assess_chunk", "assign_tier", "audit",
    "current_ladder", "current_tier", "distribution", "forecast", "forget",
    "get_ladder", "get_status", "is_counted", "ladder_at", "ladder_of", "list_changes",
    "list_ladders", "list_postings", "member_discount", "move_to_survivor", "post_order",
    "post_refund", "put_ladder", "read_state", "reason_of", "state_of",
]  # fmt: skip
