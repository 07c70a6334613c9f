"""What the ledger does when others do something, when time passes, and to prove itself."""

from datetime import datetime
from uuid import UUID

from app.findings import Finding
from app.ids import new_id
from app.members.events import MemberErased, MemberMerged, MemberRegistered
from app.points import audits, queries


def open_account(event: MemberRegistered) -> None:
    """Give a new member an account."""
    queries.open_account(event.brand_id, event.member_id)


def move_to_survivor(event: MemberMerged) -> None:
    """Move everything a merged member has, pending points and debt included.

    Open holds of the merged member are released first.
    """
    queries.move(
        event.brand_id,
        event.member_id,
        event.into_id,
        None,
        event.now,
        {
            "group_id": new_id(),
            "reason": "member_merged",
            "actor": event.actor,
            "cause": f"merge/{event.member_id}",
        },
    )


def forfeit(event: MemberErased) -> None:
    """End the account of an erased member: pending, held and available points lapse."""
    meta = {"reason": "member_erased", "actor": event.actor, "cause": f"erasure/{event.member_id}"}
    queries.post(event.brand_id, event.member_id, [{"op": "forfeit", "meta": meta}], event.now)


def forward(brand_id: UUID, source: UUID, target: UUID, *, now: datetime) -> None:
    """Move what a merged member came by after the merge on to the survivor."""
    queries.move(
        brand_id, source, target, None, now, {"group_id": new_id(), "reason": "member_merged"}
    )


def settle_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Settle the next ``limit`` accounts of which something is due, set-based.

    :returns: how many were settled, 0 when nothing is due
    """
    return queries.settle_chunk(brand_id, limit, now)


def audit(brand_id: UUID) -> list[Finding]:
    """Prove every equality of a brand's books; returns what does not hold."""
    return audits.audit(brand_id)


def rebuild(brand_id: UUID) -> list[Finding]:
    """Recompute accounts and lots from entries and allocations; returns what differs."""
    return audits.rebuild(brand_id)
