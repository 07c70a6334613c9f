"""Limits: how often something may be done, counted in the database over all processes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app import crypto
from app.brands import services as brands
from app.verifications import queries, rules
from app.verifications.errors import VerificationTooMany
from app.verifications.rules import Window

NO_BRAND = UUID(int=0)


def count_towards(
    brand_id: UUID, windows: Sequence[Window], value: bytes, *, now: datetime
) -> None:
    """Count one more of something in each window, and refuse nothing."""
    is_test = brands.get_brand(brand_id).mode == "test"
    count(brand_id, windows, value, is_test=is_test, now=now)


def refuse_over(brand_id: UUID, windows: Sequence[Window], value: bytes, *, now: datetime) -> None:
    """:raises VerificationTooMany: one of the windows is full"""
    wait = wait_for(brand_id, windows, value, now=now)
    if wait is not None:
        raise VerificationTooMany(retry_after=wait)


def wait_for(
    brand_id: UUID, windows: Sequence[Window], value: bytes, *, now: datetime
) -> int | None:
    """Return in how many seconds there is room in each window again, None if there is now."""
    is_test = any(each.shared for each in windows) and brands.get_brand(brand_id).mode == "test"
    full = _full(brand_id, windows, value, is_test=is_test, now=now)
    ends = [rules.window_start(now, each.length) + each.length for each in full]
    return _seconds(max(ends) - now) if ends else None


def take_over_all(windows: Sequence[Window], value: bytes, *, now: datetime) -> None:
    """Count one more of something that belongs to no brand.

    :raises VerificationTooMany: one of the windows is full; nothing is counted then
    """
    for window in windows:
        begins_at = rules.window_start(now, window.length)
        key = _key(NO_BRAND, window, value)
        if queries.count(window.kind, key, begins_at, begins_at + window.length) > window.most:
            raise too_many(begins_at + window.length - now)


def forget_over_all(windows: Sequence[Window], value: bytes) -> None:
    """Begin to count anew what :func:`take_over_all` has counted."""
    for window in windows:
        queries.forget_limit(window.kind, _key(NO_BRAND, window, value))


def take(
    brand_id: UUID, windows: Sequence[Window], value: bytes, *, is_test: bool, now: datetime
) -> None:
    """Count one more in each window; refuse it if there were enough."""
    for window, taken in count(brand_id, windows, value, is_test=is_test, now=now):
        if taken > window.most:
            raise too_many(
                rules.window_start(now, window.length) + window.length - now,
            )


def count(
    brand_id: UUID, windows: Sequence[Window], value: bytes, *, is_test: bool, now: datetime
) -> list[tuple[Window, int]]:
    counts = []
    for window in _counted(windows, is_test=is_test):
        begins_at = rules.window_start(now, window.length)
        key = _key(brand_id, window, value)
        taken = queries.count(window.kind, key, begins_at, begins_at + window.length)
        counts.append((window, taken))
    return counts


def is_full(
    brand_id: UUID, windows: Sequence[Window], value: bytes, *, is_test: bool, now: datetime
) -> bool:
    return bool(_full(brand_id, windows, value, is_test=is_test, now=now))


def _full(
    brand_id: UUID, windows: Sequence[Window], value: bytes, *, is_test: bool, now: datetime
) -> list[Window]:
    counted = _counted(windows, is_test=is_test)
    found = queries.counted(
        [
            (each.kind, _key(brand_id, each, value), rules.window_start(now, each.length))
            for each in counted
        ]
    )
    return [window for window, count in zip(counted, found, strict=True) if count >= window.most]


def too_many(wait: timedelta) -> VerificationTooMany:
    return VerificationTooMany(retry_after=_seconds(wait))


def _seconds(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 1))


def forget_limit(brand_id: UUID, window: Window, value: bytes) -> None:
    """Begin to count anew."""
    queries.forget_limit(window.kind, _key(brand_id, window, value))


def _counted(windows: Sequence[Window], *, is_test: bool) -> list[Window]:
    # A test brand's codes leave the house for nobody: they take nothing from the others.
    return [window for window in windows if not (is_test and window.shared)]


def _key(brand_id: UUID, window: Window, value: bytes) -> bytes:
    owner = NO_BRAND if window.shared else brand_id
    return crypto.blind_index(owner, "verification_limits", window.kind, value.hex())
