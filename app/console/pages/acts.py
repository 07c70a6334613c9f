"""What each form of the desk does: points, coupons, stamps, tiers, merging, erasing."""

from collections.abc import Sequence

from app import ids
from app.brands import services as brands
from app.console.errors import ErasureNotTyped
from app.console.pages.acting import Act, Outcome, Sent
from app.console.pages.desk import Desk
from app.console.rules.forms import Field, Line, plain, read_day
from app.console.rules.masks import masked_name
from app.coupons import services as coupons
from app.coupons.errors import CouponNotFound
from app.desk import services as desk_services
from app.members import services as members
from app.members.services import Member
from app.orders import services as orders
from app.points import services as points
from app.stamps import services as stamps
from app.tiers import services as tiers
from app.warranties import services as warranties

ERASE = "삭제"
MINUS = ("빼려면 앞에 -를 붙여요.", "Put - before what is to be taken.")
SHOWN = 100


def _points(sent: Sent) -> Outcome:
    amount = desk_services.read_amount(sent.values["points"], "/points")
    done = desk_services.correct_points(
        sent.brand_id,
        sent.key,
        sent.member,
        amount,
        reason=sent.reason,
        actor=sent.desk.actor,
        now=sent.desk.now,
    )
    lines = [
        Line(
            "쓸 수 있는 포인트",
            "Available",
            plain(done.before.available),
            plain(done.after.available),
        ),
        Line("갚을 포인트", "Debt", plain(done.before.debt), plain(done.after.debt)),
    ]
    if done.approval is None:
        return Outcome(lines, "points")
    limit = brands.current_settings(sent.brand_id).desk.points_limit
    return Outcome(
        lines,
        "asked",
        (
            f"혼자 조정할 수 있는 {limit:,}P를 넘어서 다른 사람의 승인이 필요해요.",
            f"It is above the {limit:,} points of one person: another one has to agree.",
        ),
    )


POINTS = Act(
    "points",
    "포인트 조정",
    "Correct points",
    lambda desk, member: [
        Field(
            "points",
            "포인트",
            "Points",
            "number",
            MINUS,
        )
    ],
    _points,
)


def _coupon(sent: Sent) -> Outcome:
    coupon = desk_services.issue_coupon(
        sent.brand_id,
        sent.key,
        sent.member,
        sent.values["template"],
        reason=sent.reason,
        actor=sent.desk.actor,
        now=sent.desk.now,
    )
    template = coupons.template_version(sent.brand_id, coupon.template_id, coupon.version)
    until = coupon.valid_until.astimezone(sent.desk.zone).date() if coupon.valid_until else "-"
    return Outcome([Line(template.name, template.name, "-", f"~ {until}")], "coupon")


def _templates(desk: Desk, _: Member) -> Sequence[Field]:
    found = coupons.list_templates(desk.brand_id, status="active", after=None, limit=SHOWN)
    options = [
        (each.template.code, f"{each.template.code} · {each.version.definition['name']}")
        for each in found
    ]
    return [Field("template", "쿠폰", "Coupon", "select", options=options)]


COUPON = Act("coupon", "쿠폰 발급", "Issue a coupon", _templates, _coupon)


def _turn_coupon(sent: Sent) -> Outcome:
    """Revoke a coupon, or restore one that was revoked."""
    coupon = coupons.find_coupon(sent.brand_id, sent.values["extra"])
    if coupon.member_id != sent.member.id:
        raise CouponNotFound
    name = coupons.template_version(sent.brand_id, coupon.template_id, coupon.version).name
    before = coupon.status
    turn = coupons.restore if before == "revoked" else coupons.revoke
    after = turn(
        sent.brand_id,
        sent.values["extra"],
        reason=sent.reason,
        actor=sent.desk.actor,
        now=sent.desk.now,
    )
    return Outcome(
        [Line(name, name, before, after.status)],
        "coupon_restored" if after.status == "issued" else "coupon_revoked",
    )


TURN = Act("coupons", "쿠폰 회수·복원", "Revoke or restore a coupon", lambda *_: [], _turn_coupon)


def _stamps(sent: Sent) -> Outcome:
    code = sent.values["programme"]
    count = desk_services.read_amount(sent.values["stamps"], "/stamps")

    def standing() -> str:
        found = stamps.list_of_member(sent.brand_id, sent.member.id, now=sent.desk.now)
        cards = [card for each in found if each.programme.code == code for card in each.cards]
        return ", ".join(f"{card.stamps}/{card.goal}" for card in cards) or "-"

    before = standing()
    desk_services.move_stamps(
        sent.brand_id,
        sent.key,
        sent.member,
        code,
        count,
        reason=sent.reason,
        actor=sent.desk.actor,
        now=sent.desk.now,
    )
    return Outcome([Line(code, code, before, standing())], "stamps")


def _programmes(desk: Desk, _: Member) -> Sequence[Field]:
    found = stamps.programmes_of(desk.brand_id, brands.programme_version(desk.brand_id))
    options = [(each.code, each.current.name) for each in found if each.status == "active"]
    return [
        Field("programme", "프로그램", "Programme", "select", options=options),
        Field(
            "stamps",
            "스탬프",
            "Stamps",
            "number",
            MINUS,
        ),
    ]


STAMPS = Act("stamps", "스탬프 조정", "Correct stamps", _programmes, _stamps)


