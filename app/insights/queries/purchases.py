"""How often members come back, as of a day; orders of who was merged are the survivor's."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.db import db

# One row for each order of a member until the day: who, when, for how much.
_ORDERS = """
    WITH o AS (
        SELECT coalesce(m.merged_into_id, m.id) AS member_id, o.placed_at,
               CAST(o.placed_at AT TIME ZONE :zone AS date) AS day,
               o.goods - o.discounts - o.member_discount - o.coupon_discount AS amount
          FROM orders o
          JOIN members m ON m.brand_id = o.brand_id AND m.id = o.member_id
         WHERE o.brand_id = :brand_id
           AND o.placed_at < (CAST(:last AS date) + 1)::timestamp AT TIME ZONE :zone
           AND (CAST(:first AS date) IS NULL
                OR o.placed_at >= CAST(:first AS date)::timestamp AT TIME ZONE :zone)
    )
"""
_REPURCHASE = text(
    _ORDERS
    + """
    SELECT count(*) AS members,
           count(*) FILTER (WHERE orders >= 2) AS by_order,
           count(*) FILTER (WHERE days >= 2) AS by_day,
           coalesce(sum(orders), 0) AS orders, coalesce(sum(amount), 0) AS amount
      FROM (SELECT count(*) AS orders, count(DISTINCT day) AS days, sum(amount) AS amount
              FROM o GROUP BY member_id) each
"""
)
_MEDIAN = text(_ORDERS + "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM o")
_GAPS = (
    _ORDERS
    + """
    , days AS (
        SELECT DISTINCT member_id, day FROM o
    ), gaps AS (
        SELECT member_id, day - lag(day) OVER (PARTITION BY member_id ORDER BY day) AS gap,
               row_number() OVER (PARTITION BY member_id ORDER BY day) - 1 AS step
          FROM days
    )
"""
)
_INTERVALS = text(
    _GAPS
    + """
    SELECT count(gap) AS gaps, avg(gap) AS mean,
           percentile_cont(ARRAY[0.1, 0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY gap) AS at
      FROM gaps WHERE gap IS NOT NULL
"""
)
_HISTOGRAM = text(
    _GAPS
    + """
    SELECT least AS band, count(gap) AS gaps
      FROM unnest(CAST(:least AS integer[]), CAST(:most AS integer[])) AS b (least, most)
      LEFT JOIN gaps ON gap >= least AND (most IS NULL OR gap <= most)
     GROUP BY least ORDER BY least
"""
)
_STEPS = text(
    _GAPS
    + """
    SELECT step, count(*) AS gaps, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median
      FROM gaps WHERE gap IS NOT NULL AND step <= :steps GROUP BY step ORDER BY step
"""
)
_RFM = text(
    _ORDERS
    + """
    , each AS (
        SELECT CAST(:last AS date) - max(day) AS since,
               count(*) FILTER (WHERE day >= :year) AS orders, sum(amount) AS amount
          FROM o GROUP BY member_id
    )
    SELECT CASE WHEN since <= 30 THEN 0 WHEN since <= 90 THEN 31 ELSE 91 END AS recency,
           CASE WHEN orders >= 5 THEN 5 WHEN orders >= 2 THEN 2 ELSE orders END AS frequency,
           CASE WHEN amount >= :high THEN 2 WHEN amount >= :middle THEN 1 ELSE 0 END AS money,
           count(*) AS members, sum(amount) AS amount
      FROM each GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
)
_COHORTS = text(
    _ORDERS
    + """
    , firsts AS (
        SELECT member_id, date_trunc('month', min(day)) AS began FROM o GROUP BY member_id
    ), months AS (
        SELECT DISTINCT o.member_id, f.began,
               CAST(extract(year FROM age(date_trunc('month', o.day), f.began)) * 12
                    + extract(month FROM age(date_trunc('month', o.day), f.began)) AS integer)
                   AS later
          FROM o JOIN firsts f ON f.member_id = o.member_id
    )
    SELECT CAST(began AS date) AS month, later, count(*) AS members
      FROM months WHERE later <= :months GROUP BY 1, 2 ORDER BY 1, 2
"""
)

Values = dict[str, Any]


def values_of(brand_id: UUID, zone: str, last: date, first: date | None = None) -> Values:
    return {"brand_id": brand_id, "zone": zone, "last": last, "first": first}


def read_repurchase(values: Values) -> Row[Any]:
    """Return members, by_order, by_day, orders, amount."""
    return db.session.execute(_REPURCHASE, values).one()


def read_median(values: Values) -> float | None:
    """Return what the goods of the order in the middle cost."""
    found: float | None = db.session.scalar(_MEDIAN, values)
    return found


def read_intervals(values: Values) -> Row[Any]:
    """Return gaps, mean, and the days at 10, 25, 50, 75 and 90 per cent (``at``)."""
    return db.session.execute(_INTERVALS, values).one()


def read_histogram(values: Values, bands: Sequence[tuple[int, int | None]]) -> Sequence[Row[Any]]:
    """Return (band, gaps) for each band, by its least days."""
    least, most = zip(*bands, strict=True)
    limits = {"least": list(least), "most": list(most)}
    return db.session.execute(_HISTOGRAM, {**values, **limits}).all()


def read_steps(values: Values, steps: int) -> Sequence[Row[Any]]:
    """Return (step, gaps, median) from each purchase to the next, the first ``steps`` of them."""
    return db.session.execute(_STEPS, {**values, "steps": steps}).all()


def read_rfm(values: Values, *, year: date, middle: int, high: int) -> Sequence[Row[Any]]:
    """Return (recency, frequency, money, members, amount), by the least of each band."""
    return db.session.execute(_RFM, {**values, "year": year, "middle": middle, "high": high}).all()


def read_cohorts(values: Values, months: int) -> Sequence[Row[Any]]:
    """Return (month, later, members): of who first ordered in a month, who did so many later."""
    return db.session.execute(_COHORTS, {**values, "months": months}).all()
