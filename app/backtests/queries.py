"""Named reads of what has happened, as it was known then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

_READ_ONLY = text("SET TRANSACTION READ ONLY")

# When an order is looked at: placed, or confirmed (as of its day, if no job has noticed yet).
_AT = {
    "placed": "o.placed_at",
    "confirmed": "coalesce(o.confirmed_at, CASE WHEN o.confirm_due_at <= :now"
    " THEN o.confirm_due_at END)",
}
_ORDER_IDS = (
    "SELECT o.id FROM orders o WHERE o.brand_id = :brand_id AND o.member_id IS NOT NULL"
    " AND {at} >= :start AND {at} < :end ORDER BY {at}, o.id LIMIT :limit"
)
# Begins with the orders, materialised: else stale statistics lead through all members.
_ORDERS = """
    WITH o AS MATERIALIZED (
        SELECT * FROM orders WHERE brand_id = :brand_id AND id = ANY (:ids)
    )
    SELECT o.id, who.member_id, o.channel, o.placed_at, e.at, o.accrual_rate, o.settings_version,
           {tier} AS tier, lines.lines, refunds.refunds, tags.tags,
           history.orders, history.last_order_at, history.purchases
      FROM o
      CROSS JOIN LATERAL (
          SELECT coalesce(m.merged_into_id, m.id) AS member_id FROM members m
           WHERE m.brand_id = o.brand_id AND m.id = o.member_id LIMIT 1
      ) who
      CROSS JOIN LATERAL (SELECT {at} AS at) e
      CROSS JOIN LATERAL (
          SELECT coalesce(jsonb_agg(jsonb_build_array(
                     l.line_no, l.sku, l.category, l.quantity,
                     l.amount - l.discount - l.member_discount - l.coupon_discount
                         - l.points_share,
                     l.accrues
                 ) ORDER BY l.line_no), '[]') AS lines
            FROM order_lines l WHERE l.brand_id = o.brand_id AND l.order_id = o.id
      ) lines
      CROSS JOIN LATERAL (
          SELECT coalesce(jsonb_agg(jsonb_build_array(f.refunded_at, f.id, (
                     SELECT coalesce(jsonb_agg(jsonb_build_array(r.line_no, r.quantity)), '[]')
                       FROM refund_lines r
                      WHERE r.brand_id = f.brand_id AND r.refund_id = f.id
                 )) ORDER BY f.refunded_at, f.id), '[]') AS refunds
            FROM refunds f WHERE f.brand_id = o.brand_id AND f.order_id = o.id
      ) refunds
      CROSS JOIN LATERAL (
          SELECT coalesce(array_agg(t.tag), '{{}}') AS tags FROM member_tags t
           WHERE t.brand_id = o.brand_id AND t.member_id = who.member_id
             AND t.created_at < e.at
      ) tags
      -- What the person had bought by then, and not given back wholly by then.
      LEFT JOIN LATERAL (
          WITH earlier AS (
              SELECT h.id, h.placed_at FROM orders h
               WHERE h.brand_id = o.brand_id AND (h.placed_at, h.id) < (o.placed_at, o.id)
                 AND h.member_id = ANY (ARRAY(
                         SELECT p.id FROM members p
                          WHERE p.brand_id = o.brand_id
                            AND (p.id = who.member_id OR p.merged_into_id = who.member_id)
                     ))
                 AND (h.status IN ('paid', 'partially_refunded') OR EXISTS (
                         SELECT 1 FROM refunds f
                          WHERE f.brand_id = h.brand_id AND f.order_id = h.id
                            AND (f.refunded_at, f.id) > (e.at, o.id)
                     ))
          )
          SELECT (SELECT count(*) FROM earlier) AS orders,
                 (SELECT max(placed_at) FROM earlier) AS last_order_at,
                 (SELECT coalesce(jsonb_object_agg(bought.sku, bought.at), '{{}}') FROM (
                      SELECT l.sku, max(h.placed_at) AS at
                        FROM earlier h
                        JOIN order_lines l ON l.brand_id = o.brand_id AND l.order_id = h.id
                       WHERE :with_purchases AND l.quantity > (
                                 SELECT coalesce(sum(r.quantity), 0)
                                   FROM refunds f
                                   JOIN refund_lines r ON r.brand_id = f.brand_id
                                                      AND r.refund_id = f.id
                                  WHERE f.brand_id = o.brand_id AND f.order_id = h.id
                                    AND r.line_no = l.line_no
                                    AND (f.refunded_at, f.id) < (e.at, o.id)
                             )
                       GROUP BY l.sku
                  ) bought) AS purchases
      ) history ON :with_history
     ORDER BY e.at, o.id
