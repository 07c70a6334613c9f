"""A brand's own wording of messages: written, linted, published in versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.db import db
from app.messages import queries
from app.messages.errors import (
    MessageTemplateFaulty,
    MessageTemplateHasNoDraft,
    MessageTemplateUnknown,
)
from app.messages.models import MessageTemplate
from app.messages.rules.builtin import BUILTIN
from app.messages.rules.lint import Fault, faults_of


@dataclass(frozen=True)
class TemplateView:
    """A message: the built-in wording, the brand's own, and what is being written."""

    code: str
    builtin: Mapping[str, Any]
    published: MessageTemplate | None
    draft: MessageTemplate | None

    @property
    def faults(self) -> list[Fault]:
        """Return what keeps the draft from being published."""
        return faults_of(self.code, self.draft.definition) if self.draft else []


def get_template(brand_id: UUID, code: str) -> TemplateView:
    """:raises MessageTemplateUnknown: there is no such message"""
    if code not in BUILTIN:
        raise MessageTemplateUnknown(template=code)
    newest = queries.list_template_versions(brand_id, code, before=None, limit=1)
    draft = newest[0] if newest and newest[0].status == "draft" else None
    return TemplateView(code, BUILTIN[code], queries.find_published(brand_id, code), draft)


def list_templates(brand_id: UUID, *, after: str | None, limit: int) -> list[TemplateView]:
    """Return every message that can be sent, by code."""
    codes = [code for code in sorted(BUILTIN) if after is None or code > after]
    return [get_template(brand_id, code) for code in codes[:limit]]


def list_template_versions(
    brand_id: UUID, code: str, *, before: int | None, limit: int
) -> list[MessageTemplate]:
    """Return the brand's versions, the newest first.

    :raises MessageTemplateUnknown: there is no such message
    """
    get_template(brand_id, code)
    return queries.list_template_versions(brand_id, code, before=before, limit=limit)


def put_template(
    brand_id: UUID, code: str, definition: Mapping[str, Any], *, actor: str, now: datetime
) -> TemplateView:
    """Write the draft; what is published is sent until the draft is.

    :raises MessageTemplateUnknown: there is no such message
    """
    found = get_template(brand_id, code)
    newest = found.draft or found.published
    if newest is not None and newest.definition == definition:
        return found
    draft = found.draft
    if draft is None:
        draft = MessageTemplate(
            brand_id=brand_id,
            code=code,
            version=found.published.version + 1 if found.published else 1,
            status="draft",
            created_at=now,
            published_at=None,
        )
        db.session.add(draft)
    draft.definition = dict(definition)
    draft.actor = actor
    draft.updated_at = now
    db.session.flush()  # autoflush is off
    return get_template(brand_id, code)


def publish_template(brand_id: UUID, code: str, *, actor: str, now: datetime) -> TemplateView:
    """Send the draft from now on; it never changes again.

    :raises MessageTemplateUnknown: there is no such message
    :raises MessageTemplateHasNoDraft: nothing changed since it was published
    :raises MessageTemplateFaulty: with every fault
    """
    found = get_template(brand_id, code)
    draft = found.draft
    if draft is None:
        raise MessageTemplateHasNoDraft
    if faults := found.faults:
        raise MessageTemplateFaulty(faults)
    draft.status = "published"
    draft.published_at = now
    draft.updated_at = now
    draft.actor = actor
    db.session.flush()  # autoflush is off
    brands.record_audit(
        brand_id,
        actor=actor,
        action="message_template.published",
        subject=f"message_template:{code}",
        now=now,
        before={"version": found.published.version} if found.published else None,
        after={"version": draft.version},
    )
    return get_template(brand_id, code)
