"""The demo brand: made once, through the same use cases the API calls."""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from app import clock
from app.brands import services as brands
from app.brands.errors import BrandNotFound
from app.db import transaction

NAME = "단골상회"


@dataclass(frozen=True)
class Demo:
    """What somebody who tries Dangol needs to know; also the content of ``demo.json``."""

    base_url: str
    api_key: str
    brand_id: str
    members: list[dict[str, Any]] = field(default_factory=list)


def ensure(path: Path, *, base_url: str, progress: Callable[[str], None]) -> Demo:
    """Return the demo brand, seeding it if ``path`` does not name one that exists.

    ``path`` is written when the brand is there and again when its history is, so a
    first run that was interrupted is completed by the next.
    """
    known = _read(path)
    if known is None or not _exists(UUID(known.brand_id)):
        now = clock.now()
        with transaction():
            created = brands.create_brand(NAME, test=True, now=now)
        known = Demo(base_url, created.secret_key, str(created.brand_id))
        _write(path, known)
    demo = Demo(base_url, known.api_key, known.brand_id, known.members)
    _write(path, demo)
    return demo


def _exists(brand_id: UUID) -> bool:
    try:
        with transaction(brand_id):
            brands.get_brand(brand_id)
    except BrandNotFound:
        return False
    return True


def _read(path: Path) -> Demo | None:
    if not path.exists():
        return None
    return Demo(**json.loads(path.read_text()))


def _write(path: Path, demo: Demo) -> None:
    """Replace the file in one step: who reads it finds the old or the new one, whole."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".demo-")
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(demo), file, ensure_ascii=False, indent=2)
    Path(draft).replace(path)
