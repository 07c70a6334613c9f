"""Named reads of grants, and the calls that write them."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, tuple_, update

from app.benefits.models import BenefitCounter, BenefitGrant
from app.db import db

_STATE = text("SELECT benefits_state(:brand_id, :member_id, :zone, :now)")
_WRITE = text(
    "SELECT benefits_write(:brand_id, :member_id, :now, CAST(:grants AS jsonb),"
    " CAST(:results AS jsonb))"
)
_UNCOUNT = text("SELECT benefits_count(:brand_id, :source, -:grants, -:points, NULL, NULL)")


def read_state(brand_id: UUID, member_id: UUID, zone: str, now: datetime) -> dict[str, Any]:
    """Return the state of a member as ``benefits_state`` tells it; lock the account first."""
    state: dict[str, Any] = db.session.execute(
        _STATE, {"brand_id": brand_id, "member_id": member_id, "zone": zone, "now": now}
    ).scalar_one()
    return state


def write(
    brand_id: UUID,
    member_id: UUID,
    rows: Sequence[dict[str, Any]],
    results: Sequence[dict[str, Any]],
    now: datetime,
) -> None:
    """Write grants whose points are posted; see ``sql/10_benefits.sql``."""
    db.session.execute(
        _WRITE,
        {
            "brand_id": brand_id,
            "member_id": member_id,
            "now": now,
            "grants": json.dumps(rows, default=str),
            "results": json.dumps(results),
        },
    )


def uncount(brand_id: UUID, source: str, grants: int, points: int) -> None:
    """Give a limited source back what a grant no longer uses."""
    db.session.execute(
        _UNCOUNT, {"brand_id": brand_id, "source": source, "grants": grants, "points": points}
    )


def list_in_force(
    brand_id: UUID, member_id: UUID, keys: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return which (source, occasion) pairs the member was given something for already."""
    rows = db.session.execute(
        select(BenefitGrant.source, BenefitGrant.occasion).where(
            BenefitGrant.brand_id == brand_id,
            BenefitGrant.member_id == member_id,
            BenefitGrant.reversed_at.is_(None),
            tuple_(BenefitGrant.source, BenefitGrant.occasion).in_(list(keys)),
        )
    )
    return {(row.source, row.occasion) for row in rows}


def list_by_occasion(
    brand_id: UUID,
    member_id: UUID,
    keys: Collection[tuple[str, str]],
    occasions: Collection[str],
) -> list[BenefitGrant]:
    """Return the member's grants in force for (source, occasion) pairs, or for occasions."""
    return list(
        db.session.scalars(
            select(BenefitGrant)
            .where(
                BenefitGrant.brand_id == brand_id,
                BenefitGrant.member_id == member_id,
                BenefitGrant.reversed_at.is_(None),
                tuple_(BenefitGrant.source, BenefitGrant.occasion).in_(list(keys))
                | BenefitGrant.occasion.in_(list(occasions)),
            )
            .execution_options(populate_existing=True)
        )
    )


def list_beginning(brand_id: UUID, member_id: UUID, beginning: str) -> list[BenefitGrant]:
    """Return the member's grants, undone ones too, for occasions that begin in one way."""
    return list(
        db.session.scalars(
            select(BenefitGrant)
            .where(
                BenefitGrant.brand_id == brand_id,
                BenefitGrant.member_id == member_id,
                BenefitGrant.occasion.startswith(beginning, autoescape=True),
            )
            .order_by(BenefitGrant.id)
            .execution_options(populate_existing=True)
        )
    )


_IS_SPENT = text(
    "SELECT remaining + pending + lapsed < :points FROM point_lots"
    " WHERE brand_id = :brand_id AND member_id = :member_id AND lot_no = :lot_no"
)


def is_spent(grant: BenefitGrant) -> bool:
    """Return whether some of a grant's points are gone from their lot, other than by time."""
    return bool(
        db.session.scalar(
            _IS_SPENT,
            {
                "brand_id": grant.brand_id,
                "member_id": grant.member_id,
                "lot_no": grant.lot_no,
                "points": grant.points - grant.points_taken_back,
            },
        )
    )


