"""Addresses of what staff do to a customer; what each does is told in ``acts``."""

from collections.abc import Callable

from flask import redirect
from werkzeug.wrappers import Response as AnyResponse

from app import ids
from app.console.pages import pages
from app.console.pages.acting import reference_of
from app.console.pages.acts import COUPON, ERASING, MERGE, POINTS, STAMPS, TIER, TURN
from app.console.pages.desk import Desk, current_desk, on_desk, permitted, read_id, requires_fresh
from app.console.rules.forms import key_of
from app.db import transact
from app.desk import services as desk_services
from app.members import services as members
from app.members.services import Member
from app.web.pages import read_form

DONE = {
    "points": ("포인트를 조정했어요.", "The points are corrected."),
    "asked": (
        "다른 사람의 승인을 기다려요. 승인되면 바로 반영돼요.",
        "It waits for another person; once they agree, it is done.",
    ),
    "coupon": ("쿠폰을 발급했어요.", "The coupon is issued."),
    "coupon_revoked": ("쿠폰을 회수했어요.", "The coupon is revoked."),
    "coupon_restored": ("쿠폰을 복원했어요.", "The coupon can be used again."),
    "stamps": ("스탬프를 조정했어요.", "The stamps are corrected."),
    "tier": ("등급을 지정했어요.", "The tier is set."),
    "merged": ("고객을 합쳤어요.", "The customers are merged."),
    "erased": ("고객 정보를 지웠어요.", "The customer is erased."),
    "noted": ("메모를 남겼어요.", "The note is kept."),
    "link": ("보증서 링크를 보냈어요.", "The link is on its way."),
    "already": ("이미 한 일이라 다시 하지 않았어요.", "It was done before, and is not done twice."),
}


@pages.get("/members/<member>/points")
@permitted("points:adjust")
def points_form(member: str) -> AnyResponse:
    return POINTS.draw(member)


@pages.post("/members/<member>/points")
@permitted("points:adjust")
def correct_points(member: str) -> AnyResponse:
    """Correct points, or ask another person to agree."""
    return POINTS.take(member, ["points"])


@pages.get("/members/<member>/coupon")
@permitted("coupons:give")
def give_coupon_form(member: str) -> AnyResponse:
    return COUPON.draw(member)


@pages.post("/members/<member>/coupon")
@permitted("coupons:give")
def give_coupon(member: str) -> AnyResponse:
    """Issue a coupon."""
    return COUPON.take(member, ["template"])


@pages.get("/members/<member>/coupons/<coupon>")
@permitted("coupons:give")
def coupon_form(member: str, coupon: str) -> AnyResponse:
    return TURN.draw(member, ids.show("cpn", read_id("cpn", coupon)))


@pages.post("/members/<member>/coupons/<coupon>")
@permitted("coupons:give")
def turn_coupon(member: str, coupon: str) -> AnyResponse:
    """Revoke a coupon, or restore it."""
    return TURN.take(member, [], ids.show("cpn", read_id("cpn", coupon)))


@pages.get("/members/<member>/stamps")
@permitted("stamps:adjust")
def stamps_form(member: str) -> AnyResponse:
    return STAMPS.draw(member)


@pages.post("/members/<member>/stamps")
@permitted("stamps:adjust")
def correct_stamps(member: str) -> AnyResponse:
    """Add stamps, or take them."""
    return STAMPS.take(member, ["programme", "stamps"])


@pages.get("/members/<member>/tier")
@permitted("tiers:set")
def tier_form(member: str) -> AnyResponse:
    return TIER.draw(member)


@pages.post("/members/<member>/tier")
@permitted("tiers:set")
def set_tier(member: str) -> AnyResponse:
    """Set a tier by hand, or end what was set."""
    return TIER.take(member, ["tier", "until"])


@pages.get("/members/<member>/merge")
@permitted("members:edit")
def merge_form(member: str) -> AnyResponse:
    return MERGE.draw(member)


@pages.post("/members/<member>/merge")
@permitted("members:edit")
def merge(member: str) -> AnyResponse:
    """Merge the customer into another one."""
    return MERGE.take(member, ["into"])


@pages.get("/members/<member>/erase")
@permitted("members:erase")
def erase_form(member: str) -> AnyResponse:
    return ERASING.draw(member)


@pages.post("/members/<member>/erase")
@permitted("members:erase")
@requires_fresh
def erase(member: str) -> AnyResponse:
    """Erase the customer. Sent once more it shows that they are."""
    desk = current_desk()
    member_id = read_id("mem", member)
    if transact(desk.brand_id, lambda: _is_erased(desk, reference_of(member))):
        return redirect(f"/console/members/{ids.show('mem', member_id)}?done=already", 303)
    return ERASING.take(member, ["typed"])


@pages.post("/members/<member>/notes")
@permitted("members:edit")
def note(member: str) -> AnyResponse:
    """Keep a note about the customer."""
    values = read_form("text", "key")
    return _at_once(
        member,
        "note",
        "noted",
        lambda desk, found, key: desk_services.add_note(
            desk.brand_id, found, values["text"], actor=desk.actor, now=desk.now
        ),
    )


@pages.post("/members/<member>/certificates/<warranty>")
@permitted("members:edit")
def send_certificate(member: str, warranty: str) -> AnyResponse:
    """Send the owner the link of a certificate once more."""
    warranty_id = read_id("wty", warranty)
    return _at_once(
        member,
        "certificate",
        "link",
        lambda desk, found, key: desk_services.send_certificate(
            desk.brand_id, key, found, warranty_id, actor=desk.actor, now=desk.now
        ),
    )


def _at_once(
    member: str, kind: str, done: str, use_case: Callable[[Desk, Member, str], None]
) -> AnyResponse:
    """Do what needs no preview, once for the key of the form."""
    reference, key = reference_of(member), key_of(read_form("key")["key"])

    def act(desk: Desk) -> AnyResponse:
        found = desk_services.begin(
            desk.brand_id, key, reference, kind, actor=desk.actor, now=desk.now
        )
        if found is not None:
            use_case(desk, found, key)
        word = done if found is not None else "already"
        return redirect(f"/console/members/{reference}?done={word}", 303)

    return on_desk(act)


def _is_erased(desk: Desk, reference: str) -> bool:
    return members.find_member(desk.brand_id, reference).status == "erased"
