"""What a rule is asked about, and why one gives nothing."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from app.purchases import Purchase


class ProductFacts(Protocol):
    """What rules ask of the catalogue; ``products.services.ProductFacts`` has it."""

    @property
    def cost(self) -> int | None: ...
    @property
    def complements(self) -> Collection[str]: ...
    @property
    def upgrades(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Facts:
    """What has happened, as far as rules may ask.

    - ``purchase``: its lines' ``amount`` is the won paid in money for them;
    - ``rate_basis_points``: the order's accrual rate, the tier's part included, and
      ``accruing`` the lines that earn by it (None: all);
    - ``order_ref``: ``order/<id>``, the occasion of an order; ``order_number``: the
      how-manieth of the member it is, this one counted; ``last_order_at``: the one
      before;
    - ``products`` by SKU, and ``purchases``: when a SKU was last bought before;
    - ``tier``: the member's, for ``tier_reached`` the one reached; ``programme``:
      whose stamp card is full; ``event``: its type; ``side``: ``inviter`` or
      ``invitee`` of a referral;
    - ``occasion``: what makes it happen only once (``birthday/2026``); orders and
      joining have their own.
    """

    brand_id: UUID
    member_id: UUID
    tier: str | None = None
    purchase: Purchase | None = None
    rate_basis_points: int = 0
    accruing: frozenset[int] | None = None
    order_ref: str | None = None
    order_number: int | None = None
    last_order_at: datetime | None = None
    products: Mapping[str, ProductFacts] = field(default_factory=dict)
    purchases: Mapping[str, datetime] = field(default_factory=dict)
    programme: str | None = None
    event: str | None = None
    side: str | None = None
    occasion: str | None = None


class Skip(NamedTuple):
    """A rule that was looked at and gives nothing, and why."""

    rule: str
    reason: str
    ko: str
    en: str


def bucket(brand_id: UUID, scope: str, member_id: UUID) -> int:
    """Return the member's bucket, 0 to 99, for one purpose: always the same, evenly spread.

    >>> bucket(UUID(int=1), "rewards", UUID(int=2))
    74
    """
    digest = hashlib.sha256(f"{brand_id}|{scope}|{member_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100


def is_held_out(brand_id: UUID, scope: str, member_id: UUID, percent: int) -> bool:
    return percent > 0 and bucket(brand_id, scope, member_id) < percent
