"""What a brand's tables say after a replay, to be held against the reference."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.db import db, transaction

_SALES = text("""
    SELECT count(*) AS orders, count(DISTINCT member_id) AS customers, sum(goods) AS gross,
           (SELECT count(*) FROM order_lines) AS lines,
           (SELECT sum(quantity) FROM order_lines) AS units,
           (SELECT count(*) FROM (SELECT o.id FROM orders o JOIN order_lines l
                ON l.brand_id = o.brand_id AND l.order_id = o.id
              GROUP BY o.brand_id, o.id HAVING sum(l.amount) <> o.goods) s) AS uneven
      FROM orders
""")

# As it was before the first refund: the balance after each member's last entry then.
_POINTS = text("""
    WITH sales AS (
        SELECT member_id, min(seq) FILTER (WHERE refund_id IS NOT NULL) AS first_refund
          FROM point_entries GROUP BY member_id
    ), before AS (
        SELECT e.* FROM point_entries e JOIN sales s USING (member_id)
         WHERE s.first_refund IS NULL OR e.seq < s.first_refund
    )
    SELECT sum(d_available) FILTER (WHERE kind = 'accrual') AS earned,
           -sum(d_available) FILTER (WHERE kind = 'expiry') AS expired,
           (SELECT sum(available_after) FROM (
                SELECT DISTINCT ON (member_id) member_id, available_after
                  FROM before ORDER BY member_id, seq DESC) last) AS usable
      FROM before
""")

_REFUNDS = text("""
    SELECT coalesce(sum(r.cash), 0) AS refunded,
           (SELECT coalesce(sum(quantity), 0) FROM refund_lines) AS units_refunded,
           (SELECT count(*) FROM orders WHERE status <> 'paid') AS touched,
           (SELECT count(*) FROM orders WHERE status = 'refunded') AS wholly,
           count(*) AS refunds
      FROM refunds r
""")

_REFUNDED_LINES = text("""
    SELECT o.external_id AS invoice, l.line_no AS line, l.quantity = l.refunded_quantity AS whole,
           l.amount, sum(r.cash) AS cash
      FROM refund_lines r
      JOIN refunds f ON f.brand_id = r.brand_id AND f.id = r.refund_id
      JOIN orders o ON o.brand_id = f.brand_id AND o.id = f.order_id
      JOIN order_lines l
        ON l.brand_id = o.brand_id AND l.order_id = o.id AND l.line_no = r.line_no
     GROUP BY o.external_id, l.line_no, whole, l.amount
""")

_AVAILABLE = text("SELECT coalesce(sum(available), 0) FROM point_accounts")

# Everything a replay writes, boiled down: equal before and after running it again.
_STATE = text("""
    SELECT md5(concat_ws(';',
        (SELECT string_agg(o::text, ',' ORDER BY o.id) FROM orders o),
        (SELECT string_agg(f::text, ',' ORDER BY f.id) FROM refunds f),
        (SELECT string_agg(a::text, ',' ORDER BY a.member_id) FROM point_accounts a),
        (SELECT string_agg(l::text, ',' ORDER BY l.member_id, l.lot_no) FROM point_lots l),
        (SELECT string_agg(e::text, ',' ORDER BY e.member_id, e.seq) FROM point_entries e)
    ))
""")


def sales(brand_id: UUID) -> dict[str, int]:
    """Return what the sale pass left: orders, and points before the first refund."""
    with transaction(brand_id):
        return {**_one(_SALES), **_one(_POINTS)}


def refunds(brand_id: UUID) -> dict[str, int]:
    with transaction(brand_id):
        return _one(_REFUNDS)


def refunded_lines(brand_id: UUID) -> list[Any]:
    """Return what was given back of each line, over all refunds of it."""
    with transaction(brand_id):
        return list(db.session.execute(_REFUNDED_LINES))


def available(brand_id: UUID) -> int:
    with transaction(brand_id):
        return int(db.session.scalar(_AVAILABLE) or 0)


def state(brand_id: UUID) -> str:
    with transaction(brand_id):
        return str(db.session.scalar(_STATE))


def _one(statement: Any) -> dict[str, int]:
    row = db.session.execute(statement).one()
    return {name: int(value or 0) for name, value in row._mapping.items()}
