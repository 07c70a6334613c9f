"""What happened to brands."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class BrandCreated:
    """A brand exists; nobody is a member of it yet."""

    brand_id: UUID


@dataclass(frozen=True)
class SettingsChanged:
    """A new version of a brand's settings is in force."""

    brand_id: UUID
    version: int
