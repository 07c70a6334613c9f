"""The use cases of warranties. None of them commits; none of them knows about HTTP.

A batch is locked before its units, a unit before its replacement.
"""

from app.warranties.audits import audit
from app.warranties.rules.claims import Purchase
from app.warranties.rules.coverage import Coverage, Extension, Registration, UnitFacts
from app.warranties.rules.digital_link import parse_digital_link
from app.warranties.rules.terms import Terms
from app.warranties.services.batches import (
    Stock,
    create_batch,
    faults_of_serials,
    forget_codes_chunk,
    get_batch,
    list_batches,
    move_batch,
    work_chunk,
)
from app.warranties.services.claims import (
    Registered,
    claim,
    extend,
    forget,
    get_warranty,
    hand_over,
    judge,
    list_warranties,
    move_to_survivor,
)
from app.warranties.services.labels import open_download, read_label, read_labels
from app.warranties.services.logos import get_logo, put_logo, remove_logo, sha256_of
from app.warranties.services.stats import GROUPS as RATE_GROUPS
from app.warranties.services.stats import Rate, count_registered
from app.warranties.services.terms import (
    Defined,
    cover,
    end_terms,
    get_terms,
    list_terms,
    list_versions,
    put_terms,
    terms_of_product,
)
from app.warranties.services.units import (
    Piece,
    coverage_of,
    find_by_code,
    flag_unit,
    get_unit,
    list_events,
    list_units,
    move_unit,
    piece_of,
)

__all__ = [
    "RATE_GROUPS",
    "Coverage",
    "Defined",
    "Extension",
    "Piece",
    "Purchase",
    "Rate",
    "Registered",
    "Registration",
    "Stock",
    "Terms",
    "UnitFacts",
    "audit",
    "claim",
    "count_registered",
    "cover",
    "coverage_of",
    "create_batch",
    "end_terms",
    "extend",
    "faults_of_serials",
    "find_by_code",
    "flag_unit",
    "forget",
    "forget_codes_chunk",
    "get_batch",
    "get_logo",
    "get_terms",
    "get_unit",
    "get_warranty",
    "hand_over",
    "judge",
    "list_batches",
    "list_events",
    "list_terms",
    "list_units",
    "list_versions",
    "list_warranties",
    "move_batch",
    "move_to_survivor",
    "move_unit",
    "open_download",
    "parse_digital_link",
    "piece_of",
    "put_logo",
    "put_terms",
    "read_label",
    "read_labels",
    "remove_logo",
    "sha256_of",
    "terms_of_product",
    "work_chunk",
]  # fmt: skip
