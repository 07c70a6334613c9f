"""The point ledger in plain Python: what the real one must agree with.

It follows the words of the design, not the SQL: lots are lists, and everything that
falls due is settled before each step.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Seoul")


class Refused(Exception):
    """The ledger must refuse this, and change nothing."""


def midnight(instant: datetime, days: int) -> datetime:
    day = instant.astimezone(ZONE).date() + timedelta(days=days)
    return datetime.combine(day, time(), ZONE)


@dataclass
class Lot:
    number: int
    remaining: int
    pending: int
    expires_at: datetime
    lapsed: int = 0  # less what refunds counted as taken back
    confirms_at: datetime | None = None
    renewed: bool = False


@dataclass
class Draw:
    """What one redemption or hold took from one lot, and got back since."""

    lot: Lot
    taken: int
    returned: int = 0


@dataclass
class Hold:
    amount: int
    expires_at: datetime
    draws: list[Draw]
    state: str = "open"


@dataclass
class Terms:
    """The brand's settings; an order keeps those of its day."""

    policy: str = "debt"
    grace_days: int = 0
    round_up: bool = False


EXPIRY_DAYS = 5
CONFIRM_DAYS = 2
RATE = Fraction(1, 10)


@dataclass
class Account:
    lots: list[Lot] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    debt: int = 0

    @property
    def available(self) -> int:
        return sum(lot.remaining for lot in self.lots)

    def balance(self) -> dict[str, int]:
        return {
            "available": self.available,
            "pending": sum(lot.pending for lot in self.lots),
            "held": sum(hold.amount for hold in self.holds if hold.state == "open"),
            "debt": self.debt,
        }

    def expiries(self) -> list[tuple[datetime, int]]:
        dates = sorted({lot.expires_at for lot in self.lots if lot.remaining})
        return [
            (date, sum(lot.remaining for lot in self.lots if lot.expires_at == date))
            for date in dates
        ]

    def settle(self, now: datetime) -> None:
        for hold in sorted(self.holds, key=lambda hold: hold.expires_at):  # stable: oldest first
            if hold.state == "open" and hold.expires_at <= now:
                self._close(hold, "expired", hold.amount)
                self.expire(hold.expires_at)
                self._repay()
        due = [lot for lot in self.lots if lot.pending and lot.confirms_at <= now]
        for lot in sorted(due, key=lambda lot: (lot.confirms_at, lot.number)):
            self.confirm(lot)
        self.expire(now)

    def expire(self, now: datetime) -> int:
        lapsed = [lot for lot in self.lots if lot.expires_at <= now]
        points = sum(lot.remaining for lot in lapsed)
        for lot in lapsed:
            lot.lapsed, lot.remaining = lot.lapsed + lot.remaining, 0
        return points

    def accrue(self, points: int, expires_at: datetime, now: datetime) -> Lot:
        lot = self._open(points, 0, expires_at)
        self.expire(now)  # an order of long ago brings points that have lapsed
        self._repay()
        return lot

    def accrue_pending(self, points: int, expires_at: datetime, confirms_at: datetime) -> Lot:
        lot = self._open(0, points, expires_at)
        lot.confirms_at = confirms_at
        return lot

    def confirm(self, lot: Lot) -> None:
        lot.remaining, lot.pending = lot.remaining + lot.pending, 0
        self._repay()

    def take(self, points: int) -> list[Draw]:
        """Take points, the soonest to expire first."""
        if points > self.available:
            raise Refused("insufficient_points")
        draws = []
        for lot in sorted(self.lots, key=lambda lot: (lot.expires_at, lot.number)):
            taken = min(points, lot.remaining)
            if taken:
                lot.remaining -= taken
                points -= taken
                draws.append(Draw(lot, taken))
        return draws

    def hold(self, points: int, expires_at: datetime) -> Hold:
        hold = Hold(points, expires_at, self.take(points))
        self.holds.append(hold)
        return hold

    def capture(self, hold: Hold, points: int, now: datetime) -> None:
        if hold.state != "open":
            raise Refused("hold_expired" if hold.state == "expired" else "hold_closed")
        if points > hold.amount:
            raise Refused("capture_exceeds_hold")
        self._close(hold, "captured", hold.amount - points)
        self.expire(now)
        self._repay()

    def void(self, hold: Hold, now: datetime) -> None:
        if hold.state == "captured":
            raise Refused("hold_closed")
        if hold.state == "open":
            self._close(hold, "voided", hold.amount)
            self.expire(now)
            self._repay()

    def transfer(self, target: "Account", points: int, now: datetime) -> None:
        for draw in self.take(points):
            target._open(draw.taken, 0, draw.lot.expires_at).renewed = draw.lot.renewed
        target._repay()

    def restore(self, draws: list[Draw], points: int, grace: datetime | None, now: datetime) -> int:
        """Give redeemed points back; return how many of them lapsed at once."""
        self._give_back(draws, points)
        if grace is not None:
            for lot in sorted(self.lots, key=lambda lot: (lot.expires_at, lot.number)):
                if lot.remaining and lot.expires_at <= now and not lot.renewed:
                    self._open(lot.remaining, 0, grace).renewed = True
                    lot.remaining = 0
        lapsed = self.expire(now)
        self._repay()
        return lapsed

    def claw_back(self, points: int, lot: Lot | None, policy: str) -> tuple[int, int, int]:
        """Take earned points back; return how many were taken, had lapsed, and are owed."""
        missing = points
        lapsed = 0
        if lot is not None:
            cancelled = min(missing, lot.pending)
            lot.pending -= cancelled
            missing -= cancelled
            own = min(missing, lot.remaining)
            lot.remaining -= own
            missing -= own
            lapsed = min(missing, lot.lapsed)
            lot.lapsed -= lapsed
            missing -= lapsed
        if policy != "floor":
            others = min(missing, self.available)
            self.take(others)
            missing -= others
        taken = points - lapsed - missing
        owed = missing if policy == "debt" else 0
        self.debt += owed
        return taken, lapsed, owed

    def _open(self, remaining: int, pending: int, expires_at: datetime) -> Lot:
        lot = Lot(len(self.lots) + 1, remaining, pending, expires_at)
        self.lots.append(lot)
        return lot

    def _close(self, hold: Hold, state: str, returned: int) -> None:
        hold.state = state
        self._give_back(hold.draws, returned)

    def _give_back(self, draws: list[Draw], points: int) -> None:
        """Give back to the very lots, the latest to expire first."""
        order = sorted(draws, key=lambda draw: (draw.lot.expires_at, draw.lot.number), reverse=True)
        for draw in order:
            given = min(points, draw.taken - draw.returned)
            draw.lot.remaining += given
            draw.returned += given
            points -= given
        assert points == 0

    def _repay(self) -> None:
        paid = min(self.debt, self.available)
        self.take(paid)
        self.debt -= paid


