"""What a merge or an erasure does to consents: they never widen, and their proof stays."""

from datetime import datetime, timedelta
from uuid import UUID

from app.brands import services as brands
from app.consents.queries import records as queries
from app.consents.rules.following import closed_by_merge, kept_by_merge
from app.consents.rules.records import SEOUL
from app.consents.services.recording import tell
from app.consents.services.standing import load_states
from app.members.events import MemberErased, MemberMerged


def follow_merge(event: MemberMerged) -> None:
    """Let the survivor keep what both allow, and end what the merged member agreed to.

    The merged member's chain stays as it is and ends with what became of it.
    """
    brand_id = event.brand_id
    for member_id in sorted({event.member_id, event.into_id}):
        queries.lock_chain(brand_id, member_id)
    merged = load_states(brand_id, event.member_id)
    survivor = load_states(brand_id, event.into_id)
    for member_id, actions in (
        (event.into_id, kept_by_merge(survivor, merged)),
        (event.member_id, closed_by_merge(merged)),
    ):
        _append(brand_id, member_id, actions, "merge", event.actor, now=event.now)


def forget(event: MemberErased) -> None:
    """End every consent, empty what proves them by name, and begin the time of keeping."""
    brand_id, member_id, now = event.brand_id, event.member_id, event.now
    queries.lock_chain(brand_id, member_id)
    states = load_states(brand_id, member_id)
    actions = {
        purpose: "withdrawn"
        for purpose, state in states.items()
        if state.state in ("granted", "pending")
    }
    _append(brand_id, member_id, actions, "erasure", event.actor, now=now)
    queries.cancel_notices(brand_id, member_id)
    queries.empty_evidence(brand_id, member_id, now=now)
    days = brands.current_settings(brand_id).consents.keep_days_after_erasure
    queries.keep_until(brand_id, member_id, (now.astimezone(SEOUL) + timedelta(days=days)).date())


def _append(
    brand_id: UUID,
    member_id: UUID,
    actions: dict[str, str],
    source: str,
    actor: str,
    *,
    now: datetime,
) -> None:
    rows = [
        {"purpose": purpose, "action": action, "language": None, "version": None, "method": None}
        for purpose, action in sorted(actions.items())
    ]
    if not rows:
        return
    done = queries.append(
        brand_id,
        member_id,
        rows,
        source=source,
        actor=actor,
        recorded_by=actor,
        evidence=None,
        at=now,
    )
    tell(brand_id, member_id, done, now=now)
