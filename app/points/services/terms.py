"""What a brand's settings mean for points: how many, until when, confirmed when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.brands.services import Accrual, Settings
from app.points import rules


def points_for(basis: int, accrual: Accrual, *, rate: int | None = None) -> int:
    """Return the points that an amount earns by the brand's rule, or at another rate."""
    return rules.points_for(
        basis,
        rate_basis_points=accrual.rate_basis_points if rate is None else rate,
        unit=accrual.rounding_unit,
        rounding=accrual.rounding,
    )


def midnight_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the local day that an instant falls on."""
    return rules.midnight(instant.astimezone(zone).date(), zone)


def expiry_of(earned_at: datetime, settings: Settings) -> datetime | None:
    """Return when points earned at an instant lapse by the brand's rule, None for never."""
    rule = settings.accrual.expiry
    return rules.expires_at(
        earned_at, kind=rule.kind, count=rule.count, zone=ZoneInfo(settings.timezone)
    )


def confirmation_of(placed_at: datetime, settings: Settings) -> datetime | None:
    """Return when an order is confirmed by itself, None for never."""
    days = settings.accrual.confirm_after_days
    return rules.confirms_at(placed_at, days, ZoneInfo(settings.timezone))
