-- Reads all that the checkout needs to decide, as of one moment under one lock, and
-- makes the brand's rows visible for the rest of the transaction.
--
-- A plain statement that waits for a row lock sees the new row but old everything
-- else. Here the account is locked in one statement and the rest is read in later
-- ones, each with a snapshot of its own (the function must stay VOLATILE). With
-- "lock" false (preview) nothing is locked, unless points are due by themselves.
--
-- p_asked: member_id or member_external, key, external_id, hold_id, lock, placed_at,
-- skus (of the cart), coupons (see coupons_state), owned. One jsonb answer: the driver
-- reads one column faster than twenty.
CREATE OR REPLACE FUNCTION order_open(
    p_brand uuid, p_now timestamptz, p_asked jsonb
) RETURNS jsonb LANGUAGE plpgsql
-- Planning each statement anew, because a list has two elements today, costs more than it saves.
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_now timestamptz;
    v_version integer;
    v_programme integer;
    v_lock boolean := (p_asked ->> 'lock')::boolean;
    v_asked_member uuid := (p_asked ->> 'member_id')::uuid;
    v_hold_id uuid := (p_asked ->> 'hold_id')::uuid;
    v_member record;
    v_account point_accounts;
    v_counters jsonb;
    v_answer jsonb;
    v_order record;
    v_hold jsonb;
    v_state jsonb;
BEGIN
    PERFORM set_config('app.brand_id', p_brand::text, true);
    SELECT settings_version, programme_version, coalesce(test_now, p_now)
      INTO v_version, v_programme, v_now
      FROM brands WHERE brand_id = p_brand;
    IF v_asked_member IS NOT NULL THEN
        SELECT id, status, merged_into_id INTO v_member
          FROM members WHERE brand_id = p_brand AND id = v_asked_member;
    ELSE
        SELECT id, status, merged_into_id INTO v_member
          FROM members WHERE brand_id = p_brand AND external_id = p_asked ->> 'member_external';
    END IF;
    LOOP
        WHILE v_member.merged_into_id IS NOT NULL LOOP
            SELECT id, status, merged_into_id INTO v_member
              FROM members WHERE brand_id = p_brand AND id = v_member.merged_into_id;
        END LOOP;
        EXIT WHEN v_member.id IS NULL;
        IF NOT v_lock THEN
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
    -- In this order: without a member nothing is locked, and who sees an order that was
    -- placed this moment must see the answer that was stored with it.
    SELECT id, fingerprint INTO v_order
      FROM orders WHERE brand_id = p_brand AND external_id = p_asked ->> 'external_id';
    SELECT jsonb_build_object(
               'fingerprint', encode(fingerprint, 'hex'), 'status', status, 'body', body
           ) INTO v_answer
      FROM idempotency_records WHERE brand_id = p_brand AND key = p_asked ->> 'key';
    IF v_hold_id IS NOT NULL THEN
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
          FROM point_holds h WHERE h.brand_id = p_brand AND h.id = v_hold_id;
    END IF;
    IF v_programme > 0 AND v_answer IS NULL AND v_order.id IS NULL THEN
        v_state := order_programme(p_brand, v_member.id, v_now, p_asked);
    END IF;
    RETURN jsonb_build_object(
        'settings_version', v_version, 'programme_version', v_programme, 'now', v_now,
        'member_id', v_member.id, 'member_status', v_member.status,
        'counters', v_counters,
        'answer', v_answer, 'order_id', v_order.id,
        'order_fingerprint', encode(v_order.fingerprint, 'hex'), 'hold', v_hold,
        'programme', v_state
    );
END $$;

GRANT EXECUTE ON FUNCTION order_open(uuid, timestamptz, jsonb) TO dangol_app;
