"""The logo on a brand's labels."""

import hashlib
from datetime import datetime
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.label_images import LogoInvalid, logo_of
from app.warranties.errors import LabelLogoInvalid, LabelLogoMissing
from app.warranties.models import LabelLogo


def put_logo(brand_id: UUID, file: bytes, *, actor: str, now: datetime) -> LabelLogo:
    """Print a PNG in the middle of codes from now on; what is kept is made small and square.

    :raises LabelLogoInvalid: it is no PNG that can be printed
    """
    try:
        png = logo_of(file)
    except LogoInvalid as error:
        raise LabelLogoInvalid(pointer="/png") from error
    logo = db.session.get(LabelLogo, brand_id, with_for_update=True)
    if logo is None:
        logo = LabelLogo(brand_id=brand_id)
        db.session.add(logo)
    logo.png, logo.actor, logo.changed_at = png, actor, now
    db.session.flush()  # autoflush is off
    _record(brand_id, "label_logo.changed", {"sha256": sha256_of(logo)}, actor=actor, now=now)
    return logo


def get_logo(brand_id: UUID) -> LabelLogo:
    """:raises LabelLogoMissing: the brand has none"""
    logo = db.session.get(LabelLogo, brand_id)
    if logo is None:
        raise LabelLogoMissing
    return logo


def remove_logo(brand_id: UUID, *, actor: str, now: datetime) -> None:
    """Print no logo any more. Repeating it changes nothing."""
    logo = db.session.get(LabelLogo, brand_id, with_for_update=True)
    if logo is not None:
        db.session.delete(logo)
        db.session.flush()  # autoflush is off
        _record(brand_id, "label_logo.removed", None, actor=actor, now=now)


def sha256_of(logo: LabelLogo) -> str:
    return hashlib.sha256(logo.png).hexdigest()


def _record(
    brand_id: UUID, action: str, after: dict[str, str] | None, *, actor: str, now: datetime
) -> None:
    brands.record_audit(
        brand_id, actor=actor, action=action, subject="label_logo", now=now, after=after
    )
