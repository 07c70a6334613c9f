"""What waits for somebody to look: labels that may be copied, receipts, invitations."""

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from app import clock, ids
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.rules.names import DOUBTS, EVIDENCE
from app.console.rules.navigation import Entry
from app.desk import services as desk_services
from app.rewards import services as rewards
from app.rewards.errors import ReferralNotDecidable
from app.staff import services as staff
from app.warranties import services as warranties
from app.warranties.errors import WarrantyOver, WarrantyReviewDecided
from app.web.pages import read_form, render

READ, DECIDE = "reviews:read", "reviews:decide"
NAV = Entry("console.reviews", "검토", "Reviews", READ, "desk", 35, "alert-triangle")
DONE = {
    "cleared": ("문제없음으로 닫았어요.", "Closed: nothing is wrong."),
    "confirmed": ("복제 의심으로 표시했어요.", "Marked as suspect."),
    "proven": ("구매를 확인했어요.", "The purchase is proven."),
    "disproved": ("구매 증빙을 인정하지 않았어요.", "The purchase is disproved."),
    "let": ("추천을 인정했어요.", "The invitation counts."),
    "not_let": ("추천을 거절했어요.", "The invitation is refused."),
    "late": ("다른 사람이 먼저 정했어요.", "Somebody else decided it first."),
}
SHOWN = 50


@pages.get("/reviews")
@permitted(READ)
def reviews() -> AnyResponse:
    """Show everything that waits, the newest first."""

    def use_case(desk: Desk) -> AnyResponse:
        told = warranties.list_warranties(
            desk.brand_id, proof="told", ended=False, has_receipt=True, limit=SHOWN
        )
        return render(
            "console/reviews.html",
            copies=warranties.list_reviews(desk.brand_id, state="open", before=None, limit=SHOWN),
            proofs=[
                (each, warranties.list_receipts(desk.brand_id, each.warranty.id)) for each in told
            ],
            referrals=rewards.list_referrals(
                desk.brand_id, state="review", inviter=None, before=None, limit=SHOWN
            ),
            evidence=EVIDENCE,
            doubts=DOUBTS,
        )

    return on_desk(use_case)


@pages.get("/receipts/<warranty>/<receipt>")
@permitted(DECIDE)
def receipt(warranty: str, receipt: str) -> AnyResponse:
    """Show a photo that proves a purchase, and write down who saw it."""
    warranty_id, receipt_id = read_id("wty", warranty), read_id("wrc", receipt)

    def use_case(desk: Desk) -> AnyResponse:
        found = warranties.get_warranty(desk.brand_id, warranty_id)
        content = warranties.picture_of(desk.brand_id, warranty_id, receipt_id)
        staff.record_access(
            desk.brand_id,
            actor=desk.actor,
            ip=desk.ip,
            action="seen",
            subject=ids.show("mem", found.warranty.member_id),
            items=["receipt"],
            now=clock.now(),
        )
        return Response(content, mimetype="image/jpeg")

    return on_desk(use_case)


@pages.post("/reviews/copies/<review>")
@permitted(DECIDE)
def decide_copy(review: str) -> AnyResponse:
    """Hold a unit for a copy, or not."""
    review_id = read_id("wrv", review)
    values = read_form("decision", "reason")
    state = "confirmed" if values["decision"] == "confirmed" else "cleared"

    def use_case(desk: Desk) -> AnyResponse:
        warranties.decide(
            desk.brand_id,
            review_id,
            state,
            reason=desk_services.reason_of(values["reason"]),
            actor=desk.actor,
            now=desk.now,
        )
        return redirect(f"/console/reviews?done={state}", 303)

    try:
        return on_desk(use_case)
    except WarrantyReviewDecided:
        return redirect("/console/reviews?done=late", 303)


@pages.post("/reviews/proofs/<warranty>")
@permitted(DECIDE)
def judge_proof(warranty: str) -> AnyResponse:
    """Hold a purchase for proven or disproved."""
    warranty_id = read_id("wty", warranty)
    values = read_form("decision", "reason")
    proof = "proven" if values["decision"] == "proven" else "disproved"

    def use_case(desk: Desk) -> AnyResponse:
        warranties.judge(
            desk.brand_id,
            warranty_id,
            proof,
            reason=desk_services.reason_of(values["reason"]),
            today=desk.today,
            actor=desk.actor,
            now=desk.now,
        )
        return redirect(f"/console/reviews?done={proof}", 303)

    try:
        return on_desk(use_case)
    except WarrantyOver:
        return redirect("/console/reviews?done=late", 303)


@pages.post("/reviews/referrals/<referral>")
@permitted(DECIDE)
def decide_referral(referral: str) -> AnyResponse:
    """Let an invitation count, or not."""
    referral_id = read_id("ref", referral)
    values = read_form("decision", "reason")
    lets = values["decision"] == "let"
    decide = rewards.approve_referral if lets else rewards.refuse_referral

    def use_case(desk: Desk) -> AnyResponse:
        decide(
            desk.brand_id,
            referral_id,
            note=desk_services.reason_of(values["reason"]),
            actor=desk.actor,
            now=desk.now,
        )
        return redirect(f"/console/reviews?done={'let' if lets else 'not_let'}", 303)

    try:
        return on_desk(use_case)
    except ReferralNotDecidable:
        return redirect("/console/reviews?done=late", 303)
