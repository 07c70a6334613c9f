"""Proof of exchanges: nobody paid for nothing, nobody got anything for nothing."""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "taken_equals_exchanges": """
        SELECT NULL::uuid AS member_id, 'item ' || i.code || ' counts ' || i.taken
               || ', exchanges in force ' || coalesce(e.pieces, 0) AS detail
          FROM exchange_items i
          LEFT JOIN (
              SELECT item AS code, sum(quantity) AS pieces FROM exchanges
               WHERE brand_id = :brand_id AND status = 'exchanged' GROUP BY item
          ) e USING (code)
         WHERE i.brand_id = :brand_id AND i.taken <> coalesce(e.pieces, 0)
    """,
    # The stock may be lowered below what is taken, but not taken beyond what it ever was.
    "never_more_than_the_stock": """
        SELECT NULL::uuid AS member_id, 'item ' || i.code || ' of at most ' || v.stock
               || ' counts ' || i.taken AS detail
          FROM exchange_items i
          JOIN (
              SELECT code, max((definition->>'stock')::bigint) AS stock
                FROM exchange_item_versions WHERE brand_id = :brand_id
               GROUP BY code HAVING bool_and(definition->>'stock' IS NOT NULL)
          ) v USING (code)
         WHERE i.brand_id = :brand_id AND i.taken > v.stock
    """,
    "exchange_equals_its_price_and_its_entry": """
        SELECT e.member_id, 'exchange ' || e.id || ' of ' || e.points || ' points, price '
               || e.quantity * (v.definition->>'points')::bigint || ', entry '
               || coalesce(p.kind || ' ' || p.d_available, 'none') AS detail
          FROM exchanges e
          JOIN exchange_item_versions v
            ON v.brand_id = :brand_id AND v.code = e.item AND v.version = e.item_version
          LEFT JOIN point_entries p
            ON p.brand_id = :brand_id AND p.member_id = e.payer_id AND p.seq = e.entry_seq
         WHERE e.brand_id = :brand_id
           AND (e.points, 'redemption', -e.points) IS DISTINCT FROM
               (e.quantity * (v.definition->>'points')::bigint, p.kind, p.d_available)
    """,
    "cancelled_exchange_has_its_points_back": """
        SELECT e.member_id, 'exchange ' || e.id || ' is ' || e.status || ', points back '
               || coalesce(p.d_available, 0) || ' of ' || e.points AS detail
          FROM exchanges e
          LEFT JOIN point_entries p
            ON p.brand_id = :brand_id AND p.cause = 'exchange/' || e.id || '/cancellation'
         WHERE e.brand_id = :brand_id
           AND coalesce(p.d_available, 0) <> CASE e.status WHEN 'cancelled' THEN e.points ELSE 0 END
    """,
    "exchange_has_its_coupons": """
        SELECT e.member_id, 'exchange ' || e.id || ' is ' || e.status || ' with '
               || count(c.id) || ' coupons of ' || e.quantity || ', in force '
               || count(c.id) FILTER (WHERE c.status <> 'revoked') AS detail
          FROM exchanges e
          LEFT JOIN coupons c
            ON c.brand_id = :brand_id AND c.id = ANY (e.coupon_ids) AND c.member_id = e.member_id
           AND c.cause LIKE 'exchange/' || e.id || '/%'
         WHERE e.brand_id = :brand_id
         GROUP BY e.id, e.member_id, e.status, e.quantity
        HAVING count(c.id) <> e.quantity
            OR (e.status = 'cancelled' AND bool_or(c.status <> 'revoked'))
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
