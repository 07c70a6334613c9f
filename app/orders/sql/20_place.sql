-- Posts an order's points and what it does by the programme, and writes the order, its
-- lines and effects, and the stored answer: one call for all that was decided.
--
-- p_placed holds what order_follow takes, "redeem_at" and "accrue_at" (where the
-- redemption and the accrual stand among its operations, or null), "order", "lines"
-- and "effects": rows by column name. Returns the member's counters, NULL without one.
CREATE OR REPLACE FUNCTION order_place(
    p_brand uuid, p_now timestamptz, p_placed jsonb,
    p_key text, p_fingerprint bytea, p_status integer, p_body text
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_order jsonb := p_placed -> 'order' || jsonb_build_object(
        'brand_id', p_brand, 'created_at', p_now
    );
    v_id uuid := (v_order ->> 'id')::uuid;
    v_member uuid := (v_order ->> 'member_id')::uuid;
    v_done record;
BEGIN
    v_done := order_post(p_brand, v_member, p_now, p_placed -> 'operations');
    IF p_placed -> 'redeem_at' <> 'null' THEN
        v_order := v_order || jsonb_build_object(
            'redemption_seq', v_done.results -> (p_placed ->> 'redeem_at')::integer -> 'seq'
        );
    END IF;
    IF p_placed -> 'accrue_at' <> 'null' THEN
        v_order := v_order || jsonb_build_object(
            'accrual_lot', v_done.results -> (p_placed ->> 'accrue_at')::integer -> 'lot_no'
        );
    END IF;
    INSERT INTO orders (
        brand_id, id, external_id, fingerprint, member_id, channel, currency, status, placed_at,
        goods, discounts, member_discount, coupon_discount, shipping_fee, shipping_discount,
        points_used, due, earned, earned_pending, accrual_rate, tier, settings_version,
        programme_version, address_index, hold_id, redemption_seq, accrual_lot, confirm_due_at,
        confirmed_at, shipping_refunded, cash_refunded, points_restored, points_taken_back,
        created_at
    )
    SELECT brand_id, id, external_id, p_fingerprint, member_id, channel, currency, 'paid',
           placed_at, goods, discounts, member_discount, coupon_discount, shipping_fee,
           shipping_discount, points_used, due, earned, earned_pending, accrual_rate, tier,
           settings_version, programme_version, address_index, hold_id, redemption_seq,
           accrual_lot, confirm_due_at, confirmed_at, false, 0, 0, 0, created_at
      FROM jsonb_populate_record(NULL::orders, v_order);
    INSERT INTO order_lines (
        brand_id, order_id, line_no, member_id, sku, name, category, quantity, unit_price,
        amount, discount, member_discount, coupon_discount, points_share, accrues,
        refunded_quantity
    )
    SELECT p_brand, v_id, line_no, v_member, sku, name, category, quantity, unit_price,
           amount, discount, member_discount, coupon_discount, points_share, accrues, 0
      FROM jsonb_populate_recordset(NULL::order_lines, p_placed -> 'lines');
    PERFORM order_effects_add(p_brand, v_id, p_placed -> 'effects');
    INSERT INTO idempotency_records (brand_id, key, fingerprint, status, body, created_at)
    VALUES (p_brand, p_key, p_fingerprint, p_status, p_body, clock_timestamp());
    PERFORM order_write(p_brand, v_member, v_id, p_now, p_placed, v_done.results);
    RETURN v_done.counters;
END $$;

GRANT EXECUTE ON FUNCTION order_place(
    uuid, timestamptz, jsonb, text, bytea, integer, text
) TO dangol_app;
