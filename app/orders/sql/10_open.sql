-- Reads all that the checkout needs to decide, as of one moment under one lock, and
-- makes the brand's rows visible for the rest of the transaction.
--
-- A plain statement that waits for a row lock sees the new row but old everything
-- else. Here the account is locked in one statement and the rest is read in later
-- ones, each with a snapshot of its own (the function must stay VOLATILE). With
-- p_lock false (preview) nothing is locked, unless points are due by themselves.
--
-- One jsonb answer: the driver reads one column faster than twenty.
CREATE OR REPLACE FUNCTION order_open(
    p_brand uuid, p_member uuid, p_member_external text, p_key text, p_external text,
    p_hold uuid, p_now timestamptz, p_lock boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_version integer;
    v_member record;
    v_account record;
    v_answer record;
    v_order record;
    v_hold record;
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
    WHILE v_member.merged_into_id IS NOT NULL LOOP
        SELECT id, status, merged_into_id INTO v_member
          FROM members WHERE brand_id = p_brand AND id = v_member.merged_into_id;
    END LOOP;
    IF v_member.id IS NULL THEN
        SELECT NULL::bigint AS available, NULL::bigint AS pending, NULL::bigint AS held,
               NULL::bigint AS debt INTO v_account;
    ELSIF p_lock THEN
        SELECT available, pending, held, debt INTO v_account
          FROM points_open(p_brand, v_member.id, v_now);
    ELSE
        SELECT available, pending, held, debt INTO v_account
          FROM points_read(p_brand, v_member.id, v_now);
    END IF;
    SELECT fingerprint, status, body INTO v_answer
      FROM idempotency_records WHERE brand_id = p_brand AND key = p_key;
    SELECT id, fingerprint INTO v_order
      FROM orders WHERE brand_id = p_brand AND external_id = p_external;
    SELECT member_id, amount, state, expires_at, entry_seq INTO v_hold
      FROM point_holds WHERE brand_id = p_brand AND id = p_hold;
    RETURN jsonb_build_object(
        'settings_version', v_version, 'now', v_now,
        'member_id', v_member.id, 'member_status', v_member.status,
        'available', v_account.available, 'pending', v_account.pending,
        'held', v_account.held, 'debt', v_account.debt,
        'answer_fingerprint', encode(v_answer.fingerprint, 'hex'),
        'answer_status', v_answer.status, 'answer_body', v_answer.body,
        'order_id', v_order.id, 'order_fingerprint', encode(v_order.fingerprint, 'hex'),
        'hold_member_id', v_hold.member_id, 'hold_amount', v_hold.amount,
        'hold_state', v_hold.state, 'hold_expires_at', v_hold.expires_at,
        'hold_entry_seq', v_hold.entry_seq
    );
END $$;

GRANT EXECUTE ON FUNCTION order_open(
    uuid, uuid, text, text, text, uuid, timestamptz, boolean
) TO dangol_app;
