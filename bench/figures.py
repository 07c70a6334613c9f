"""What a brand's tables say after a replay, to be held against the reference."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.db import db, transaction

# What the refunds that give everything back at the end are called.
UNDO = "undo/"

_SALES = text("""
    SELECT count(*) AS orders, count(DISTINCT member_id) AS customers, sum(goods) AS gross,
           (SELECT count(*) FROM order_lines) AS lines,
           (SELECT sum(quantity) FROM order_lines) AS units,
           (SELECT count(*) FROM (SELECT o.id FROM orders o JOIN order_lines l
                ON l.brand_id = o.brand_id AND l.order_id = o.id
              GROUP BY o.brand_id, o.id HAVING sum(l.amount) <> o.goods) s) AS uneven
      FROM orders
""")

# What orders themselves earned, as it was at the end of the data and before the first
# refund: birthdays, invitations and cards give points of their own.
_POINTS = text("""
    WITH sales AS (
        SELECT member_id, min(seq) FILTER (WHERE refund_id IS NOT NULL) AS first_refund
          FROM point_entries GROUP BY member_id
    ), before AS (
        SELECT m.d_remaining, e.kind
          FROM point_entries e
          JOIN sales s USING (member_id)
          JOIN point_allocations m ON m.member_id = e.member_id AND m.entry_seq = e.seq
          JOIN point_lots l ON l.member_id = m.member_id AND l.lot_no = m.lot_no
          JOIN point_entries o ON o.member_id = l.member_id AND o.seq = l.entry_seq
         WHERE o.rule = 'accrual' AND e.recorded_at <= :until
           AND (s.first_refund IS NULL OR e.seq < s.first_refund)
    )
    SELECT sum(d_remaining) FILTER (WHERE kind = 'accrual') AS earned,
           -sum(d_remaining) FILTER (WHERE kind = 'expiry') AS expired,
           sum(d_remaining) AS usable
      FROM before
""")

_GRANTS = text("""
    SELECT source, count(*) AS grants, count(DISTINCT member_id) AS members
      FROM benefit_grants GROUP BY source
""")

# Without those that give everything back at the end.
_REFUNDS = text("""
    WITH own AS (
        SELECT * FROM refunds WHERE NOT starts_with(external_id, :undo)
    ), given_back AS (
        SELECT f.order_id, r.line_no, sum(r.quantity) AS quantity
          FROM own f JOIN refund_lines r ON r.refund_id = f.id GROUP BY f.order_id, r.line_no
    )
    SELECT coalesce(sum(cash), 0) AS refunded,
           (SELECT coalesce(sum(quantity), 0) FROM given_back) AS units_refunded,
           (SELECT count(DISTINCT order_id) FROM given_back) AS touched,
           (SELECT count(*) FROM (
                SELECT l.order_id FROM order_lines l
                  LEFT JOIN given_back g USING (order_id, line_no)
                 GROUP BY l.order_id
                HAVING bool_and(coalesce(g.quantity, 0) = l.quantity)) whole) AS wholly,
           count(*) AS refunds
      FROM own
""")

_REFUNDED_LINES = text("""
    SELECT o.external_id AS invoice, l.line_no AS line,
           l.quantity = sum(r.quantity) AS whole, l.amount, sum(r.cash) AS cash
      FROM refund_lines r
      JOIN refunds f ON f.brand_id = r.brand_id AND f.id = r.refund_id
      JOIN orders o ON o.brand_id = f.brand_id AND o.id = f.order_id
      JOIN order_lines l
        ON l.brand_id = o.brand_id AND l.order_id = o.id AND l.line_no = r.line_no
     WHERE NOT starts_with(f.external_id, :undo)
     GROUP BY o.external_id, l.line_no, l.quantity, l.amount
""")

_ADJUSTMENTS = text("""
    SELECT count(*) AS adjustments, coalesce(-sum(net), 0) AS returned
      FROM tier_postings WHERE kind = 'adjustment'
""")

# What is left when every order was given back; birthdays were given for none.
_LEFT_OVER = text("""
    SELECT (SELECT count(*) FROM orders WHERE status <> 'refunded') AS orders,
           (SELECT coalesce(sum(due - cash_refunded), 0) FROM orders) AS cash,
           (SELECT coalesce(sum(l.remaining + l.pending), 0)
              FROM point_lots l
              JOIN point_entries e ON e.member_id = l.member_id AND e.seq = l.entry_seq
             WHERE e.rule <> 'rule:BIRTHDAY') AS points,
           (SELECT coalesce(sum(debt), 0) FROM point_accounts) AS debt,
           (SELECT coalesce(sum(stamps), 0) FROM stamp_cards) AS stamps,
           (SELECT coalesce(sum(debt), 0) FROM stamp_accounts) AS stamp_debt,
           (SELECT count(*) FROM member_tiers WHERE tier IS NOT NULL) AS tiers,
           (SELECT count(*) FROM benefit_grants
             WHERE reversed_at IS NULL AND source <> 'rule:BIRTHDAY') AS grants,
           (SELECT coalesce(sum(grants + points), 0) FROM benefit_counters) AS budgets,
           (SELECT coalesce(sum(issued + used), 0) FROM coupon_counters) AS coupons,
           (SELECT count(*) FROM referrals WHERE state = 'qualified') AS referrals
""")

_AVAILABLE = text("SELECT coalesce(sum(available), 0) FROM point_accounts")

# Everything a replay writes, boiled down: equal before and after running it again.
_WRITTEN = (
    "orders", "refunds", "point_accounts", "point_lots", "point_entries", "benefit_grants",
    "benefit_counters", "coupons", "stamp_accounts", "stamp_cards", "stamp_entries",
    "tier_postings", "tier_changes", "member_tiers", "referrals",
)  # fmt: skip
_STATE = text(
    "SELECT md5(concat_ws(';', "
    + ", ".join(
        f"(SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {table} t)"
        for table in _WRITTEN
    )
    + "))"
)


def sales(brand_id: UUID, until: datetime) -> dict[str, int]:
    """Return what the sale pass left: orders, and points before the first refund."""
    with transaction(brand_id):
        return {**_one(_SALES), **_one(_POINTS, until=until)}


def grants(brand_id: UUID) -> dict[str, tuple[int, int]]:
    """Return by source how often it gave, taken back or not, and to how many members."""
    with transaction(brand_id):
        return {
            row.source: (int(row.grants), int(row.members)) for row in db.session.execute(_GRANTS)
        }


def refunds(brand_id: UUID) -> dict[str, int]:
    """Return what was given back, and returned without an order."""
    with transaction(brand_id):
        return {**_one(_REFUNDS, undo=UNDO), **_one(_ADJUSTMENTS)}


def refunded_lines(brand_id: UUID) -> list[Any]:
    """Return what was given back of each line, over all refunds of it."""
    with transaction(brand_id):
        return list(db.session.execute(_REFUNDED_LINES, {"undo": UNDO}))


def left_over(brand_id: UUID) -> dict[str, int]:
    """Return what is left when everything was given back."""
    with transaction(brand_id):
        return _one(_LEFT_OVER)


def available(brand_id: UUID) -> int:
    with transaction(brand_id):
        return int(db.session.scalar(_AVAILABLE) or 0)


def state(brand_id: UUID) -> str:
    """Return a digest of all that was written."""
    with transaction(brand_id):
        return str(db.session.scalar(_STATE))


def _one(statement: Any, **values: Any) -> dict[str, int]:
    row = db.session.execute(statement, values).one()
    return {name: int(value or 0) for name, value in row._mapping.items()}
