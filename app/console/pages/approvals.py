"""Corrections that wait for a second person."""

from flask import redirect
from werkzeug.wrappers import Response as AnyResponse

from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.rules.navigation import Entry
from app.desk import services as desk_services
from app.desk.errors import ApprovalDecided
from app.staff import services as staff
from app.web.pages import read_form, render

APPROVE = "points:approve"
NAV = Entry("console.approvals", "승인", "Approvals", APPROVE, "desk", 40, "check")
DONE = {
    "approved": (
        "승인했어요. 포인트가 바로 반영됐어요.",
        "Approved, and done.",
    ),
    "not_approved": ("승인하지 않았어요.", "Not approved."),
    "decided": ("다른 사람이 먼저 정했어요.", "Somebody else decided it first."),
}
SHOWN = 50


@pages.get("/approvals")
@permitted(APPROVE)
def approvals() -> AnyResponse:
    """Show what waits for approval, and what was decided last."""

    def use_case(desk: Desk) -> AnyResponse:
        return render(
            "console/approvals.html",
            waiting=desk_services.list_approvals(desk.brand_id, is_open=True, limit=SHOWN),
            decided=desk_services.list_approvals(desk.brand_id, is_open=False, limit=SHOWN),
            names=staff.names_of(desk.brand_id),
        )

    return on_desk(use_case)


@pages.post("/approvals/<approval>")
@permitted(APPROVE)
def decide_approval(approval: str) -> AnyResponse:
    """Agree to a correction somebody else asked for, or do not."""
    approval_id = read_id("apr", approval)
    agrees = read_form("decision")["decision"] == "approve"
    decide = desk_services.approve if agrees else desk_services.refuse

    def use_case(desk: Desk) -> AnyResponse:
        decide(desk.brand_id, approval_id, actor=desk.actor, now=desk.now)
        word = "approved" if agrees else "not_approved"
        return redirect(f"/console/approvals?done={word}", 303)

    try:
        return on_desk(use_case)
    except ApprovalDecided:
        return redirect("/console/approvals?done=decided", 303)
