"""The use cases of warranties. None of them commits; none of them knows about HTTP."""

from app.warranties.rules.coverage import Coverage, Extension, Registration, UnitFacts
from app.warranties.rules.terms import Terms
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

__all__ = [
    "Coverage", "Defined", "Extension", "Registration", "Terms", "UnitFacts", "cover",
    "end_terms", "get_terms", "list_terms", "list_versions", "put_terms", "terms_of_product",
]  # fmt: skip