"""
_TIER_THEN = (
    "(SELECT c.to_tier FROM tier_changes c WHERE c.brand_id = :brand_id"
    " AND c.member_id = {member} AND c.changed_at <= {at} ORDER BY c.seq DESC LIMIT 1)"
)
_TAGS_THEN = (
    "(SELECT coalesce(array_agg(t.tag), '{{}}') FROM member_tags t"
    " WHERE t.brand_id = :brand_id AND t.member_id = {member} AND t.created_at < {at})"
)


def _then(member: str, at: str) -> str:
    """Return the columns ``tier`` and ``tags`` of a member at a moment."""
    tier = _TIER_THEN.format(member=member, at=at)
    return f"{tier} AS tier, {_TAGS_THEN.format(member=member, at=at)} AS tags"


_JOINED = text(
    "SELECT m.id, m.id AS member_id, m.created_at AS at, NULL AS tier, CAST('{}' AS text[]) AS tags"
    "  FROM members m WHERE m.brand_id = :brand_id AND m.created_at >= :start"
    "   AND m.created_at < :end AND m.joined_on = CAST(m.created_at AT TIME ZONE :zone AS date)"
    " ORDER BY m.created_at, m.id LIMIT :limit"
)
_EVENTS = text(
    f"SELECT e.id, e.member_id, e.recorded_at AS at, {_then('e.member_id', 'e.recorded_at')}"
    "  FROM member_events e WHERE e.brand_id = :brand_id AND e.recorded_at >= :start"
    "   AND e.recorded_at < :end AND e.type = ANY (:types)"
    " ORDER BY e.recorded_at, e.id LIMIT :limit"
)
_REFERRALS = text(
    "SELECT r.id, s.side, s.member_id, r.qualified_at AS at, r.reversed_at,"
    f"      {_then('s.member_id', 'r.qualified_at')}"
    "  FROM referrals r CROSS JOIN LATERAL (VALUES (1, 'inviter', r.inviter_id),"
    "       (2, 'invitee', r.invitee_id)) AS s (no, side, member_id)"
    " WHERE r.brand_id = :brand_id AND r.qualified_at >= :start AND r.qualified_at < :end"
    " ORDER BY r.qualified_at, r.id, s.no LIMIT :limit"
)
_MEMBERS = text(
    f"SELECT m.id, {_then('m.id', ':at')} FROM members m"
    " WHERE m.brand_id = :brand_id AND m.id = ANY (:ids)"
)


def read_only() -> None:
    """Let the database itself refuse any write until the transaction ends."""
    db.session.execute(_READ_ONLY)


def list_order_ids(
    brand_id: UUID, when: str, start: datetime, end: datetime, *, limit: int, now: datetime
) -> list[UUID]:
    """Return the orders of members ``placed`` or ``confirmed`` in a period, in time order."""
    statement = text(_ORDER_IDS.format(at=_AT[when]))
    values = {"brand_id": brand_id, "start": start, "end": end, "limit": limit, "now": now}
    if when == "placed":
        del values["now"]
    return list(db.session.scalars(statement, values))


def list_orders(
    brand_id: UUID,
    when: str,
    ids: Sequence[UUID],
    *,
    with_history: bool,
    with_purchases: bool,
    now: datetime,
) -> Sequence[Row[Any]]:
    """Return what rules may ask of orders, as it was known then, in time order.

    The tier is that of the order; of one that is confirmed, that of the member then.
    """
    tier = "o.tier"
    if when == "confirmed":
        tier = _TIER_THEN.format(member="who.member_id", at="e.at")
    values: dict[str, Any] = {
        "brand_id": brand_id,
        "ids": list(ids),
        "with_history": with_history,
        "with_purchases": with_purchases,
    }
    if when == "confirmed":
        values["now"] = now
    return db.session.execute(text(_ORDERS.format(at=_AT[when], tier=tier)), values).all()


def list_joined(
    brand_id: UUID, start: datetime, end: datetime, *, zone: str, limit: int
) -> Sequence[Row[Any]]:
    """Return who became a member, without those brought along with an earlier day."""
    values = {"brand_id": brand_id, "start": start, "end": end, "zone": zone, "limit": limit}
    return db.session.execute(_JOINED, values).all()


def list_events(
    brand_id: UUID, start: datetime, end: datetime, *, types: Sequence[str], limit: int
) -> Sequence[Row[Any]]:
    values = {
        "brand_id": brand_id, "start": start, "end": end, "types": types, "limit": limit,
    }  # fmt: skip
    return db.session.execute(_EVENTS, values).all()


def list_referrals(
    brand_id: UUID, start: datetime, end: datetime, *, limit: int
) -> Sequence[Row[Any]]:
    """Return both sides of each invitation that qualified, the inviter first."""
    values = {"brand_id": brand_id, "start": start, "end": end, "limit": limit}
    return db.session.execute(_REFERRALS, values).all()


def read_members(brand_id: UUID, member_ids: Sequence[UUID], at: datetime) -> dict[UUID, Row[Any]]:
    """Return the (tier, tags) of members at a moment, by id."""
    values = {"brand_id": brand_id, "ids": list(member_ids), "at": at}
    return {row.id: row for row in db.session.execute(_MEMBERS, values)}
