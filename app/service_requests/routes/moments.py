"""What time and day it is for a brand."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app import clock
from app.brands import services as brands


def brand_now(brand_id: UUID) -> datetime:
    """Return the brand's own time: its test clock if one is set."""
    return brands.brand_now(brand_id, clock.now())


def brand_today(brand_id: UUID) -> date:
    zone = ZoneInfo(brands.current_settings(brand_id).timezone)
    return brand_now(brand_id).astimezone(zone).date()
