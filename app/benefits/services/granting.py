"""Granting: from what is to be given to what is posted and written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import queries, rules
from app.benefits.rules import Grant, MemberBenefits
from app.brands import services as brands
from app.brands.services import Settings
from app.coupons import services as coupons
from app.coupons.services import CouponsState, Templates
from app.ids import new_id
from app.points import services as points


@dataclass(frozen=True)
class Granted:
    """A grant as it was made."""

    id: UUID
    grant: Grant
    coupons: Sequence[dict[str, Any]]  # {"id", "template"} of each coupon issued


@dataclass(frozen=True)
class Plan:
    """What grants need: ledger operations, coupons to issue, and their own rows."""

    granted: list[Granted] = field(default_factory=list)
    operations: list[points.Operation] = field(default_factory=list)
    coupons: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


def plan(
    grants: Sequence[Grant],
    member_id: UUID,
    settings: Settings,
    templates: Templates,
    coupons_state: CouponsState,
    *,
    order_id: UUID | None,
    earned_at: datetime,
    pending: bool = False,
    confirms_at: datetime | None = None,
    first: int = 0,
    actor: str,
    now: datetime,
) -> Plan:
    """Return what ``grants`` need, to be posted from operation number ``first`` on.

    Points of several benefits of one grant are one accrual, which lapses with the
    earliest of them. A coupon template that is gone or used up gives nothing. Stamps
    are not given here: they are for who made the grant.
    """
    planned = Plan()
    zone = ZoneInfo(settings.timezone)
    for grant in grants:
        grant_id = new_id()
        accrue_at = None
        if grant.points:
            accrue_at = first + len(planned.operations)
            planned.operations.append(
                points.accrual(
                    grant.points,
                    pending=pending,
                    expires_at=_expiry(grant, settings, earned_at, zone),
                    confirms_at=confirms_at if pending else None,
                    meta={
                        "rule": grant.source,
                        "rule_version": grant.version,
                        "origin": "reward",
                        "reason": grant.reason.ko,
                        "order_id": order_id,
                        "actor": actor,
                        "cause": f"grant/{grant_id}",
                        "occurred_at": earned_at,
                    },
                )
            )
        issued = []
        for number, benefit in enumerate(grant.benefits):
            if benefit.template is None:
                continue
            template = coupons.issuable(templates, benefit.template, coupons_state, now=now)
            if template is not None:
                row = coupons.issue_changes(
                    template,
                    member_id,
                    source_order_id=order_id,
                    cause=f"grant/{grant_id}/{number}",
                    now=now,
                    zone=zone,
                )
                planned.coupons.append(row)
                issued.append({"id": str(row["id"]), "template": template.code})
        gave: dict[str, Any] = {
            "coupons": issued,
            "tags": [benefit.tag for benefit in grant.benefits if benefit.tag],
        }
        if stamps := grant.stamps:
            gave["stamps"] = stamps
        planned.granted.append(Granted(grant_id, grant, issued))
        planned.rows.append(
            {
                "id": grant_id,
                "source": grant.source,
                "source_version": grant.version,
                "occasion": grant.occasion,
                "order_id": order_id,
                "points": grant.points,
                "accrue_at": accrue_at,
                "counted": grant.limit is not None,
                "grants_max": grant.limit and grant.limit.grants,
                "points_max": grant.limit and grant.limit.points,
                "gave": gave,
                "terms": grant.terms,
                "reason_ko": grant.reason.ko,
                "reason_en": grant.reason.en,
            }
        )
    return planned


def grant(
    brand_id: UUID,
    member_id: UUID,
    grants: Sequence[Grant],
    *,
    order_id: UUID | None = None,
    actor: str,
    now: datetime,
) -> list[Granted]:
    """Give a member what is not given for its occasion yet and not used up.

    Locks the member's account. Repeating it gives nothing again.

    :raises AccountNotFound: the member has no account
    """
    if not grants:
        return []
    points.lock_balance(brand_id, member_id, now=now)
    settings = brands.current_settings(brand_id)
    given = queries.list_in_force(
        brand_id, member_id, {(each.source, each.occasion) for each in grants}
    )
    state = read_state(brand_id, member_id, settings.timezone, now=now)
    fresh = [
        each
        for each in grants
        if (each.source, each.occasion) not in given and not rules.is_used_up(each, state)
    ]
    if not fresh:
        return []
    templates = coupons.templates_of(brand_id, brands.programme_version(brand_id))
    planned = plan(
        fresh,
        member_id,
        settings,
        templates,
        coupons.read_state(brand_id, member_id, now=now),
        order_id=order_id,
        earned_at=now,
        actor=actor,
        now=now,
    )
    results: Sequence[dict[str, Any]] = []
    if planned.operations:
        _, results = points.post(brand_id, member_id, planned.operations, now=now)
    coupons.write_changes(
        brand_id, member_id, {"issue": planned.coupons}, order_id=order_id, now=now
    )
    queries.write(brand_id, member_id, planned.rows, results, now)
    return planned.granted


def read_state(brand_id: UUID, member_id: UUID, zone: str, *, now: datetime) -> MemberBenefits:
    """Return what is known of a member's grants; lock the account first."""
    return rules.state_of(queries.read_state(brand_id, member_id, zone, now))


def _expiry(
    grant: Grant, settings: Settings, earned_at: datetime, zone: ZoneInfo
) -> datetime | None:
    days = [benefit.expires_in_days for benefit in grant.benefits if benefit.expires_in_days]
    if not days:
        return points.expiry_of(earned_at, settings)
    return points.midnight_of(earned_at + timedelta(days=min(days)), zone)
