"""Proof of coupons: limits, counters, orders and dates."""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "counter_equals_coupons": """
        SELECT NULL::uuid AS member_id, 'template ' || t.code || ' counts ' || k.issued || '/'
               || k.used || ', coupons ' || coalesce(c.issued, 0) || '/' || coalesce(c.used, 0)
               AS detail
          FROM coupon_counters k
          JOIN coupon_templates t ON t.brand_id = k.brand_id AND t.id = k.template_id
          LEFT JOIN (
              SELECT template_id, count(*) AS issued,
                     count(*) FILTER (WHERE status = 'redeemed') AS used
                FROM coupons
               WHERE brand_id = :brand_id AND status IN ('issued', 'reserved', 'redeemed')
               GROUP BY template_id
          ) c ON c.template_id = k.template_id
         WHERE k.brand_id = :brand_id
           AND (k.issued, k.used) IS DISTINCT FROM (coalesce(c.issued, 0), coalesce(c.used, 0))
    """,
    "counter_is_there_for_a_limit": """
        SELECT NULL::uuid AS member_id, 'template ' || t.code || ' is limited to '
               || coalesce(v.definition ->> 'total_limit', 'nothing') || ', counted up to '
               || coalesce(k.total_limit::text, 'nothing') AS detail
          FROM coupon_templates t
          JOIN coupon_template_versions v
            ON v.brand_id = t.brand_id AND v.template_id = t.id AND v.version = t.version
          LEFT JOIN coupon_counters k ON k.brand_id = t.brand_id AND k.template_id = t.id
         WHERE t.brand_id = :brand_id
           AND (v.definition ->> 'total_limit')::bigint IS DISTINCT FROM k.total_limit
    """,
    "limit_is_kept": """
        SELECT NULL::uuid AS member_id, 'template ' || t.code || ' has ' || k.issued
               || ' coupons, never more than ' || v.most || ' were allowed' AS detail
          FROM coupon_counters k
          JOIN coupon_templates t ON t.brand_id = k.brand_id AND t.id = k.template_id
          JOIN (
              SELECT template_id, max((definition ->> 'total_limit')::bigint) AS most
                FROM coupon_template_versions WHERE brand_id = :brand_id GROUP BY template_id
              HAVING bool_and(definition ? 'total_limit')
          ) v ON v.template_id = k.template_id
         WHERE k.brand_id = :brand_id AND k.issued > v.most
    """,
    "redeemed_has_its_order": """
        SELECT c.member_id, 'coupon ' || c.id || ' was redeemed by order ' || c.order_id
               || ', which is not there or is another member''s' AS detail
          FROM coupons c
          LEFT JOIN orders o ON o.brand_id = :brand_id AND o.id = c.order_id
          LEFT JOIN members m ON m.brand_id = :brand_id AND m.id = o.member_id
         WHERE c.brand_id = :brand_id AND c.status = 'redeemed'
           AND (o.id IS NULL
                OR c.member_id IS DISTINCT FROM o.member_id
               AND c.member_id IS DISTINCT FROM m.merged_into_id)
    """,
    "redeemed_within_its_dates": """
        SELECT member_id, 'coupon ' || id || ' was redeemed at ' || redeemed_at
               || ', outside of its dates' AS detail
          FROM coupons
         WHERE brand_id = :brand_id AND status = 'redeemed'
           AND (redeemed_at < valid_from OR redeemed_at >= valid_until)
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
