"""Tags: labels of the brand's own on its members, such as ``vip``. Rules may ask for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.members import queries
from app.members.errors import TooManyTags
from app.members.models import MemberTag
from app.members.services.reading import resolve

TAGS_MAX = 100


def add_tag(brand_id: UUID, reference: str, tag: str, *, now: datetime) -> MemberTag:
    """Give a member (or its survivor) a tag, and return it. Repeating it changes nothing.

    :raises MemberNotFound: the brand has no such member, or it is erased
    :raises TooManyTags: the member has as many as it may have
    """
    member = resolve(brand_id, reference, keep=True)
    tag_there = queries.find_tag(brand_id, member.id, tag)
    if tag_there is None:
        if queries.count_tags(brand_id, member.id) >= TAGS_MAX:
            raise TooManyTags(maximum=TAGS_MAX)
        db.session.execute(
            insert(MemberTag)
            .values(brand_id=brand_id, member_id=member.id, tag=tag, created_at=now)
            .on_conflict_do_nothing()
        )
        tag_there = queries.find_tag(brand_id, member.id, tag)
        assert tag_there is not None  # noqa: S101 - just written
    return tag_there


def remove_tag(brand_id: UUID, reference: str, tag: str) -> None:
    """Take a tag from a member (or its survivor). Repeating it changes nothing.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    member = resolve(brand_id, reference, keep=True)
    db.session.execute(
        delete(MemberTag).where(
            MemberTag.brand_id == brand_id,
            MemberTag.member_id == member.id,
            MemberTag.tag == tag,
        )
    )


def list_tags(brand_id: UUID, reference: str, *, after: str | None, limit: int) -> list[MemberTag]:
    """Return the tags of a member (or its survivor) in the order of their names.

    :raises MemberNotFound: the brand has no such member, or it is erased
    """
    member = resolve(brand_id, reference)
    return queries.list_tags(brand_id, member.id, after=after, limit=limit)
