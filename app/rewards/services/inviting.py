"""Inviting: a member's code, and what is written down when somebody names it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.brands import services as brands
from app.brands.services import ReferralPolicy
from app.db import db
from app.findings import Finding
from app.members import services as members
from app.members.events import MemberErased, MemberMerged, MemberReferred
from app.rewards import audits
from app.rewards.models import Referral, ReferralCode
from app.rewards.queries import referrals as queries
from app.rewards.rules import referrals as rules
from app.rewards.rules.referrals import Standing


@dataclass(frozen=True)
class ReferralCard:
    """What a member needs to invite others, and what became of those invited."""

    member_id: UUID
    code: str
    link: str | None
    invited: Mapping[str, int]  # by state
    referred_by_code: str | None
    referral: Referral | None  # the one that brought the member here


def card_of(brand_id: UUID, reference: str, *, now: datetime) -> ReferralCard:
    """Return a member's code, made when it is first asked for and the same ever after.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    member = members.resolve(brand_id, reference, keep=True)
    code = _code_of(brand_id, member.id, now).code.upper()
    policy = brands.current_settings(brand_id).referral
    return ReferralCard(
        member_id=member.id,
        code=code,
        link=rules.link_of(policy.link, code),
        invited=queries.count_by_state(brand_id, member.id),
        referred_by_code=member.referred_by_code,
        referral=queries.find_by_invitee(brand_id, member.id),
    )


def record_invitation(event: MemberReferred) -> None:
    """Write down who invited a member. A code that nobody has changes nothing."""
    brand_id = event.brand_id
    code = queries.find_code(brand_id, rules.code_key(event.code))
    if code is None:
        return
    inviter_id = members.survivor_id(brand_id, code.member_id)
    if members.is_erased(brand_id, inviter_id):
        return
    if queries.find_by_invitee(brand_id, event.member_id) is not None:
        return  # taken over from a member that was merged into this one
    if brands.programme_version(brand_id) == 0:
        # Orders look at the programme only of a brand that has one: from now on it has.
        brands.change_programme(brand_id)
    referral_id = ids.new_id()
    settings = brands.current_settings(brand_id)
    verdict = rules.judge(
        standing_of(
            brand_id,
            inviter_id,
            event.member_id,
            referral_id=referral_id,
            policy=settings.referral,
            zone=ZoneInfo(settings.timezone),
            entered_at=event.now,
        ),
        settings.referral,
    )
    db.session.add(
        Referral(
            brand_id=brand_id,
            id=referral_id,
            inviter_id=inviter_id,
            invitee_id=event.member_id,
            state=verdict.state,
            reasons=list(verdict.reasons),
            approved=False,
            invited_at=event.now,
        )
    )
    db.session.flush()  # autoflush is off


def standing_of(
    brand_id: UUID,
    inviter_id: UUID,
    invitee_id: UUID,
    *,
    referral_id: UUID,
    policy: ReferralPolicy,
    zone: ZoneInfo,
    entered_at: datetime,
    bought_before: bool = False,
) -> Standing:
    """Return what is known now that speaks against an invitation."""
    invitee = members.find_member(brand_id, ids.show("mem", invitee_id))
    sharing = members.list_sharing_contact(brand_id, invitee_id)
    with_inviter = [each for each in sharing if each.member_id == inviter_id]
    return Standing(
        same_person=inviter_id == invitee_id,
        same_phone=any(each.phone for each in with_inviter),
        same_email=any(each.email for each in with_inviter),
        same_address=queries.shares_address(brand_id, inviter_id, invitee_id),
        known_contact=any(
            each.member_id != inviter_id and each.since < invitee.created_at for each in sharing
        ),
        joined_earlier=rules.entered_late(invitee.joined_on, entered_at, policy, zone),
        bought_before=bought_before,
        ring=inviter_id != invitee_id
        and queries.leads_back(brand_id, inviter_id, invitee_id, referral_id=referral_id),
    )


def note_address(brand_id: UUID, member_id: UUID, address_index: bytes, *, now: datetime) -> None:
    """Remember where goods of a member went. Repeating it changes nothing."""
    queries.add_address(brand_id, member_id, address_index, now)


def move_to_survivor(event: MemberMerged) -> None:
    """Hand what a merged member has invited, and who invited it, to the survivor.

    If both had been invited, the survivor's referral is the one that counts.
    """
    brand_id = event.brand_id
    queries.move_inviter(brand_id, event.member_id, event.into_id)
    queries.move_addresses(brand_id, event.member_id, event.into_id)
    mine = queries.find_by_invitee(brand_id, event.member_id)
    if mine is not None:
        if queries.find_by_invitee(brand_id, event.into_id) is None:
            mine.invitee_id = event.into_id
        elif mine.state in ("pending", "review"):
            close(mine, "member_merged", actor=event.actor, now=event.now)
        if mine.inviter_id == mine.invitee_id and mine.state in ("pending", "review"):
            close(mine, "self_referral", actor=event.actor, now=event.now)
    db.session.flush()  # autoflush is off


def forget(event: MemberErased) -> None:
    """Let an erased member's invitation lapse, and forget addresses and notes."""
    queries.forget_addresses(event.brand_id, event.member_id)
    queries.forget_notes(event.brand_id, event.member_id)
    mine = queries.find_by_invitee(event.brand_id, event.member_id)
    if mine is not None and mine.state in ("pending", "review"):
        close(mine, "member_erased", actor=event.actor, now=event.now)
    db.session.flush()  # autoflush is off


def audit(brand_id: UUID) -> list[Finding]:
    """Prove referrals and who has them; returns what does not hold."""
    return audits.audit(brand_id)


def close(referral: Referral, reason: str, *, actor: str, now: datetime) -> None:
    """Refuse an invitation for a reason of its own."""
    referral.state = "refused"
    referral.reasons = [*referral.reasons, reason]
    referral.decided_by = actor
    referral.decided_at = now


def _code_of(brand_id: UUID, member_id: UUID, now: datetime) -> ReferralCode:
    while True:
        code = queries.find_code_of(brand_id, member_id)
        if code is not None:
            return code
        random = rules.code_of(secrets.token_bytes(rules.CODE_LENGTH))
        queries.add_code(brand_id, member_id, random, now)
