"""Which feature listens to which event: the whole table. Handlers run in the transaction."""

from collections.abc import Callable
from typing import Any

from app import events
from app.benefits import services as benefits
from app.consents import services as consents
from app.coupons import services as coupons
from app.desk import services as desk
from app.exchanges import services as exchanges
from app.members.events import MemberErased, MemberMerged, MemberReferred, MemberRegistered
from app.messages import services as messages
from app.messages.events import MessageSent
from app.points import services as points
from app.rewards import services as rewards
from app.service_requests import services as service_requests
from app.stamps import services as stamps
from app.stamps.events import StampCardCompleted
from app.tiers import services as tiers
from app.tiers.events import TierChanged
from app.warranties import services as warranties

SUBSCRIPTIONS: dict[type, list[Callable[[Any], None]]] = {
    MemberRegistered: [points.open_account, rewards.greet],
    MemberReferred: [rewards.record_invitation],
    MemberMerged: [
        consents.follow_merge,
        messages.move_to_survivor,
        points.move_to_survivor,
        points.move_notices,
        stamps.move_to_survivor,  # before grants, whose occasions name cards
        benefits.move_to_survivor,
        coupons.move_to_survivor,
        tiers.move_to_survivor,
        rewards.move_to_survivor,
        rewards.move_events,
        exchanges.move_to_survivor,
        warranties.move_to_survivor,
        service_requests.move_to_survivor,
        desk.move_to_survivor,
    ],
    MemberErased: [
        consents.forget,
        messages.forget_member,
        points.forfeit,
        points.cancel_notices,
        coupons.forget_member,
        stamps.forget,
        tiers.forget,
        rewards.forget,
        rewards.empty_events,
        exchanges.forget_reasons,
        service_requests.forget,  # a request is locked before its unit
        warranties.forget,
        desk.forget,
    ],
    MessageSent: [consents.record_notice],
    StampCardCompleted: [rewards.reward_card],
    TierChanged: [rewards.reward_tier],
}


def connect() -> None:
    """Load the table; repeating it changes nothing."""
    events.HANDLERS.clear()
    for event, handlers in SUBSCRIPTIONS.items():
        events.HANDLERS[event] = list(handlers)
