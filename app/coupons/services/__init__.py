"""The coupon use cases. None of them commits; none of them knows about HTTP.

The checkout reads ``coupons_state`` and writes ``coupons_write`` inside its own two
calls of the database; what lies between are the pure functions exported here.
"""

from app.coupons.rules.changes import issue_changes, redeem_changes, reserve_changes
from app.coupons.rules.deciding import (
    Applied,
    Best,
    CouponOutcome,
    Owned,
    apply_coupons,
)
from app.coupons.rules.definitions import Gift, Template, Templates
from app.coupons.rules.judging import Rejected
from app.coupons.rules.refunds import meets_minimum, recalculate
from app.coupons.rules.state import CouponsState, state_of, wanted_of
from app.coupons.services.issuing import issuable, issue
from app.coupons.services.lifecycle import release, restore_redeemed, revoke_issued
from app.coupons.services.templates import put_template, templates_of

__all__ = [
    "Applied", "Best", "CouponOutcome", "CouponsState", "Gift", "Owned", "Rejected",
    "Template", "Templates", "apply_coupons", "issuable", "issue", "issue_changes",
    "meets_minimum", "put_template", "recalculate", "redeem_changes", "release",
    "reserve_changes", "restore_redeemed", "revoke_issued", "state_of", "templates_of",
    "wanted_of",
]  # fmt: skip
