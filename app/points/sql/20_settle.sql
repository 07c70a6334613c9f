-- What falls due by itself: holds that time out, pending points, lots that lapse.
--
-- Each read and each write of an account settles it first, so that a balance is
-- right even if no job ever runs. The jobs in 40_jobs.sql do the same for many
-- accounts at once.

-- Expires the account's due lots: one entry for each day on which lots lapsed.
CREATE OR REPLACE FUNCTION points_expire(
    INOUT a point_accounts, p_now timestamptz, p_meta jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    due record;
    lot record;
BEGIN
    FOR due IN
        SELECT expires_at, sum(remaining)::bigint AS points FROM point_lots
         WHERE brand_id = a.brand_id AND member_id = a.member_id
           AND remaining > 0 AND expires_at <= p_now
         GROUP BY expires_at ORDER BY expires_at
    LOOP
        a := points_append(
            a, p_now, 'expiry', -due.points, 0, 0, 0,
            p_meta || jsonb_build_object('occurred_at', due.expires_at)
        );
        FOR lot IN
            UPDATE point_lots SET lapsed = lapsed + remaining
             WHERE brand_id = a.brand_id AND member_id = a.member_id
               AND remaining > 0 AND expires_at = due.expires_at
            RETURNING lot_no, remaining
        LOOP
            PERFORM points_allocate(a, lot.lot_no, -lot.remaining, 0, NULL);
        END LOOP;
    END LOOP;
END $$;

-- Makes a lot's pending points spendable.
CREATE OR REPLACE FUNCTION points_confirm_lot(
    INOUT a point_accounts, p_lot bigint, p_now timestamptz, p_meta jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    lot point_lots;
BEGIN
    SELECT * INTO lot FROM point_lots
     WHERE brand_id = a.brand_id AND member_id = a.member_id AND lot_no = p_lot;
    IF lot.pending > 0 THEN
        a := points_append(
            a, p_now, 'confirmation', lot.pending, -lot.pending, 0, 0,
            p_meta || jsonb_build_object('ref_seq', lot.entry_seq, 'order_id', lot.order_id)
        );
        PERFORM points_allocate(a, p_lot, lot.pending, -lot.pending, NULL);
        a.next_due_at := least(a.next_due_at, lot.expires_at);
        a := points_repay(a, p_now, p_meta);
    END IF;
END $$;

-- Ends an open hold: p_captured points are spent, the rest returns to its lots.
CREATE OR REPLACE FUNCTION points_close_hold(
    INOUT a point_accounts, p_hold uuid, p_captured bigint, p_state text, p_kind text,
    p_now timestamptz, p_meta jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    hold point_holds;
    rest bigint;
BEGIN
    -- The state flips first: of two closers, one finds no open hold.
    UPDATE point_holds SET state = p_state, captured = p_captured, closed_at = p_now
     WHERE brand_id = a.brand_id AND id = p_hold AND member_id = a.member_id AND state = 'open'
    RETURNING * INTO hold;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no open hold' USING ERRCODE = 'DG003';
    END IF;
    rest := hold.amount - p_captured;
    a := points_append(
        a, p_now, p_kind, rest, 0, -hold.amount, 0,
        p_meta || jsonb_build_object('ref_seq', hold.entry_seq, 'hold_id', hold.id)
    );
    IF rest > 0 THEN
        a := points_give_back(a, hold.entry_seq, rest);
    END IF;
END $$;

-- Brings a locked account up to p_now. Nothing is done if nothing is due.
CREATE OR REPLACE FUNCTION points_settle(
    INOUT a point_accounts, p_now timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    due record;
BEGIN
    IF a.next_due_at > p_now THEN
        RETURN;
    END IF;
    FOR due IN
        SELECT id, expires_at FROM point_holds
         WHERE brand_id = a.brand_id AND member_id = a.member_id
           AND state = 'open' AND expires_at <= p_now
         ORDER BY expires_at, id
    LOOP
        a := points_close_hold(
            a, due.id, 0, 'expired', 'hold_expiry', p_now,
            jsonb_build_object('occurred_at', due.expires_at)
        );
        -- As when a hold is voided: what had lapsed by then pays no debt.
        a := points_expire(a, due.expires_at, '{}');
        a := points_repay(a, p_now, jsonb_build_object('occurred_at', due.expires_at));
    END LOOP;
    FOR due IN
        SELECT lot_no, confirms_at FROM point_lots
         WHERE brand_id = a.brand_id AND member_id = a.member_id
           AND pending > 0 AND confirms_at <= p_now
         ORDER BY confirms_at, lot_no
    LOOP
        a := points_confirm_lot(
            a, due.lot_no, p_now, jsonb_build_object('occurred_at', due.confirms_at)
        );
    END LOOP;
    a := points_expire(a, p_now, '{}');
    a.next_due_at := points_next_due(a.brand_id, a.member_id);
END $$;

-- The next moment at which something of the account falls due by itself.
CREATE OR REPLACE FUNCTION points_next_due(p_brand uuid, p_member uuid) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT least(
        (SELECT min(expires_at) FROM point_lots
          WHERE brand_id = p_brand AND member_id = p_member AND remaining > 0),
        (SELECT min(confirms_at) FROM point_lots
          WHERE brand_id = p_brand AND member_id = p_member AND pending > 0),
        (SELECT min(expires_at) FROM point_holds
          WHERE brand_id = p_brand AND member_id = p_member AND state = 'open'),
        'infinity'
    )
$$;

-- Locks and settles an account and returns it: what every use case begins with.
CREATE OR REPLACE FUNCTION points_open(
    p_brand uuid, p_member uuid, p_now timestamptz
) RETURNS point_accounts
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a point_accounts := points_lock(p_brand, p_member);
BEGIN
    IF a.next_due_at <= p_now THEN
        a := points_settle(a, p_now);
        PERFORM points_save(a);
    END IF;
    RETURN a;
END $$;

-- Returns an account for reading, without a lock unless something of it is due.
CREATE OR REPLACE FUNCTION points_read(
    p_brand uuid, p_member uuid, p_now timestamptz
) RETURNS point_accounts
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a point_accounts;
BEGIN
    SELECT * INTO a FROM point_accounts WHERE brand_id = p_brand AND member_id = p_member;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no point account' USING ERRCODE = 'DG404';
    END IF;
    IF a.next_due_at <= p_now THEN
        a := points_open(p_brand, p_member, p_now);
    END IF;
    RETURN a;
END $$;

-- Opens the account of a new member. Repeating it changes nothing.
CREATE OR REPLACE FUNCTION points_create_account(p_brand uuid, p_member uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO point_accounts (
        brand_id, member_id, available, pending, held, debt, seq, lots, next_due_at
    ) VALUES (p_brand, p_member, 0, 0, 0, 0, 0, 0, 'infinity')
    ON CONFLICT DO NOTHING
$$;
