"""How texts are answered: by each version, so that wordings can be compared."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.consents.queries import stats as queries


@dataclass(frozen=True)
class TextStats:
    """A published text, how many members it was put to, and what their last answer was.

    ``withdrawn`` are those of ``granted`` who took it back later.
    """

    purpose: str
    language: str
    version: int
    published_at: datetime
    sha256: bytes
    asked: int
    granted: int
    refused: int
    pending: int
    withdrawn: int

    @property
    def rate_basis_points(self) -> int | None:
        """Agreed of asked, 100 = 1 %; None if nobody was asked."""
        return self.granted * 10_000 // self.asked if self.asked else None


def count_answers(
    brand_id: UUID, *, purpose: str | None, after: tuple[str, str, int] | None, limit: int
) -> list[TextStats]:
    """Return how each published text was answered, by purpose, language and version."""
    rows = queries.count_answers(brand_id, purpose=purpose, after=after, limit=limit)
    return [TextStats(**row._mapping) for row in rows]
