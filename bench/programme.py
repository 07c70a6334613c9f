"""What the replay's brand offers, who was born when and who invites whom, and what comes of it.

The ladder is the trade's own. A card has a stamp for each order and gives at every
third. Rules reward birthdays, invitations and buying a product again, within budgets.
None of it touches a price, so sales, refunds and the points of orders are as without.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from bench.answers import GOAL
from bench.client import Client
from bench.dataset import AS_OF, EXPIRY_DAYS, ZONE, Dataset

CONFIRM_AFTER_DAYS = 14
SETTINGS: dict[str, Any] = {
    "timezone": "Europe/London",
    "accrual": {
        "rate_basis_points": 100,
        "rounding_unit": 1,
        "rounding": "down",
        "pending": "immediate",
        "confirm_after_days": CONFIRM_AFTER_DAYS,
        "expiry": {"kind": "days", "count": EXPIRY_DAYS},
        "excluded_categories": [],
    },
    "refund": {"clawback": "debt", "grace_days": 0, "rounding_paid_by": "customer"},
}
# Tiers, period and assessment are the example of the trade. Orders count at once, and
# what comes back on its own day, as in the reference.
LADDER = {"basis": "net_paid", "counted_when": "paid", "refunds_count_on": "refund_day"}
GIFT = {"name": "컵", "kind": "gift", "gift": {"sku": "CUP", "name": "Cup"}, "total_limit": 100_000}
CARD = {
    "name": "세 번째 주문마다",
    "earn": {"per": "order"},
    "goal": GOAL,
    "rewards": [{"at": GOAL, "benefits": [{"points": 300}, {"gift": "CUP"}]}],
}
BIRTHDAY_POINTS = 500
RULES: dict[str, dict[str, Any]] = {
    "BIRTHDAY": {
        "name": "생일 축하",
        "trigger": {"on": "birthday", "valid_days": 60},
        "effects": [{"points": BIRTHDAY_POINTS}],
        "limits": {"per_member": {"times": 1, "period": "year"}},
    },
    "FRIEND": {
        "name": "친구 초대",
        "trigger": {"on": "referral_qualified", "to": "both"},
        "effects": [{"points": 1000}],
        "limits": {"total_grants": 100_000},
    },
    "AGAIN": {
        "name": "다시 사면 10P",
        "trigger": {"on": "repurchase", "kind": "same_product"},
        "effects": [{"points": 10}],
        "limits": {"total_points": 10_000_000},
    },
}

# Members join before the first order, so that invitations come before it, and tell their
# birthdays in time for most of them to count; then everything happens on the last day of
# the data, all of which counts; all is undone the day after.
JOINED = datetime(2010, 11, 1, 12, tzinfo=ZONE)
BORN = datetime(2011, 11, 1, 12, tzinfo=ZONE)
NOW = datetime.combine(AS_OF, time_of_day(23, 59, 59), ZONE)
AFTERWARDS = NOW + timedelta(hours=12)
NOTICE_DAYS = 30  # the default of rewards.birthday_notice_days


def set_up(client: Client) -> None:
    """Give the brand settings, ladder, card and rules. Repeating it changes nothing."""
    if not _covers(client.send("GET", "/v1/brand").body, SETTINGS):
        client.send("PATCH", "/v1/brand", SETTINGS)
    turn_clock(client, JOINED)
    client.send("PUT", "/v1/tier-ladder", LADDER)
    client.send("PUT", "/v1/coupon-templates/CUP", GIFT)
    client.send("PUT", "/v1/stamp-programmes/THIRD", CARD)
    for code, definition in RULES.items():
        rule = client.send("PUT", f"/v1/reward-rules/{code}", definition).body
        if rule["status"] != "active":
            client.send("POST", f"/v1/reward-rules/{code}/activate", key=f"replay-rule-{code}")


def turn_clock(client: Client, to: datetime) -> None:
    """Turn the brand's clock on, never back."""
    shown = client.send("GET", "/v1/brand").body["test_clock"]
    if shown is None or datetime.fromisoformat(shown) < to:
        body = {"now": to.isoformat()}
        client.send("POST", "/v1/test-clock", body, key=f"replay-clock-{to.isoformat()}")


@dataclass(frozen=True)
class People:
    """Made-up facts that the data lack: who was born when, and who was invited by whom."""

    birthdays: dict[str, date]
    invited_by: dict[str, str]

    @property
    def uninvited(self) -> list[str]:
        return [member for member in self.birthdays if member not in self.invited_by]


def people_of(data: Dataset) -> People:
    """Return the same for the same data: birthdays on its last forty days, one in ten invited."""
    last, customers = AS_OF.replace(year=1980), data.customers
    return People(
        birthdays={name: last - timedelta(days=n % 40) for n, name in enumerate(data.members)},
        invited_by={customers[n]: customers[n - 1] for n in range(1, len(customers), 10)},
    )


def register(client: Client, member: str, people: People) -> None:
    """Register a member with, if invited, the code of who did."""
    body: dict[str, Any] = {}
    inviter = people.invited_by.get(member)
    if inviter is not None:
        code = client.send("GET", f"/v1/members/ext:{inviter}/referral-code").body["code"]
        body["referred_by_code"] = code
    client.send("PUT", f"/v1/members/ext:{member}", body)


def tell_birthday(client: Client, member: str, people: People) -> None:
    body = {"birthday": people.birthdays[member].isoformat()}
    client.send("PUT", f"/v1/members/ext:{member}", body)


def expected_grants(data: Dataset, people: People, right: dict[str, int]) -> dict[str, int]:
    """Return how often each source gives something, before anything is given back.

    A birthday is rewarded if it was told long enough ahead; an invitation, on both
    sides, once an order of who was invited is old enough to be confirmed by itself.
    """
    told_by = [
        datetime.combine(
            born.replace(year=AS_OF.year) - timedelta(days=NOTICE_DAYS - 1), time_of_day(), ZONE
        )
        for born in people.birthdays.values()
    ]
    confirmed = {
        order.customer
        for order in data.orders
        if order.placed_at.date() + timedelta(days=CONFIRM_AFTER_DAYS) <= AS_OF
    }
    return {
        "stamps:THIRD": right["stamp_rewards"],
        "rule:AGAIN": right["repurchases"],
        "rule:BIRTHDAY": sum(at > BORN for at in told_by),
        "rule:FRIEND": 2 * len(confirmed & set(people.invited_by)),
    }


def _covers(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_covers(shown.get(name), value) for name, value in wanted.items())
    return bool(shown == wanted)
