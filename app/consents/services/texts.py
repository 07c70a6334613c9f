"""Writing consent texts, and publishing those that say all they must."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.consents.errors import (
    ConsentPurposeUnknown,
    ConsentTextFaulty,
    ConsentTextHasNoDraft,
    ConsentTextNotFound,
)
from app.consents.events import ConsentTextPublished
from app.consents.models import ConsentText
from app.consents.queries import texts as queries
from app.consents.rules.purposes import LANGUAGES, PURPOSES
from app.consents.rules.texts import faults_of, same_matter, sha256_of
from app.db import db
from app.events import publish


@dataclass(frozen=True)
class TextView:
    """A text: what members are asked with now, and what is being written."""

    purpose: str
    language: str
    published: ConsentText | None
    draft: ConsentText | None
    created: bool = False


def put_text(
    brand_id: UUID,
    purpose: str,
    language: str,
    definition: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> TextView:
    """Write the draft of a text; the published version stays in force meanwhile.

    Saying what the newest version says already changes nothing.

    :raises ConsentPurposeUnknown: there is no such purpose or language
    """
    _check_names(purpose, language)
    newest = _newest(brand_id, purpose, language)
    if newest is not None and newest.definition == definition:
        return get_text(brand_id, purpose, language)
    if newest is not None and newest.status == "draft":
        draft = newest
        draft.updated_at = now
    else:
        draft = ConsentText(
            brand_id=brand_id,
            purpose=purpose,
            language=language,
            version=newest.version + 1 if newest else 1,
            status="draft",
            material_since=None,
            created_at=now,
            updated_at=now,
            published_at=None,
        )
        db.session.add(draft)
    draft.definition = dict(definition)
    draft.sha256 = sha256_of(purpose, language, definition)
    draft.actor = actor
    db.session.flush()  # autoflush is off
    found = get_text(brand_id, purpose, language)
    return TextView(purpose, language, found.published, found.draft, created=newest is None)


def publish_text(
    brand_id: UUID, purpose: str, language: str, *, actor: str, now: datetime
) -> TextView:
    """Ask members with the draft from now on; it never changes again.

    :raises ConsentPurposeUnknown: there is no such purpose or language
    :raises ConsentTextNotFound: the text was never written
    :raises ConsentTextHasNoDraft: nothing changed since it was published
    :raises ConsentTextFaulty: it lacks what the law asks for
    """
    found = get_text(brand_id, purpose, language)
    draft, before = found.draft, found.published
    if draft is None:
        raise ConsentTextHasNoDraft
    if faults := faults_of(purpose, draft.definition):
        raise ConsentTextFaulty(faults)
    same = before is not None and same_matter(before.definition, draft.definition)
    draft.status = "published"
    draft.material_since = before.material_since if before and same else draft.version
    draft.published_at = now
    draft.updated_at = now
    draft.actor = actor
    db.session.flush()  # autoflush is off
    brands.record_audit(
        brand_id,
        actor=actor,
        action="consent_text.published",
        subject=f"consent_text:{purpose}:{language}",
        now=now,
        before={"version": before.version, "sha256": before.sha256.hex()} if before else None,
        after={"version": draft.version, "sha256": draft.sha256.hex()},
    )
    publish(
        ConsentTextPublished(
            brand_id, purpose, language, draft.version, before is not None and not same, now
        )
    )
    return TextView(purpose, language, draft, None)


def get_text(brand_id: UUID, purpose: str, language: str) -> TextView:
    """Return a text with its draft.

    :raises ConsentPurposeUnknown: there is no such purpose or language
    :raises ConsentTextNotFound: the text was never written
    """
    _check_names(purpose, language)
    newest = _newest(brand_id, purpose, language)
    if newest is None:
        raise ConsentTextNotFound(purpose=purpose, language=language)
    return _view(newest)


def list_texts(brand_id: UUID, *, after: tuple[str, str] | None, limit: int) -> list[TextView]:
    """Return every text, by purpose and language."""
    return [_view(newest) for newest in queries.list_latest(brand_id, after=after, limit=limit)]


def list_text_versions(
    brand_id: UUID, purpose: str, language: str, *, before: int | None, limit: int
) -> list[ConsentText]:
    """Return the versions of a text, the newest first.

    :raises ConsentPurposeUnknown, ConsentTextNotFound: see :func:`get_text`
    """
    get_text(brand_id, purpose, language)
    return queries.list_versions(brand_id, purpose, language, before=before, limit=limit)


def list_asked(brand_id: UUID, language: str) -> list[ConsentText]:
    """Return what a page asks members with now, in the order of the purposes.

    Who draws a page draws each as a tick of its own that is not ticked; what
    ``emphasised`` names stands out.
    """
    found = [text for text in queries.list_published(brand_id) if text.language == language]
    return sorted(found, key=lambda text: PURPOSES.index(text.purpose))


def _view(newest: ConsentText) -> TextView:
    if newest.status == "published":
        return TextView(newest.purpose, newest.language, newest, None)
    published = queries.find_published(newest.brand_id, newest.purpose, newest.language)
    return TextView(newest.purpose, newest.language, published, newest)


def _newest(brand_id: UUID, purpose: str, language: str) -> ConsentText | None:
    found = queries.list_versions(brand_id, purpose, language, before=None, limit=1)
    return found[0] if found else None


def _check_names(purpose: str, language: str) -> None:
    if purpose not in PURPOSES or language not in LANGUAGES:
        raise ConsentPurposeUnknown(purposes=", ".join(PURPOSES), languages=", ".join(LANGUAGES))
