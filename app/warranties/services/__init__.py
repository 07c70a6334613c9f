"""The use cases of warranties. None of them commits; none of them knows about HTTP.

A batch is locked before its units, a unit before its replacement.
"""

from app.warranties.audits import audit
from app.warranties.rules.coverage import Coverage, Extension, Registration, UnitFacts
from app.warranties.rules.digital_link import parse_digital_link
from app.warranties.rules.terms import Terms
from app.warranties.services.batches import (
    Stock,
    create_batch,
    forget_codes_chunk,
    get_batch,
    list_batches,
    move_batch,
    work_chunk,
)
from app.warranties.services.labels import open_download, read_labels
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
)

__all__ = [
    "Coverage", "Defined", "Extension", "Piece", "Registration", "Stock", "Terms", "UnitFacts",
    "audit", "cover", "coverage_of", "create_batch", "end_terms", "find_by_code", "flag_unit",
    "forget_codes_chunk", "get_batch", "get_terms", "get_unit", "list_batches", "list_events",
    "list_terms", "list_units", "list_versions", "move_batch", "move_unit", "open_download",
    "parse_digital_link", "put_terms", "read_labels", "terms_of_product", "work_chunk",
]  # fmt: skip
