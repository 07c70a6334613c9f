"""What is held on a person: orders with lines, effects and refunds. See ``app.parts``."""

from app.parts import Part

PARTS = {
    "orders": Part(
        ("orders", "order_lines", "order_effects", "refunds", "refund_lines"),
        """
        SELECT id, external_id, member_id, channel, currency, status, placed_at, goods, discounts,
               member_discount, coupon_discount, shipping_fee, shipping_discount, points_used, due,
               earned, tier, confirmed_at, cash_refunded, points_restored, points_taken_back,
               address_index IS NOT NULL AS address_compared, created_at,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('line', l.line_no, 'sku', l.sku,
                    'name', l.name, 'category', l.category, 'quantity', l.quantity,
                    'unit_price', l.unit_price, 'amount', l.amount, 'discount', l.discount,
                    'refunded_quantity', l.refunded_quantity) ORDER BY l.line_no), '[]')
                  FROM order_lines l
                 WHERE l.brand_id = o.brand_id AND l.order_id = o.id) AS lines,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'points', e.points,
                    'status', e.status, 'reason', e.reason, 'rule', e.rule)
                    ORDER BY e.effect_no), '[]')
                  FROM order_effects e
                 WHERE e.brand_id = o.brand_id AND e.order_id = o.id) AS effects,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('external_id', r.external_id,
                    'refunded_at', r.refunded_at, 'cash', r.cash, 'points', r.restored,
                    'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object('line', x.line_no,
                         'quantity', x.quantity, 'cash', x.cash) ORDER BY x.line_no), '[]')
                       FROM refund_lines x
                      WHERE x.brand_id = r.brand_id AND x.refund_id = r.id))
                    ORDER BY r.refunded_at, r.id), '[]')
                  FROM refunds r
                 WHERE r.brand_id = o.brand_id AND r.order_id = o.id) AS refunds
          FROM orders o
         WHERE brand_id = :brand_id AND member_id = ANY (:member_ids) ORDER BY placed_at, id
        """,
        ids={"id": "ord"},
    ),
}
LEFT_OUT: dict[str, str] = {}
