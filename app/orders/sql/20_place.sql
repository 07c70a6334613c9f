-- Posts an order's points and writes the order, its lines and effects, and the
-- stored answer: one call for all that was decided.
--
-- p_placed holds "operations" (see points_apply), "redeem_at" and "accrue_at" (where
-- the redemption and the accrual stand among them, or null), "order", "lines" and
-- "effects": rows by column name. Returns the member's counters, NULL without a member.
CREATE OR REPLACE FUNCTION order_place(
    p_brand uuid, p_order uuid, p_member uuid, p_now timestamptz, p_placed jsonb,
    p_key text, p_fingerprint bytea, p_status integer, p_body text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_order jsonb := p_placed -> 'order' || jsonb_build_object(
        'brand_id', p_brand, 'id', p_order, 'member_id', p_member, 'created_at', p_now
    );
    v_counters jsonb;
    v_posted record;
BEGIN
    IF p_member IS NOT NULL THEN
        SELECT (p.account).available, (p.account).pending, (p.account).held, (p.account).debt,
               p.results
          INTO v_posted
          FROM points_post(p_brand, p_member, p_now, p_placed -> 'operations') p;
        v_counters := jsonb_build_object(
            'available', v_posted.available, 'pending', v_posted.pending,
            'held', v_posted.held, 'debt', v_posted.debt
        );
        IF p_placed -> 'redeem_at' <> 'null' THEN
            v_order := v_order || jsonb_build_object(
                'redemption_seq',
                v_posted.results -> (p_placed ->> 'redeem_at')::integer -> 'seq'
            );
        END IF;
        IF p_placed -> 'accrue_at' <> 'null' THEN
            v_order := v_order || jsonb_build_object(
                'accrual_lot',
                v_posted.results -> (p_placed ->> 'accrue_at')::integer -> 'lot_no'
            );
        END IF;
    END IF;
    INSERT INTO orders (
        brand_id, id, external_id, fingerprint, member_id, channel, currency, status, placed_at,
        goods, discounts, shipping_fee, points_used, due, earned, earned_pending,
        settings_version, hold_id, redemption_seq, accrual_lot, confirm_due_at,
        shipping_refunded, cash_refunded, points_restored, points_taken_back, created_at
    )
    SELECT brand_id, id, external_id, p_fingerprint, member_id, channel, currency, 'paid',
           placed_at, goods, discounts, shipping_fee, points_used, due, earned, earned_pending,
           settings_version, hold_id, redemption_seq, accrual_lot, confirm_due_at,
           false, 0, 0, 0, created_at
      FROM jsonb_populate_record(NULL::orders, v_order);
    INSERT INTO order_lines (
        brand_id, order_id, line_no, sku, name, category, quantity, unit_price, amount,
        discount, points_share, accrues, refunded_quantity
    )
    SELECT p_brand, p_order, line_no, sku, name, category, quantity, unit_price, amount,
           discount, points_share, accrues, 0
      FROM jsonb_populate_recordset(NULL::order_lines, p_placed -> 'lines');
    INSERT INTO order_effects (
        brand_id, order_id, effect_no, kind, points, status, reason, rule, rule_version, terms
    )
    SELECT p_brand, p_order, effect_no, kind, points, status, reason, rule, rule_version, terms
      FROM jsonb_populate_recordset(NULL::order_effects, p_placed -> 'effects');
    INSERT INTO idempotency_records (brand_id, key, fingerprint, status, body, created_at)
    VALUES (p_brand, p_key, p_fingerprint, p_status, p_body, clock_timestamp());
    RETURN v_counters;
END $$;

GRANT EXECUTE ON FUNCTION order_place(
    uuid, uuid, uuid, timestamptz, jsonb, text, bytea, integer, text
) TO dangol_app;
