"""What is held on a person, over all features: the whole table.

A feature whose tables speak of members has ``exports``; a test refuses a table that refers to
members and is neither in a part nor left out for a reason.
"""

from collections.abc import Mapping

from app.benefits import exports as benefits
from app.consents import exports as consents
from app.coupons import exports as coupons
from app.desk import exports as desk
from app.exchanges import exports as exchanges
from app.members import exports as members
from app.messages import exports as messages
from app.orders import exports as orders
from app.parts import Part
from app.points import exports as points
from app.rewards import exports as rewards
from app.service_requests import exports as service_requests
from app.stamps import exports as stamps
from app.tiers import exports as tiers
from app.warranties import exports as warranties

# From bottom to top.
FEATURES = (
    members,
    consents,
    messages,
    points,
    coupons,
    benefits,
    stamps,
    tiers,
    rewards,
    exchanges,
    orders,
    warranties,
    service_requests,
    desk,
)
PARTS: Mapping[str, Part] = {
    name: part for feature in FEATURES for name, part in feature.PARTS.items()
}
# Tables that refer to members and are told nothing of, each with the reason.
LEFT_OUT: Mapping[str, str] = {
    table: reason for feature in FEATURES for table, reason in feature.LEFT_OUT.items()
}
