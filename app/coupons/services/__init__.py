"""The coupon use cases. None of them commits; none of them knows about HTTP.

The checkout reads ``coupons_state`` and writes ``coupons_write`` inside its own two
calls of the database; what lies between are the pure functions exported here.
"""

from app.coupons.models import Coupon
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
from app.coupons.rules.state import CouponsState, Wanted, state_of, wanted_of
from app.coupons.rules.wording import sentence_of
from app.coupons.services.bulk import list_codes, make_codes, open_download
from app.coupons.services.issuing import (
    issuable,
    issue,
    read_state,
    register,
    write_changes,
)
from app.coupons.services.lifecycle import (
    any_used,
    audit,
    forget_member,
    move_to_survivor,
    release,
    restore,
    restore_redeemed,
    revoke,
    revoke_issued,
    tidy_chunk,
)
from app.coupons.services.reading import (
    InHand,
    find_coupon,
    list_in_hand,
    list_of_member,
    status_at,
)
from app.coupons.services.templates import (
    Defined,
    get_template,
    list_templates,
    list_versions,
    put_template,
    set_status,
    template_version,
    templates_of,
)

__all__ = [
    "Applied", "Best", "Coupon", "CouponOutcome", "CouponsState", "Defined", "Gift", "InHand",
    "Owned", "Rejected", "Template", "Templates", "Wanted", "any_used", "apply_coupons", "audit",
    "find_coupon", "forget_member", "get_template", "issuable", "issue", "issue_changes",
    "list_codes", "list_in_hand", "list_of_member",
    "list_templates", "list_versions", "make_codes", "meets_minimum", "move_to_survivor",
    "open_download", "put_template", "read_state", "recalculate", "redeem_changes", "register",
    "release",
    "reserve_changes", "restore", "restore_redeemed", "revoke", "revoke_issued", "sentence_of",
    "set_status",
    "state_of", "status_at", "template_version", "templates_of", "tidy_chunk", "wanted_of",
    "write_changes",
]  # fmt: skip
