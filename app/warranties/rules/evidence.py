"""What speaks for a copied label, weighed. Staff decide; nothing follows by itself.

Personal Information Protection Act, article 37-2: nobody is judged by a machine alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# From here on staff are asked to look.
ASKS_FROM = 3
DEVICES_BEFORE = 3  # looked at by so many before anybody registered it
DEVICES_AFTER = 5  # … or by so many others since
ALIKE = 4  # bits of 64 in which two photos of one receipt may differ
ORDER_UNITS = 5  # units registered under one order number


@dataclass(frozen=True)
class Facts:
    """What is known of one unit; devices are counted once each, the owner's left out."""

    devices_unshipped: int = 0
    devices_before: int = 0
    devices_after: int = 0
    claimed_unshipped: bool = False
    other_channel: bool = False
    units_of_order: int = 0
    units_of_receipt: int = 0  # other units that the same photo was sent for
    doubtful_reports: int = 0
    owner_disputes: int = 0
    claims_refused: int = 0


def weigh(facts: Facts) -> dict[str, int]:
    """Return what speaks for a copy, each with its weight.

    >>> weigh(Facts(devices_unshipped=2, doubtful_reports=1))
    {'scanned_before_shipment': 2, 'reported_doubtful': 2}
    >>> weigh(Facts(devices_before=2))
    {}
    """
    found = {
        "scanned_before_shipment": 2 if facts.devices_unshipped > 0 else 0,
        "claimed_before_shipment": 1 if facts.claimed_unshipped else 0,
        "many_devices_before_claim": 2 if facts.devices_before >= DEVICES_BEFORE else 0,
        "many_devices_after_claim": 2 if facts.devices_after >= DEVICES_AFTER else 0,
        "other_channel": 1 if facts.other_channel else 0,
        "order_reused": 2 if facts.units_of_order >= ORDER_UNITS else 0,
        "receipt_reused": 3 if facts.units_of_receipt else 0,
        "reported_doubtful": min(4, 2 * facts.doubtful_reports),
        "ownership_disputed": min(6, 3 * facts.owner_disputes),
        "claimed_again": min(6, 3 * facts.claims_refused),
    }
    return {name: weight for name, weight in found.items() if weight}


def asks_for_review(evidence: Mapping[str, int], *, cleared_at: int = 0) -> bool:
    """Whether staff should look; ``cleared_at``: the score they have cleared already.

    >>> asks_for_review({"claimed_again": 3}), asks_for_review({"claimed_again": 3}, cleared_at=3)
    (True, False)
    """
    score = sum(evidence.values())
    return score >= ASKS_FROM and score > cleared_at
