-- The ceiling: exactly the rows one checkout writes, in one statement, as fast as they
-- can be written by hand. No rules, no JSON, no look-up of the member; the brand and
-- row-level security as in the application. Installed by the bench alone.
CREATE OR REPLACE FUNCTION bench_checkout(p_brand uuid, p_number integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_member uuid := ('01900000-0000-7000-8000-' || lpad(to_hex(p_number), 12, '0'))::uuid;
    v_order uuid := uuidv7();
    v_now timestamptz := clock_timestamp();
    v_account point_accounts;
    v_missing bigint := 10;
    v_lot record;
BEGIN
    PERFORM set_config('app.brand_id', p_brand::text, true);
    SELECT * INTO STRICT v_account FROM point_accounts
     WHERE brand_id = p_brand AND member_id = v_member FOR NO KEY UPDATE;
    FOR v_lot IN
        SELECT lot_no, least(remaining, v_missing) AS taken FROM point_lots
         WHERE brand_id = p_brand AND member_id = v_member
           AND remaining > 0 AND expires_at > v_now
         ORDER BY expires_at, lot_no LIMIT 10
    LOOP
        EXIT WHEN v_missing = 0;
        v_lot.taken := least(v_lot.taken, v_missing);
        UPDATE point_lots SET remaining = remaining - v_lot.taken
         WHERE brand_id = p_brand AND member_id = v_member AND lot_no = v_lot.lot_no;
        INSERT INTO point_allocations (
            brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
        ) VALUES (p_brand, v_member, v_account.seq + 1, v_lot.lot_no, -v_lot.taken, 0);
        v_missing := v_missing - v_lot.taken;
    END LOOP;
    IF v_missing > 0 THEN
        RAISE EXCEPTION 'lots do not cover the redemption';
    END IF;
    INSERT INTO point_entries (
        brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
        available_after, pending_after, held_after, debt_after,
        order_id, origin, rule, rule_version, actor, cause, occurred_at, recorded_at
    ) VALUES
        (p_brand, v_member, v_account.seq + 1, 'redemption', -10, 0, 0, 0,
         v_account.available - 10, v_account.pending, v_account.held, v_account.debt,
         v_order, NULL, 'redemption', 1, 'key:000000000000',
         'order/' || v_order || '/redemption', v_now, v_now),
        (p_brand, v_member, v_account.seq + 2, 'accrual', 0, 437, 0, 0,
         v_account.available - 10, v_account.pending + 437, v_account.held, v_account.debt,
         v_order, 'purchase', 'accrual', 1, 'key:000000000000',
         'order/' || v_order || '/accrual', v_now, v_now);
    INSERT INTO point_lots (
        brand_id, member_id, lot_no, entry_seq, original, remaining, pending,
        expires_at, confirms_at, order_id
    ) VALUES (
        p_brand, v_member, v_account.lots + 1, v_account.seq + 2, 437, 0, 437,
        v_now + interval '365 days', v_now + interval '14 days', v_order
    );
    INSERT INTO point_allocations (
        brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
    ) VALUES (p_brand, v_member, v_account.seq + 2, v_account.lots + 1, 0, 437);
    UPDATE point_accounts
       SET available = available - 10, pending = pending + 437, seq = seq + 2, lots = lots + 1,
           next_due_at = least(next_due_at, v_now + interval '14 days')
     WHERE brand_id = p_brand AND member_id = v_member;
    INSERT INTO orders (
        brand_id, id, external_id, fingerprint, member_id, channel, currency, status, placed_at,
        goods, discounts, shipping_fee, points_used, due, earned, earned_pending,
        settings_version, redemption_seq, accrual_lot, confirm_due_at,
        shipping_refunded, cash_refunded, points_restored, points_taken_back, created_at
    ) VALUES (
        p_brand, v_order, v_order::text, '\x{fingerprint}', v_member, 'own_mall', 'KRW', 'paid',
        v_now, 43800, 0, 3000, 10, 46790, 437, true, 1, v_account.seq + 1, v_account.lots + 1,
        v_now + interval '14 days', false, 0, 0, 0, v_now
    );
    INSERT INTO order_lines (
        brand_id, order_id, line_no, sku, name, category, quantity, unit_price, amount,
        discount, points_share, accrues, refunded_quantity
    ) VALUES
        (p_brand, v_order, 1, '85123A', '머그컵', 'kitchen', 6, 2550, 15300, 0, 4, true, 0),
        (p_brand, v_order, 2, '71053', '랜턴', 'living', 1, 18500, 18500, 0, 4, true, 0),
        (p_brand, v_order, 3, '22720', '베이킹 틀', 'kitchen', 2, 5000, 10000, 0, 2, true, 0);
    INSERT INTO order_effects (
        brand_id, order_id, effect_no, kind, points, status, reason, rule, rule_version, terms
    ) VALUES
        (p_brand, v_order, 1, 'redemption', 10, 'posted', '포인트 10P를 상품 금액에 썼어요',
         'redemption', 1, NULL),
        (p_brand, v_order, 2, 'accrual', 437, 'pending',
         '상품 결제 금액 43,790 × 1% = 437P (1P 단위 내림)', 'accrual', 1,
         '{"basis": 43790, "rate_basis_points": 100}');
    INSERT INTO idempotency_records (brand_id, key, fingerprint, status, body, created_at)
    VALUES (p_brand, v_order::text, '\x{fingerprint}', 201, $body${body}$body$, v_now);
    RETURN v_account.available - 10;
END $$;
GRANT EXECUTE ON FUNCTION bench_checkout(uuid, integer) TO dangol_app;
