-- Posting: the one way in which the application changes the ledger.

-- Takes earned points of p_lots back. First what is still pending, then what is
-- left in those lots, then what lapsed of them, which is gone already and counts once;
-- then by p_policy: other lots ('available', 'debt'), and the rest as debt ('debt') or
-- not at all. Reports what it took in p_result.
CREATE OR REPLACE FUNCTION points_claw_back(
    INOUT a point_accounts, p_points bigint, p_lots bigint[], p_policy text,
    p_now timestamptz, p_meta jsonb, OUT p_result jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    missing bigint := p_points;
    taken bigint;
    own bigint := 0;
    gone bigint := 0;
    others bigint := 0;
    lot record;
    cancelled bigint := 0;
    owed bigint := 0;
BEGIN
    FOR lot IN
        SELECT lot_no, pending, entry_seq FROM point_lots
         WHERE brand_id = a.brand_id AND member_id = a.member_id
           AND lot_no = ANY (p_lots) AND pending > 0
         ORDER BY lot_no
    LOOP
        EXIT WHEN missing = 0;
        taken := least(missing, lot.pending);
        a := points_append(
            a, p_now, 'cancellation', 0, -taken, 0, 0,
            p_meta || jsonb_build_object('ref_seq', lot.entry_seq)
        );
        PERFORM points_allocate(a, lot.lot_no, 0, -taken, NULL);
        p_meta := p_meta - 'cause';
        cancelled := cancelled + taken;
        missing := missing - taken;
    END LOOP;
    SELECT least(missing, coalesce(sum(remaining), 0)),
           least(missing, coalesce(sum(remaining + lapsed), 0)) INTO own, gone
      FROM point_lots
     WHERE brand_id = a.brand_id AND member_id = a.member_id AND lot_no = ANY (p_lots);
    gone := gone - own;
    missing := missing - gone;
    taken := gone;
    FOR lot IN
        SELECT lot_no, lapsed FROM point_lots
         WHERE brand_id = a.brand_id AND member_id = a.member_id
           AND lot_no = ANY (p_lots) AND lapsed > 0
         ORDER BY lot_no
    LOOP
        EXIT WHEN taken = 0;
        UPDATE point_lots SET lapsed = lapsed - least(taken, lot.lapsed)
         WHERE brand_id = a.brand_id AND member_id = a.member_id AND lot_no = lot.lot_no;
        taken := taken - least(taken, lot.lapsed);
    END LOOP;
    IF p_policy IN ('available', 'debt') THEN
        others := least(missing - own, a.available - own);
    END IF;
    IF p_policy = 'debt' THEN
        owed := missing - own - others;
    END IF;
    IF own + others + owed > 0 THEN
        a := points_append(a, p_now, 'clawback', -(own + others), 0, 0, owed, p_meta);
        taken := own;
        FOR lot IN
            SELECT lot_no, remaining FROM point_lots
             WHERE brand_id = a.brand_id AND member_id = a.member_id
               AND lot_no = ANY (p_lots) AND remaining > 0
             ORDER BY lot_no
        LOOP
            EXIT WHEN taken = 0;
            PERFORM points_allocate(a, lot.lot_no, -least(taken, lot.remaining), 0, NULL);
            taken := taken - least(taken, lot.remaining);
        END LOOP;
        IF others > 0 THEN
            -- The own lots are either emptied or others is 0: no lot is taken from twice.
            PERFORM points_take(a, others, p_now);
        END IF;
    END IF;
    p_result := jsonb_build_object(
        'cancelled', cancelled, 'clawed_back', cancelled + own + others, 'debt_added', owed,
        'lapsed', gone,
        'waived', missing - own - others - owed
    );
END $$;

-- Gives p_points of the redemption (or hold) p_source back to its lots. What has
-- lapsed since expires at once, or lives until p_grace in a new lot, once.
CREATE OR REPLACE FUNCTION points_restore(
    INOUT a point_accounts, p_source bigint, p_points bigint, p_grace timestamptz,
    p_now timestamptz, p_meta jsonb, OUT p_result jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    lot record;
    expired bigint;
    before bigint;
BEGIN
    a := points_append(
        a, p_now, 'redemption_reversal', p_points, 0, 0, 0,
        p_meta || jsonb_build_object('ref_seq', p_source)
    );
    a := points_give_back(a, p_source, p_points);
    p_meta := p_meta - 'cause';
    IF p_grace IS NOT NULL THEN
        FOR lot IN
            SELECT lot_no, remaining, order_id FROM point_lots
             WHERE brand_id = a.brand_id AND member_id = a.member_id
               AND remaining > 0 AND expires_at <= p_now AND renewed_from IS NULL
             ORDER BY expires_at, lot_no
        LOOP
            -- A renewed lot is not renewed again: redeem-and-return must not
            -- keep points alive for ever.
            a := points_append(a, p_now, 'extension', 0, 0, 0, 0, p_meta);
            PERFORM points_allocate(a, lot.lot_no, -lot.remaining, 0, NULL);
            a := points_open_lot(a, lot.remaining, 0, p_grace, NULL, lot.order_id, lot.lot_no);
        END LOOP;
    END IF;
    before := a.available;
    a := points_expire(a, p_now, p_meta);
    expired := before - a.available;
    a := points_repay(a, p_now, p_meta);
    p_result := jsonb_build_object('restored', p_points, 'restored_expired', expired);
END $$;

-- Applies one operation to a locked, settled account. Operations and their fields:
--   accrue   points, pending (bool), expires_at, confirms_at      → a new lot
--   redeem   points
--   hold     points, hold_id, expires_at
--   capture  hold_id, points (at most the hold's amount)
--   void     hold_id
--   confirm  lots
--   claw_back points, lots, policy
--   restore  source_seq, points, grace_until
--   adjust   points (signed), expires_at if positive
--   forfeit                                                       → all of it
CREATE OR REPLACE FUNCTION points_apply(
    INOUT a point_accounts, p_op jsonb, p_now timestamptz, OUT p_result jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    n bigint := (p_op->>'points')::bigint;
    meta jsonb := coalesce(p_op->'meta', '{}');
    lot_no bigint;
    hold record;
    outcome record;
BEGIN
    p_result := '{}';
    CASE p_op->>'op'
    WHEN 'accrue', 'adjust' THEN
        IF n < 0 THEN
            a := points_append(a, p_now, 'adjustment', n, 0, 0, 0, meta);
            p_result := jsonb_build_object('seq', a.seq);
            PERFORM points_take(a, -n, p_now);
            RETURN;
        END IF;
        IF (p_op->>'pending')::boolean THEN
            a := points_append(a, p_now, 'accrual', 0, n, 0, 0, meta);
            a := points_open_lot(
                a, 0, n, (p_op->>'expires_at')::timestamptz,
                (p_op->>'confirms_at')::timestamptz, (meta->>'order_id')::uuid, NULL
            );
        ELSE
            a := points_append(
                a, p_now, CASE p_op->>'op' WHEN 'adjust' THEN 'adjustment' ELSE 'accrual' END,
                n, 0, 0, 0, meta
            );
            a := points_open_lot(
                a, n, 0, (p_op->>'expires_at')::timestamptz, NULL, (meta->>'order_id')::uuid, NULL
            );
        END IF;
        p_result := jsonb_build_object('seq', a.seq, 'lot_no', a.lots);
        IF a.next_due_at <= p_now THEN
            -- Points of an order long past may be due or lapsed already.
            a := points_settle(a, p_now);
        END IF;
        a := points_repay(a, p_now, meta);
    WHEN 'redeem' THEN
        a := points_append(a, p_now, 'redemption', -n, 0, 0, 0, meta);
        PERFORM points_take(a, n, p_now);
        p_result := jsonb_build_object('seq', a.seq);
    WHEN 'hold' THEN
        a := points_append(
            a, p_now, 'hold', -n, 0, n, 0, meta || jsonb_build_object('hold_id', p_op->>'hold_id')
        );
        PERFORM points_take(a, n, p_now);
        INSERT INTO point_holds (
            brand_id, id, member_id, entry_seq, amount, captured, state, expires_at, created_at
        ) VALUES (
            a.brand_id, (p_op->>'hold_id')::uuid, a.member_id, a.seq, n, 0, 'open',
            (p_op->>'expires_at')::timestamptz, p_now
        );
        a.next_due_at := least(a.next_due_at, (p_op->>'expires_at')::timestamptz);
    WHEN 'capture', 'void' THEN
        a := points_close_hold(
            a, (p_op->>'hold_id')::uuid, coalesce(n, 0),
            CASE p_op->>'op' WHEN 'capture' THEN 'captured' ELSE 'voided' END,
            p_op->>'op', p_now, meta
        );
        a := points_expire(a, p_now, '{}');
        a := points_repay(a, p_now, meta);
    WHEN 'confirm' THEN
        FOR lot_no IN SELECT jsonb_array_elements_text(p_op->'lots')::bigint LOOP
            a := points_confirm_lot(a, lot_no, p_now, meta);
            meta := meta - 'cause';
        END LOOP;
        a := points_expire(a, p_now, '{}');
    WHEN 'claw_back' THEN
        SELECT * INTO outcome FROM points_claw_back(
            a, n, ARRAY(SELECT jsonb_array_elements_text(p_op->'lots')::bigint),
            p_op->>'policy', p_now, meta
        );
        a := outcome.a;
        p_result := outcome.p_result;
    WHEN 'restore' THEN
        SELECT * INTO outcome FROM points_restore(
            a, (p_op->>'source_seq')::bigint, n, (p_op->>'grace_until')::timestamptz, p_now, meta
        );
        a := outcome.a;
        p_result := outcome.p_result;
    WHEN 'forfeit' THEN
        FOR hold IN
            SELECT id FROM point_holds
             WHERE brand_id = a.brand_id AND member_id = a.member_id AND state = 'open'
        LOOP
            a := points_close_hold(a, hold.id, 0, 'voided', 'void', p_now, meta - 'cause');
            a := points_repay(points_expire(a, p_now, '{}'), p_now, meta);
        END LOOP;
        SELECT * INTO outcome FROM points_claw_back(
            a, a.pending, ARRAY(
                SELECT l.lot_no FROM point_lots l
                 WHERE l.brand_id = a.brand_id AND l.member_id = a.member_id AND l.pending > 0
            ), 'floor', p_now, meta - 'cause'
        );
        a := outcome.a;
        IF a.available > 0 OR a.debt > 0 THEN
            n := a.available;
            a := points_append(a, p_now, 'forfeiture', -n, 0, 0, -a.debt, meta);
            PERFORM points_take(a, n, p_now);
        END IF;
    ELSE
        RAISE EXCEPTION 'unknown operation %', p_op->>'op' USING ERRCODE = 'DG000';
    END CASE;
END $$;

-- Applies operations to one account, all or nothing, and returns the account as it
-- is then, with a result for each operation.
CREATE OR REPLACE FUNCTION points_post(
    p_brand uuid, p_member uuid, p_now timestamptz, p_ops jsonb,
    OUT account point_accounts, OUT results jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    op jsonb;
    outcome record;
    several jsonb := '[]';
BEGIN
    account := points_settle(points_lock(p_brand, p_member), p_now);
    results := '[]';
    -- A null at the end lets the last accruals be applied.
    FOR op IN SELECT jsonb_array_elements(p_ops || 'null'::jsonb) LOOP
        IF account.debt = 0 AND points_is_plain_accrual(op, p_now) THEN
            several := several || op;
            CONTINUE;
        END IF;
        IF several <> '[]' THEN
            SELECT * INTO outcome FROM points_accrue_several(account, several, p_now);
            account := outcome.a;
            results := results || outcome.p_results;
            several := '[]';
        END IF;
        IF op <> 'null' THEN
            SELECT * INTO outcome FROM points_apply(account, op, p_now);
            account := outcome.a;
            results := results || outcome.p_result;
        END IF;
    END LOOP;
    PERFORM points_save(account);
END $$;

-- Moves points between two members of a brand, lots keeping their expiry:
-- p_points of what is available, or with NULL everything, pending and debt included.
CREATE OR REPLACE FUNCTION points_move(
    p_brand uuid, p_from uuid, p_to uuid, p_points bigint, p_now timestamptz, p_meta jsonb
) RETURNS TABLE (source point_accounts, target point_accounts)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    lot record;
    gone record;
BEGIN
    -- Accounts are locked in ascending order, so that opposite moves cannot deadlock.
    IF p_from < p_to THEN
        source := points_lock(p_brand, p_from);
        target := points_lock(p_brand, p_to);
    ELSE
        target := points_lock(p_brand, p_to);
        source := points_lock(p_brand, p_from);
    END IF;
    source := points_settle(source, p_now);
    target := points_settle(target, p_now);
    IF p_points IS NULL THEN
        FOR gone IN
            SELECT id FROM point_holds
             WHERE brand_id = p_brand AND member_id = p_from AND state = 'open'
        LOOP
            source := points_close_hold(source, gone.id, 0, 'voided', 'void', p_now, p_meta - 'cause');
            source := points_repay(points_expire(source, p_now, '{}'), p_now, p_meta);
        END LOOP;
        source := points_append(
            source, p_now, 'transfer_out', -source.available, -source.pending, 0, -source.debt,
            p_meta
        );
    ELSE
        source := points_append(source, p_now, 'transfer_out', -p_points, 0, 0, 0, p_meta);
    END IF;
    IF p_points IS NULL THEN
        FOR lot IN
            SELECT * FROM point_lots
             WHERE brand_id = p_brand AND member_id = p_from AND (remaining > 0 OR pending > 0)
        LOOP
            PERFORM points_allocate(source, lot.lot_no, -lot.remaining, -lot.pending, NULL);
        END LOOP;
    ELSE
        PERFORM points_take(source, p_points, p_now);
    END IF;
    target := points_append(
        target, p_now, 'transfer_in',
        (SELECT -e.d_available FROM point_entries e
          WHERE e.brand_id = p_brand AND e.member_id = p_from AND e.seq = source.seq),
        (SELECT -e.d_pending FROM point_entries e
          WHERE e.brand_id = p_brand AND e.member_id = p_from AND e.seq = source.seq),
        0,
        (SELECT -e.d_debt FROM point_entries e
          WHERE e.brand_id = p_brand AND e.member_id = p_from AND e.seq = source.seq),
        p_meta - 'cause'
    );
    FOR lot IN
        SELECT m.d_remaining, m.d_pending, l.expires_at, l.confirms_at, l.order_id,
               l.renewed_from
          FROM point_allocations m JOIN point_lots l USING (brand_id, member_id, lot_no)
         WHERE m.brand_id = p_brand AND m.member_id = p_from AND m.entry_seq = source.seq
         ORDER BY l.expires_at, l.lot_no
    LOOP
        target := points_open_lot(
            target, -lot.d_remaining, -lot.d_pending, lot.expires_at,
            CASE WHEN lot.d_pending < 0 THEN lot.confirms_at END, lot.order_id,
            -- What was renewed once is not renewed again by going to somebody and back.
            lot.renewed_from
        );
    END LOOP;
    target := points_repay(target, p_now, p_meta);
    PERFORM points_save(source);
    PERFORM points_save(target);
    RETURN NEXT;
END $$;
