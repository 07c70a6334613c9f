-- The checkout of the version before the programme (migration 0013): a process that
-- still runs it finds its functions until it is replaced. They go with the next
-- migration of orders.

CREATE OR REPLACE FUNCTION order_open(
    p_brand uuid, p_member uuid, p_member_external text, p_key text, p_external text,
    p_hold uuid, p_now timestamptz, p_lock boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_version integer;
    v_member record;
    v_account point_accounts;
    v_counters jsonb;
    v_answer jsonb;
    v_order record;
    v_hold jsonb;
BEGIN
    PERFORM set_config('app.brand_id', p_brand::text, true);
    SELECT settings_version, coalesce(test_now, p_now) INTO v_version, v_now
      FROM brands WHERE brand_id = p_brand;
    IF p_member IS NOT NULL THEN
        SELECT id, status, merged_into_id INTO v_member
          FROM members WHERE brand_id = p_brand AND id = p_member;
    ELSE
        SELECT id, status, merged_into_id INTO v_member
          FROM members WHERE brand_id = p_brand AND external_id = p_member_external;
    END IF;
    LOOP
        WHILE v_member.merged_into_id IS NOT NULL LOOP
            SELECT id, status, merged_into_id INTO v_member
              FROM members WHERE brand_id = p_brand AND id = v_member.merged_into_id;
        END LOOP;
        EXIT WHEN v_member.id IS NULL;
        IF NOT p_lock THEN
            v_account := points_read(p_brand, v_member.id, v_now);
            EXIT;
        END IF;
        v_account := points_open(p_brand, v_member.id, v_now);
        -- While the lock was waited for, the member may have been merged or erased.
        SELECT id, status, merged_into_id INTO v_member
          FROM members WHERE brand_id = p_brand AND id = v_member.id;
        EXIT WHEN v_member.merged_into_id IS NULL;
    END LOOP;
    IF v_member.id IS NOT NULL THEN
        v_counters := jsonb_build_object(
            'available', v_account.available, 'pending', v_account.pending,
            'held', v_account.held, 'debt', v_account.debt
        );
    END IF;
    SELECT jsonb_build_object(
               'fingerprint', encode(fingerprint, 'hex'), 'status', status, 'body', body
           ) INTO v_answer
      FROM idempotency_records WHERE brand_id = p_brand AND key = p_key;
    SELECT id, fingerprint INTO v_order
      FROM orders WHERE brand_id = p_brand AND external_id = p_external;
    IF p_hold IS NOT NULL THEN
        SELECT jsonb_build_object(
                   'member_id', h.member_id, 'amount', h.amount, 'state', h.state,
                   'expires_at', h.expires_at, 'entry_seq', h.entry_seq,
                   -- What of it came from lots that have not lapsed meanwhile.
                   'alive', (
                       SELECT coalesce(sum(-m.d_remaining), 0)
                         FROM point_allocations m
                         JOIN point_lots l USING (brand_id, member_id, lot_no)
                        WHERE m.brand_id = p_brand AND m.member_id = h.member_id
                          AND m.entry_seq = h.entry_seq AND l.expires_at > v_now
                   )
               ) INTO v_hold
          FROM point_holds h WHERE h.brand_id = p_brand AND h.id = p_hold;
    END IF;
    RETURN jsonb_build_object(
        'settings_version', v_version, 'now', v_now,
        'member_id', v_member.id, 'member_status', v_member.status,
        'counters', v_counters,
        'answer', v_answer, 'order_id', v_order.id,
        'order_fingerprint', encode(v_order.fingerprint, 'hex'), 'hold', v_hold
    );
END $$;

GRANT EXECUTE ON FUNCTION order_open(
    uuid, uuid, text, text, text, uuid, timestamptz, boolean
) TO dangol_app;

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