def _tier(sent: Sent) -> Outcome:
    def standing() -> tuple[str, str]:
        status = tiers.get_status(sent.brand_id, sent.member.id, now=sent.desk.now)
        until = status.standing.manual_until
        return status.tier.name if status.tier else "-", str(until or "-")

    before = standing()
    desk_services.set_tier(
        sent.brand_id,
        sent.member,
        sent.values["tier"] or None,
        read_day(sent.values["until"]),
        reason=sent.reason,
        actor=sent.desk.actor,
        now=sent.desk.now,
    )
    after = standing()
    return Outcome(
        [
            Line("등급", "Tier", before[0], after[0]),
            Line("언제까지", "Until", before[1], after[1]),
        ],
        "tier",
    )


def _ladder(desk: Desk, _: Member) -> Sequence[Field]:
    ladder = tiers.current_ladder(desk.brand_id)
    options = [(each.code, each.name) for each in ladder.tiers] if ladder else []
    ends = ("비우면 직접 지정한 등급을 끝내요.", "Nothing ends what was set by hand.")
    stays = ("비우면 계속이에요.", "Nothing: for good.")
    return [
        Field("tier", "등급", "Tier", "select", ends, [("", "—"), *options], required=False),
        Field("until", "언제까지", "Until", "day", stays, required=False),
    ]


TIER = Act("tier", "등급 지정", "Set the tier", _ladder, _tier)


def _merge(sent: Sent) -> Outcome:
    into = members.resolve(sent.brand_id, sent.values["into"], pointer="/into")
    reason = sent.reason
    before = [_held(sent, each) for each in (sent.member, into)]
    names = [_name(each) for each in (sent.member, into)]
    members.merge_member(
        sent.brand_id,
        ids.show("mem", sent.member.id),
        ids.show("mem", into.id),
        actor=sent.desk.actor,
        now=sent.desk.now,
    )
    brands.record_audit(
        sent.brand_id,
        actor=sent.desk.actor,
        action="member.merged_by_hand",
        subject=f"member:{ids.show('mem', sent.member.id)}",
        now=sent.desk.now,
        after={"into": ids.show("mem", into.id)},
        reason=reason,
    )
    after = _held(sent, into)
    return Outcome(
        [
            Line("없어지는 고객", "Who goes", names[0], f"→ {names[1]}"),
            *(
                Line(ko, en, f"{gone} + {kept}", both)
                for (ko, en, gone), (_, _, kept), (_, _, both) in zip(
                    before[0], before[1], after, strict=True
                )
            ),
        ],
        "merged",
        ("합친 고객은 다시 나눌 수 없어요.", "What is merged cannot be parted again."),
    )


def _name(member: Member) -> str:
    name = members.profile_of(member).name
    return masked_name(name) if name else ids.show("mem", member.id)


def _held(sent: Sent, member: Member) -> list[tuple[str, str, str]]:
    """Return what a customer has, as rows of two languages and a figure."""
    reference = ids.show("mem", member.id)
    balance = points.get_balance(sent.brand_id, member.id, now=sent.desk.now)
    counted = (
        orders.list_orders(sent.brand_id, member=reference, before=None, limit=SHOWN),
        warranties.list_warranties(sent.brand_id, member_id=member.id, limit=SHOWN),
        coupons.list_in_hand(sent.brand_id, member.id, now=sent.desk.now),
    )
    figures = [f"{len(each)}{'+' if len(each) == SHOWN else ''}" for each in counted]
    return [
        ("쓸 수 있는 포인트", "Points", plain(balance.available)),
        ("주문", "Orders", figures[0]),
        ("보증 제품", "Warranties", figures[1]),
        ("쿠폰", "Coupons", figures[2]),
    ]


def _others(desk: Desk, member: Member) -> Sequence[Field]:
    hint = (
        "그 고객 페이지 주소의 mem_… 또는 ext:회원번호",
        "mem_… in the address of their page, or ext: and the shop's id",
    )
    return [Field("into", "남을 고객", "Who stays", "text", hint)]


MERGE = Act(
    "merge", "고객 합치기", "Merge into another", _others, _merge, keep=False, dangerous=True
)


def _erase(sent: Sent) -> Outcome:
    if sent.values["typed"] != ERASE:
        raise ErasureNotTyped(pointer="/typed", word=ERASE)
    reason, held = sent.reason, _held(sent, sent.member)
    reference = ids.show("mem", sent.member.id)
    members.erase_member(sent.brand_id, reference, actor=sent.desk.actor, now=sent.desk.now)
    brands.record_audit(
        sent.brand_id,
        actor=sent.desk.actor,
        action="member.erased_by_hand",
        subject=f"member:{reference}",
        now=sent.desk.now,
        reason=reason,
    )
    return Outcome(
        [Line(ko, en, figure, "0" if en != "Orders" else figure) for ko, en, figure in held],
        "erased",
        (
            "이름, 연락처, 메모, 동의 내용이 지워지고 되돌릴 수 없어요. 장부는 이름 없이 남아요.",
            "Name, contact data, notes and consents go, for good. The books stay, nameless.",
        ),
    )


ERASING = Act(
    "erase",
    "고객 정보 지우기",
    "Erase the customer",
    lambda *_: [
        Field("typed", f"확인을 위해 ‘{ERASE}’라고 적어 주세요", f"Type ‘{ERASE}’ to confirm")
    ],
    _erase,
    keep=False,
    dangerous=True,
)
