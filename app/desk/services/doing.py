"""What is done to a customer by hand: once for each form, with a reason, written down."""

from datetime import date, datetime
from uuid import UUID

from app import ids
from app.brands import services as brands
from app.coupons import services as coupons
from app.coupons.services import Coupon
from app.desk import queries
from app.desk.errors import DeskHostMissing, DeskReasonRequired
from app.members import services as members
from app.members.services import Member
from app.messages import services as messages
from app.stamps import services as stamps
from app.tiers import services as tiers
from app.warranties import services as warranties

REASON_MAX = 500


def begin(
    brand_id: UUID,
    key: str,
    reference: str,
    kind: str,
    *,
    keep: bool = True,
    actor: str,
    now: datetime,
) -> Member | None:
    """Return the customer for whom a form does something; None if it did it before.

    With ``keep`` they can be neither merged nor erased until the transaction ends.

    :raises MemberNotFound: the brand has no such customer, or they are erased
    """
    member = members.resolve(brand_id, reference, keep=keep)
    is_first = queries.add_action(brand_id, key, member.id, kind, actor=actor, now=now)
    return member if is_first else None


def reason_of(text: str) -> str:
    """Return why something is done.

    :raises DeskReasonRequired: nobody says why
    """
    reason = text.strip()[:REASON_MAX]
    if not reason:
        raise DeskReasonRequired(pointer="/reason")
    return reason


def issue_coupon(
    brand_id: UUID,
    key: str,
    member: Member,
    template: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> Coupon:
    """Give a customer a coupon.

    :raises CouponTemplateNotFound, CouponNotIssuable, CouponMemberLimitReached,
        CouponLimitReached: see ``coupons.issue``
    """
    coupon = coupons.issue(
        brand_id,
        member.id,
        template,
        cause=f"desk/{key}",
        reason=reason,
        actor=actor,
        now=now,
    )
    brands.record_audit(
        brand_id,
        actor=actor,
        action="coupon.issued_by_hand",
        subject=_subject(member),
        now=now,
        after={"coupon": ids.show("cpn", coupon.id), "template": template},
        reason=reason,
    )
    return coupon


def move_stamps(
    brand_id: UUID,
    key: str,
    member: Member,
    programme: str,
    count: int,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Add stamps, or take them if ``count`` is below 0.

    :raises StampProgrammeNotFound, StampProgrammeNotActive, InsufficientStamps: see
        ``stamps.adjust``
    """
    stamps.adjust(
        brand_id,
        member.id,
        programme,
        count,
        reason=reason,
        occasion=f"desk/{key}",
        actor=actor,
        now=now,
    )
    brands.record_audit(
        brand_id,
        actor=actor,
        action="stamps.moved_by_hand",
        subject=_subject(member),
        now=now,
        after={"programme": programme, "stamps": count},
        reason=reason,
    )


def set_tier(
    brand_id: UUID,
    member: Member,
    tier: str | None,
    until: date | None,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Set a tier by hand until the end of a day; None ends what was set.

    :raises TierLadderNotFound, TierUnknown, TierBelowEarned, TierEndsInThePast: see
        ``tiers.assign_tier``
    """
    tiers.assign_tier(brand_id, member.id, tier, until=until, reason=reason, actor=actor, now=now)


def send_certificate(
    brand_id: UUID, key: str, member: Member, warranty_id: UUID | None, *, actor: str, now: datetime
) -> None:
    """Send the owner the link of a certificate once more.

    :raises WarrantyNotFound: it is not the customer's
    :raises DeskHostMissing: the brand has no pages for shoppers
    :raises MessageUnreachable: there is no address to send it to
    """
    owned = warranties.get_owned(brand_id, warranty_id, member.id)
    host = brands.current_settings(brand_id).warranty.host
    if host is None:
        raise DeskHostMissing
    shown = ids.show("wty", owned.warranty.id)
    messages.send(
        brand_id,
        "certificate_link",
        member_id=member.id,
        variables={
            "product": warranties.piece_of(owned.unit).product.definition.name,
            "link": f"https://{host}/my/warranties/{shown}",
        },
        purpose="warranty_issued",
        key=f"certificate_link/desk/{key}",
        now=now,
    )
    brands.record_audit(
        brand_id,
        actor=actor,
        action="certificate.sent_again",
        subject=_subject(member),
        now=now,
        after={"warranty": shown},
    )


def _subject(member: Member) -> str:
    return f"member:{ids.show('mem', member.id)}"
