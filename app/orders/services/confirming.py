"""Confirmation: the buyer keeps the goods, and what waited for that happens.

Pending points become spendable, the order counts for the tier and for stamps if the
brand counts confirmed orders, and rules on confirmed orders are asked.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import ids
from app.benefits import services as benefits
from app.brands import services as brands
from app.db import db
from app.events import publish
from app.members import services as members
from app.orders import queries, rules
from app.orders.errors import OrderNotConfirmable
from app.orders.events import OrderConfirmed
from app.orders.models import Order
from app.orders.services.accounts import Accounts, lock_accounts
from app.orders.services.following import Occasion, follow, tell_cards
from app.orders.services.programme import programme_of
from app.orders.services.reading import Effect, Receipt, receipt_of
from app.orders.services.remaining import purchase_left
from app.orders.services.writing import effect_rows
from app.points import services as points
from app.rewards import services as rewards
from app.rewards.services import ReferralOutcome
from app.tiers import services as tiers


def confirm_order(brand_id: UUID, order_id: UUID, *, actor: str, now: datetime) -> Receipt:
    """Confirm the purchase: its pending points can be spent. Repeating it changes nothing.

    :raises OrderNotConfirmable: the order is cancelled or wholly refunded
    """
    accounts, order = lock_to_confirm(brand_id, order_id, now=now)
    if order.status in ("refunded", "cancelled"):
        raise OrderNotConfirmable(state=order.status)
    confirm(order, accounts, actor=actor, now=now)
    return receipt_of(order, now=now)


def lock_to_confirm(
    brand_id: UUID, order_id: UUID, *, now: datetime
) -> tuple[Accounts | None, Order]:
    """Lock the accounts that a confirmation may give something, then the order.

    The order may qualify an invitation, which rewards who invited.
    """
    order = queries.known_order(brand_id, order_id)
    inviters: list[UUID] = []
    if order.member_id is not None:
        survivor = members.survivor_id(brand_id, order.member_id)
        inviters += rewards.list_waiting(brand_id, [survivor]).values()
    return lock_accounts(order, others=inviters, now=now), queries.lock_order(brand_id, order_id)


def confirm(order: Order, accounts: Accounts | None, *, actor: str, now: datetime) -> None:
    """Do what confirmation does, once; accounts and order are locked.

    An order whose day has come is confirmed as of that day, whoever notices.
    """
    if order.confirmed_at is not None:
        return
    due = rules.is_confirmed(None, order.confirm_due_at, now)
    order.confirmed_at = order.confirm_due_at if due else now
    if accounts is not None:
        _release_points(order, accounts, actor=actor, now=now)
    db.session.flush()  # what is told below is read from the tables
    if accounts is not None:
        follow_confirmation(order, accounts, actor=actor, now=now)
    publish(OrderConfirmed(order.brand_id, order.id, order.member_id, now))


def _release_points(order: Order, accounts: Accounts, *, actor: str, now: datetime) -> None:
    lots = points.list_order_lots(order.brand_id, accounts.survivor, order.id)
    if not (order.earned_pending and lots):
        return
    meta = {
        "rule": "accrual",
        "rule_version": order.settings_version,
        "actor": actor,
        "cause": f"order/{order.id}/confirmation",
    }
    operation = points.confirmation(lots, meta=meta)
    points.post(order.brand_id, accounts.survivor, [operation], now=now)


def follow_confirmation(order: Order, accounts: Accounts, *, actor: str, now: datetime) -> None:
    """Do what the programme does with an order that is confirmed."""
    brand_id = order.brand_id
    version = brands.programme_version(brand_id)
    if version == 0:
        return
    settings = brands.current_settings(brand_id)
    zone = ZoneInfo(settings.timezone)
    programme = programme_of(brand_id, version)
    lines = queries.list_lines(brand_id, order.id)
    left = purchase_left(order, lines, zone)
    raw = queries.read_programme(
        brand_id,
        accounts.survivor,
        skus=sorted({line.sku for line in lines}),
        placed_at=order.placed_at,
        except_order=order.id,
        now=now,
    )
    known = programme.known(raw, now.astimezone(zone).date())
    # A group that has given when the order was paid is closed for it.
    given = benefits.with_order(known.benefits, brand_id, accounts.survivor, order.id)
    known = replace(known, benefits=given)
    consequences = follow(
        programme,
        known,
        Occasion(
            brand_id=brand_id,
            order_id=order.id,
            member_id=accounts.survivor,
            purchase=left,
            gross=sum(line.amount for line in lines),
            base_points=order.earned - order.points_taken_back,
            rate=settings.accrual.rate_basis_points
            if order.accrual_rate is None
            else order.accrual_rate,
            accrues=[line.accrues for line in lines],
            triggers=("confirmed",),
            number=known.history.orders + 1,
            pending=False,
            confirms_at=None,
            counted=programme.ladder is not None
            and tiers.is_counted(brand_id, accounts.survivor, order.id),
        ),
        settings,
        actor=actor,
        now=now,
    )
    rows = consequences.rows()
    if consequences.issued:
        rows["coupons"] = {"issue": consequences.issued}
    if rows or consequences.operations:
        queries.follow(
            brand_id,
            accounts.survivor,
            order.id,
            {"operations": consequences.operations, **rows},
            now=now,
        )
    tell_cards(consequences, brand_id, accounts.survivor, order.id, now=now)
    told = qualify_invitation(
        brand_id,
        accounts.survivor,
        order.id,
        amount=left.amount(),
        is_first_order=known.history.orders == 0,
        confirmed_at=order.confirmed_at or now,
        address_index=order.address_index,
        actor=actor,
        now=now,
    )
    effects = [*consequences.effects, *told]
    if effects:
        queries.add_effects(
            brand_id,
            order.id,
            effect_rows(effects, first=queries.next_effect_no(brand_id, order.id)),
        )


def qualify_invitation(
    brand_id: UUID,
    member_id: UUID,
    order_id: UUID,
    *,
    amount: int,
    is_first_order: bool,
    confirmed_at: datetime,
    address_index: bytes | None,
    actor: str,
    now: datetime,
) -> list[Effect]:
    """Let a confirmed order make the member's invitation good; return what is told of it.

    ``amount`` is what was paid in money for its goods.
    """
    outcome = rewards.qualify_referral(
        brand_id,
        member_id,
        order_id=order_id,
        amount=amount,
        is_first_order=is_first_order,
        confirmed_at=confirmed_at,
        address_index=address_index,
        actor=actor,
        now=now,
    )
    return _referral_effects(outcome)


def _referral_effects(outcome: ReferralOutcome | None) -> list[Effect]:
    """Tell that the order made an invitation good, if it did."""
    if outcome is None or outcome.referral.state != "qualified":
        return []
    return [
        Effect(
            kind="referral_qualified",
            points=0,
            status="posted",
            reason="이 주문으로 초대가 인정됐어요",
            reason_en="This order makes the invitation good",
            rule="referral",
            rule_version=outcome.referral.settings_version or 0,
            terms={"referral": ids.show("ref", outcome.referral.id)},
        )
    ]
