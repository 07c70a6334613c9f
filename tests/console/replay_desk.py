"""Routes of the customer desk, for the replay by a stranger."""

from tests.console.desk import Desk
from tests.console.replay import Request
from tests.support.world import World

FILLED = {
    "points": "10", "template": "TEN", "programme": "COFFEE", "stamps": "1", "tier": "",
    "typed": "삭제", "text": "메모", "reason": "이유", "confirmed": "1", "decision": "approve",
}  # fmt: skip


def requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    member, order = "/console/members/<member>", "/console/orders/<order>"
    alice, theirs = f"/console/members/{world.alice}", f"/console/orders/{world.order}"
    found: dict[tuple[str, str], Request] = {
        ("GET", "/console/search"): ("/console/search?q=5678", {}, "own"),
        ("GET", member): (alice, {}, "404"),
        ("GET", order): (theirs, {}, "404"),
        ("GET", f"{order}/refund"): (f"{theirs}/refund?try=1&all=1", {}, "404"),
        ("GET", "/console/units/<serial>"): ("/console/units/MUG-1", {}, "404"),
        ("POST", f"{member}/notes"): (f"{alice}/notes", FILLED, "404"),
        ("POST", f"{member}/certificates/<warranty>"): (
            f"{alice}/certificates/{world.warranty}", FILLED, "404",
        ),
        ("GET", "/console/approvals"): ("/console/approvals", {}, "own"),
        ("POST", "/console/approvals/<approval>"): (
            f"/console/approvals/{world.approval}", FILLED, "404",
        ),
        ("GET", "/console/reviews"): ("/console/reviews", {}, "own"),
        ("GET", "/console/receipts/<warranty>/<receipt>"): (
            f"/console/receipts/{world.warranty}/{world.receipt}", {}, "404",
        ),
        ("POST", "/console/reviews/copies/<review>"): (
            f"/console/reviews/copies/{world.review}", FILLED, "404",
        ),
        ("POST", "/console/reviews/proofs/<warranty>"): (
            f"/console/reviews/proofs/{world.warranty}", FILLED, "404",
        ),
        ("POST", "/console/reviews/referrals/<referral>"): (
            f"/console/reviews/referrals/{world.referral}", FILLED, "404",
        ),
    }  # fmt: skip
    for what in ("points", "coupon", "stamps", "tier", "merge", "erase"):
        found["GET", f"{member}/{what}"] = (f"{alice}/{what}", {}, "404")
        filled = {**FILLED, "into": world.bob}
        found["POST", f"{member}/{what}"] = (f"{alice}/{what}", filled, "404")
    turned = f"{alice}/coupons/{world.coupon}"
    found["GET", f"{member}/coupons/<coupon>"] = (turned, {}, "404")
    found["POST", f"{member}/coupons/<coupon>"] = (turned, FILLED, "404")
    return found
