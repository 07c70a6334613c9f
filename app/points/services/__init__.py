"""The point use cases. None of them commits; none of them knows about HTTP.

Each begins by locking and settling the account (``lock_balance``), decides, and then
posts. An *operation* is a plain dict that the posting function applies; its builders
are how other features make them.
"""

from app.points.rules import Balance, add_months
from app.points.rules import after_accrual as balance_after_accrual
from app.points.rules import after_capture as balance_after_capture
from app.points.rules import after_redemption as balance_after_redemption
from app.points.services.holds import capture_hold, get_hold, hold_refusal, place_hold, void_hold
from app.points.services.ledger import (
    Posted,
    Statement,
    accrue,
    adjust,
    get_balance,
    get_entry,
    get_statement,
    list_allocations,
    list_entries,
    list_order_lots,
    lock_balance,
    post,
    redeem,
    transfer,
)
from app.points.services.many import accrue_many, open_many
from app.points.services.notices import (
    NOBODY,
    Prepared,
    cancel_notices,
    close_notices_chunk,
    list_notices,
    move_notices,
    prepare_notices_chunk,
    tell_notices_chunk,
)
from app.points.services.operations import (
    Operation,
    accrual,
    capture,
    claw_back,
    confirmation,
    redemption,
    restoration,
)
from app.points.services.terms import confirmation_of, expiry_of, midnight_of, points_for
from app.points.services.upkeep import (
    audit,
    forfeit,
    forward,
    move_to_survivor,
    open_account,
    rebuild,
    settle_chunk,
)

__all__ = [
    "NOBODY", "Balance", "Operation", "Posted", "Prepared", "Statement", "accrual", "accrue",
    "accrue_many", "add_months", "adjust", "audit", "balance_after_accrual",
    "balance_after_capture", "balance_after_redemption", "cancel_notices", "capture",
    "capture_hold", "claw_back", "close_notices_chunk", "confirmation", "confirmation_of",
    "expiry_of", "forfeit", "forward", "get_balance", "get_entry", "get_hold", "get_statement",
    "hold_refusal", "list_allocations", "list_entries", "list_notices", "list_order_lots",
    "lock_balance", "midnight_of", "move_notices", "move_to_survivor", "open_account",
    "open_many", "place_hold", "points_for", "post", "prepare_notices_chunk", "rebuild", "redeem",
    "redemption", "restoration", "settle_chunk", "tell_notices_chunk", "transfer", "void_hold",
]  # fmt: skip