@dataclass
class Line:
    quantity: int
    net: int
    share: int = 0
    refunded: int = 0

    def parts(self, refunded: int, *, up: bool) -> tuple[int, int]:
        """Return the cash and the points that so many of the quantity stand for."""
        rounded = ceil if up else floor
        of = Fraction(refunded, self.quantity)
        return rounded((self.net - self.share) * of), rounded(self.share * of)


@dataclass
class Order:
    """An order of one account, and what a refund of it does."""

    account: Account
    terms: Terms
    lines: list[Line]
    draws: list[Draw]
    lot: Lot | None = None
    earned: int = 0
    taken_back: int = 0
    path: str = ""

    def refund(self, quantities: dict[int, int], now: datetime) -> dict[str, int]:
        for number, quantity in quantities.items():
            if quantity > self.lines[number - 1].quantity - self.lines[number - 1].refunded:
                raise Refused("refund_exceeds_order")
        if not any(quantities.values()):
            raise Refused("refund_exceeds_order")
        cash = points = 0
        up = self.terms.round_up
        for number, quantity in quantities.items():
            line = self.lines[number - 1]
            before = line.parts(line.refunded, up=up)
            line.refunded += quantity
            after = line.parts(line.refunded, up=up)
            cash += after[0] - before[0]
            points += after[1] - before[1]
        left = sum(
            line.net - line.share - line.parts(line.refunded, up=up)[0] for line in self.lines
        )
        back = self.earned - floor(left * RATE) - self.taken_back
        self.taken_back += back
        grace = midnight(now, self.terms.grace_days + 1) if self.terms.grace_days else None
        lapsed = self.account.restore(self.draws, points, grace, now) if points else 0
        taken, gone, owed = self.account.claw_back(back, self.lot, self.terms.policy)
        return {
            "cash": cash,
            "restored": points,
            "restored_expired": lapsed,
            "clawed_back": taken,
            "lapsed": gone,
            "debt_added": owed,
        }


def shares_of(total: int, nets: list[int]) -> list[int]:
    """Split points over lines by the largest remainder, the first line first."""
    if not total:
        return [0] * len(nets)
    exact = [Fraction(total * net, sum(nets)) for net in nets]
    shares = [floor(part) for part in exact]
    by_rest = sorted(range(len(nets)), key=lambda i: shares[i] - exact[i])
    for i in by_rest[: total - sum(shares)]:
        shares[i] += 1
    return shares
