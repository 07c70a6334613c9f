"""What a member's own page shows: warranties, and all that the brand keeps for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import ids
from app.service_requests import services as service_requests
from app.service_requests.services import Case
from app.summaries import services as summaries
from app.summaries.services import Summary
from app.warranties import services as warranties
from app.warranties.services import Coverage, Piece, Registered

SHOWN = 50


@dataclass(frozen=True)
class Owned:
    """A unit of the member's with its coverage today."""

    found: Registered
    piece: Piece
    coverage: Coverage

    @property
    def path(self) -> str:
        return f"/my/warranties/{ids.show('wty', self.found.warranty.id)}"

    @property
    def certificate(self) -> str:
        return f"{self.found.unit.serial}-{self.found.warranty.seq}"


@dataclass(frozen=True)
class Mine:
    """What a member has. Requests, the newest first, are those of what they own and open ones."""

    owned: Sequence[Owned]
    requests: Sequence[Case]
    summary: Summary


def show_mine(brand_id: UUID, member_id: UUID, *, today: date, now: datetime) -> Mine:
    """Return what a member has: the newest 50 units, points, stamps, coupons and tier."""
    found = warranties.list_warranties(brand_id, member_id=member_id, ended=False, limit=SHOWN)
    units = {each.unit.id for each in found}
    requests = service_requests.list_of_member(brand_id, member_id, SHOWN)
    return Mine(
        [own(each, today=today) for each in found],
        [
            each
            for each in requests
            if each.request.unit_id in {None, *units} or each.request.phase != "done"
        ],
        summaries.summarise(brand_id, ids.show("mem", member_id), now=now),
    )


def own(found: Registered, *, today: date) -> Owned:
    """Return a registration with what its unit is covered by today."""
    piece = warranties.piece_of(found.unit)
    return Owned(found, piece, warranties.coverage_of(piece, on=today))
