"""What a partial refund leaves of a coupon's discount, under the terms of its use."""

from collections.abc import Mapping
from typing import Any

from app.coupons.rules.definitions import pricing_of
from app.purchases import Purchase, apportion


def meets_minimum(terms: Mapping[str, Any], remainder: Purchase) -> bool:
    """Whether what is kept would still have been enough for the coupon.

    ``remainder`` has the amounts before any coupon, as the order had when it was decided.
    """
    pricing = pricing_of(terms)
    return (
        bool(pricing.eligible(remainder))
        and pricing.measured(remainder) >= pricing.minimum_order_amount
    )


def recalculate(terms: Mapping[str, Any], remainder: Purchase) -> dict[int, int]:
    """Return the coupon's share of each line if only the remainder had been bought.

    ``remainder`` has the amounts before this coupon and after those that apply earlier.
    """
    pricing = pricing_of(terms)
    lines = pricing.eligible(remainder)
    weights = [line.amount for line in lines]
    parts = apportion(pricing.off(sum(weights)), weights)
    return {line.line_no: share for line, share in zip(lines, parts, strict=True) if share}