def list_of_order(brand_id: UUID, order_id: UUID) -> list[BenefitGrant]:
    """Return the grants in force that an order caused, of whichever member, oldest first."""
    return list(
        db.session.scalars(
            select(BenefitGrant)
            .where(
                BenefitGrant.brand_id == brand_id,
                BenefitGrant.order_id == order_id,
                BenefitGrant.reversed_at.is_(None),
            )
            .order_by(BenefitGrant.id)
            .execution_options(populate_existing=True)
        )
    )


def list_of_member(
    brand_id: UUID, member_id: UUID, *, before: UUID | None, limit: int
) -> list[BenefitGrant]:
    """Return a member's grants, the newest first, below ``before`` if it is given."""
    statement = (
        select(BenefitGrant)
        .where(BenefitGrant.brand_id == brand_id, BenefitGrant.member_id == member_id)
        .order_by(BenefitGrant.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(BenefitGrant.id < before)
    return list(db.session.scalars(statement))


def get_counter(brand_id: UUID, source: str) -> BenefitCounter | None:
    return db.session.get(BenefitCounter, (brand_id, source), populate_existing=True)


def totals_of(brand_id: UUID, source: str) -> tuple[int, int, int]:
    """Return (grants in force, members, points given and not taken back) of a source."""
    row = db.session.execute(
        select(
            func.count().filter(BenefitGrant.reversed_at.is_(None)),
            func.count(BenefitGrant.member_id.distinct()).filter(
                BenefitGrant.reversed_at.is_(None)
            ),
            func.coalesce(func.sum(BenefitGrant.points - BenefitGrant.points_taken_back), 0),
        ).where(BenefitGrant.brand_id == brand_id, BenefitGrant.source == source)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


_HISTORIES = text(
    "WITH given AS ("
    " SELECT member_id, source, max(granted_at) AS last_at, jsonb_agg(occasion) AS occasions,"
    "        jsonb_build_array("
    "            count(*),"
    "            count(*) FILTER (WHERE granted_at >= date_trunc('year', :now, :zone)),"
    "            count(*) FILTER (WHERE granted_at >= date_trunc('month', :now, :zone)),"
    "            count(*) FILTER (WHERE granted_at >= date_trunc('day', :now, :zone))) AS counts"
    "   FROM benefit_grants"
    "  WHERE brand_id = :brand_id AND member_id = ANY (:member_ids)"
    "    AND source = ANY (:sources) AND reversed_at IS NULL"
    "  GROUP BY member_id, source"
    "), by_member AS ("
    " SELECT member_id, jsonb_object_agg(source, counts) AS counts,"
    "        jsonb_object_agg(source, occasions) AS occasions,"
    "        jsonb_object_agg(source, last_at) AS last_at"
    "   FROM given GROUP BY member_id"
    "), tagged AS ("
    " SELECT member_id, array_agg(tag) AS tags FROM member_tags"
    "  WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) GROUP BY member_id)"
    " SELECT member_id, coalesce(tags, '{}') AS tags, coalesce(counts, '{}') AS counts,"
    "        coalesce(occasions, '{}') AS occasions, coalesce(last_at, '{}') AS last_at"
    "   FROM by_member FULL JOIN tagged USING (member_id)"
)
_COUNTERS = text(
    "SELECT source, grants, points FROM benefit_counters"
    " WHERE brand_id = :brand_id AND source = ANY (:sources)"
)
_WRITE_MANY = text(
    "INSERT INTO benefit_grants ("
    "    brand_id, id, member_id, source, source_version, occasion, order_id, points,"
    "    points_taken_back, lot_no, counted, gave, terms, reason_ko, reason_en, granted_at)"
    " SELECT :brand_id, r.id, r.member_id, r.source, r.source_version, r.occasion, r.order_id,"
    "        r.points, 0, r.lot_no, r.counted, r.gave, r.terms, r.reason_ko, r.reason_en, :now"
    "   FROM jsonb_to_recordset(CAST(:grants AS jsonb)) AS r ("
    "        id uuid, member_id uuid, source text, source_version integer, occasion text,"
    "        order_id uuid, points bigint, lot_no bigint, counted boolean, gave jsonb,"
    "        terms jsonb, reason_ko text, reason_en text)"
)
_TAG_MANY = text(
    "INSERT INTO member_tags (brand_id, member_id, tag, created_at)"
    " SELECT DISTINCT CAST(:brand_id AS uuid), CAST(r ->> 'member_id' AS uuid), t.tag,"
    "        CAST(:now AS timestamptz)"
    "   FROM jsonb_array_elements(CAST(:grants AS jsonb)) AS r,"
    "        jsonb_array_elements_text(r -> 'gave' -> 'tags') AS t (tag)"
    " ON CONFLICT DO NOTHING"
)
_COUNT = text(
    "SELECT benefits_count(:brand_id, :source, :grants, :points, :grants_max, :points_max)"
)


def list_histories(
    brand_id: UUID,
    member_ids: Sequence[UUID],
    sources: Sequence[str],
    zone: str,
    now: datetime,
) -> dict[UUID, Row[Any]]:
    """Return (tags, counts, occasions, last_at), the last three by source, by member.

    Who has none of them is left out.
    """
    values = {
        "brand_id": brand_id,
        "member_ids": list(member_ids),
        "sources": list(sources),
        "zone": zone,
        "now": now,
    }
    return {row.member_id: row for row in db.session.execute(_HISTORIES, values)}


def read_counters(brand_id: UUID, sources: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return (grants, points) that limited sources have used up."""
    rows = db.session.execute(_COUNTERS, {"brand_id": brand_id, "sources": list(sources)})
    return {row.source: (row.grants, row.points) for row in rows}


def write_many(brand_id: UUID, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write grants of many members whose points are posted; as ``benefits_write`` does."""
    values = {"brand_id": brand_id, "now": now, "grants": json.dumps(rows, default=str)}
    db.session.execute(_WRITE_MANY, values)
    if any(row["gave"]["tags"] for row in rows):
        db.session.execute(_TAG_MANY, values)
    counted = [row for row in rows if row["counted"]]
    for source in sorted({row["source"] for row in counted}):
        mine = [row for row in counted if row["source"] == source]
        db.session.execute(
            _COUNT,
            {
                "brand_id": brand_id,
                "source": source,
                "grants": len(mine),
                "points": sum(row["points"] for row in mine),
                "grants_max": mine[0]["grants_max"],
                "points_max": mine[0]["points_max"],
            },
        )


_REMOVE_TAG = text(
    "DELETE FROM member_tags WHERE brand_id = :brand_id AND member_id = :member_id AND tag = :tag"
)


def remove_tag(brand_id: UUID, member_id: UUID, tag: str) -> None:
    db.session.execute(_REMOVE_TAG, {"brand_id": brand_id, "member_id": member_id, "tag": tag})


_FREE_DOUBLES = text(
    "UPDATE benefit_grants g SET occasion = g.occasion || '#' || g.id"
    " WHERE g.brand_id = :brand_id AND g.member_id = :source AND g.reversed_at IS NULL"
    "   AND EXISTS (SELECT 1 FROM benefit_grants h"
    "    WHERE h.brand_id = g.brand_id AND h.member_id = :target AND h.source = g.source"
    "      AND h.occasion = g.occasion AND h.reversed_at IS NULL)"
)
_MOVE_TAGS = text(
    "INSERT INTO member_tags (brand_id, member_id, tag, created_at)"
    " SELECT brand_id, :target, tag, created_at FROM member_tags"
    "  WHERE brand_id = :brand_id AND member_id = :source ON CONFLICT DO NOTHING"
)


def move(brand_id: UUID, source: UUID, target: UUID) -> None:
    """Hand a member's grants and tags to another one.

    What both were given for the same occasion stays with both names; the lots are
    others now, so a taking back finds them by order.
    """
    names = {"brand_id": brand_id, "source": source, "target": target}
    db.session.execute(_FREE_DOUBLES, names)
    db.session.execute(
        update(BenefitGrant)
        .where(BenefitGrant.brand_id == brand_id, BenefitGrant.member_id == source)
        .values(member_id=target, lot_no=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(_MOVE_TAGS, names)
