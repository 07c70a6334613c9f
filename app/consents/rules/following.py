"""What is left of consents when two members turn out to be one person."""

from collections.abc import Mapping

from app.consents.rules.records import State

_NO = ("refused", "withdrawn")


def kept_by_merge(survivor: Mapping[str, State], merged: Mapping[str, State]) -> dict[str, str]:
    """Return what is recorded for the survivor: the stricter of both answers.

    A consent of the merged member alone is not carried over: a mistaken merge would send
    one person's advertising to another.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> yes, no = State("granted", at), State("refused", at)
    >>> kept_by_merge({"ad_sms": yes, "ad_push": yes}, {"ad_sms": no, "ad_email": yes})
    {'ad_sms': 'withdrawn'}
    >>> kept_by_merge({}, {"ad_sms": no})
    {'ad_sms': 'refused'}
    """
    result = {}
    for purpose, state in merged.items():
        if state.state not in _NO:
            continue
        before = survivor.get(purpose)
        if before is None or before.state not in _NO:
            granted = before is not None and before.state == "granted"
            result[purpose] = "withdrawn" if granted else "refused"
    return result


def closed_by_merge(merged: Mapping[str, State]) -> dict[str, str]:
    """Return what is recorded for the merged member: what it agreed to is over.

    >>> from datetime import UTC, datetime
    >>> closed_by_merge({"ad_sms": State("granted", datetime(2026, 1, 1, tzinfo=UTC))})
    {'ad_sms': 'expired'}
    """
    return {
        purpose: "expired"
        for purpose, state in merged.items()
        if state.state in ("granted", "pending")
    }
