-- Accounts: locking, appending an entry, and bringing a locked account up to date.
--
-- Every function that moves points works on a locked account row held in a
-- variable, and writes it back once with points_save. All are SECURITY DEFINER by
-- way of their callers: the application's role may call only what is granted at
-- the end of 30_post.sql and 40_jobs.sql.

CREATE OR REPLACE FUNCTION points_lock(p_brand uuid, p_member uuid) RETURNS point_accounts
LANGUAGE plpgsql AS $$
DECLARE
    a point_accounts;
BEGIN
    SELECT * INTO a FROM point_accounts
     WHERE brand_id = p_brand AND member_id = p_member
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no point account' USING ERRCODE = 'DG404';
    END IF;
    RETURN a;
END $$;

CREATE OR REPLACE FUNCTION points_save(a point_accounts) RETURNS void
LANGUAGE sql AS $$
    UPDATE point_accounts
       SET available = a.available, pending = a.pending, held = a.held, debt = a.debt,
           seq = a.seq, lots = a.lots, next_due_at = a.next_due_at
     WHERE brand_id = a.brand_id AND member_id = a.member_id
$$;

-- Appends one entry. p_meta may name ref_seq, order_id, refund_id, hold_id,
-- group_id, origin, rule, rule_version, reason, note, actor, cause, occurred_at.
CREATE OR REPLACE FUNCTION points_append(
    INOUT a point_accounts, p_now timestamptz, p_kind text,
    p_available bigint, p_pending bigint, p_held bigint, p_debt bigint,
    p_meta jsonb
) LANGUAGE plpgsql AS $$
BEGIN
    a.available := a.available + p_available;
    a.pending := a.pending + p_pending;
    a.held := a.held + p_held;
    a.debt := a.debt + p_debt;
    a.seq := a.seq + 1;
    INSERT INTO point_entries (
        brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
        available_after, pending_after, held_after, debt_after,
        ref_seq, order_id, refund_id, hold_id, group_id,
        origin, rule, rule_version, reason, note, actor, cause, occurred_at, recorded_at
    ) VALUES (
        a.brand_id, a.member_id, a.seq, p_kind, p_available, p_pending, p_held, p_debt,
        a.available, a.pending, a.held, a.debt,
        (p_meta->>'ref_seq')::bigint, (p_meta->>'order_id')::uuid,
        (p_meta->>'refund_id')::uuid, (p_meta->>'hold_id')::uuid, (p_meta->>'group_id')::uuid,
        p_meta->>'origin', p_meta->>'rule', (p_meta->>'rule_version')::integer,
        p_meta->>'reason', p_meta->>'note', p_meta->>'actor', p_meta->>'cause',
        coalesce((p_meta->>'occurred_at')::timestamptz, p_now), p_now
    );
END $$;

-- Changes a lot on behalf of the newest entry, and records that it did.
CREATE OR REPLACE FUNCTION points_allocate(
    a point_accounts, p_lot bigint, p_remaining bigint, p_pending bigint, p_source bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE point_lots SET remaining = remaining + p_remaining, pending = pending + p_pending
     WHERE brand_id = a.brand_id AND member_id = a.member_id AND lot_no = p_lot;
    INSERT INTO point_allocations VALUES
        (a.brand_id, a.member_id, a.seq, p_lot, p_remaining, p_pending, p_source);
END $$;

-- Opens a lot on behalf of the newest entry; returns its number in a.lots.
CREATE OR REPLACE FUNCTION points_open_lot(
    INOUT a point_accounts, p_remaining bigint, p_pending bigint,
    p_expires timestamptz, p_confirms timestamptz, p_order uuid, p_renewed bigint
) LANGUAGE plpgsql AS $$
BEGIN
    a.lots := a.lots + 1;
    INSERT INTO point_lots (
        brand_id, member_id, lot_no, entry_seq, original, remaining, pending,
        expires_at, confirms_at, order_id, renewed_from
    ) VALUES (
        a.brand_id, a.member_id, a.lots, a.seq, p_remaining + p_pending, p_remaining, p_pending,
        p_expires, p_confirms, p_order, p_renewed
    );
    INSERT INTO point_allocations VALUES
        (a.brand_id, a.member_id, a.seq, a.lots, p_remaining, p_pending, NULL);
    -- A pending lot that is never confirmed has nothing that falls due.
    a.next_due_at := least(
        a.next_due_at, CASE WHEN p_pending > 0 THEN coalesce(p_confirms, 'infinity') ELSE p_expires END
    );
END $$;

-- Takes points from the lots alive at p_alive, the soonest to expire first, for the
-- newest entry.
CREATE OR REPLACE FUNCTION points_take(
    a point_accounts, p_points bigint, p_alive timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    missing bigint := p_points;
    taken bigint;
    lot record;
BEGIN
    -- The loop fetches as it goes, so a member with many lots costs no more; the
    -- predicate stands as a literal so that the partial index is used.
    FOR lot IN
        SELECT lot_no, remaining FROM point_lots
         WHERE brand_id = a.brand_id AND member_id = a.member_id
           AND remaining > 0 AND expires_at > p_alive
         ORDER BY expires_at, lot_no
    LOOP
        EXIT WHEN missing = 0;
        taken := least(missing, lot.remaining);
        PERFORM points_allocate(a, lot.lot_no, -taken, 0, NULL);
        missing := missing - taken;
    END LOOP;
    IF missing > 0 THEN
        RAISE EXCEPTION 'lots do not cover % points', p_points USING ERRCODE = 'DG001';
    END IF;
END $$;

-- Gives points back to the very lots that entry p_source took them from, the
-- latest-expiring first, on behalf of the newest entry.
CREATE OR REPLACE FUNCTION points_give_back(
    INOUT a point_accounts, p_source bigint, p_points bigint
) LANGUAGE plpgsql AS $$
DECLARE
    missing bigint := p_points;
    given bigint;
    lot record;
BEGIN
    FOR lot IN
        SELECT taken.lot_no, l.expires_at,
               -taken.d_remaining - coalesce((
                   SELECT sum(back.d_remaining) FROM point_allocations back
                    WHERE back.brand_id = a.brand_id AND back.member_id = a.member_id
                      AND back.lot_no = taken.lot_no AND back.source_seq = p_source
               ), 0) AS owed
          FROM point_allocations taken
          JOIN point_lots l USING (brand_id, member_id, lot_no)
         WHERE taken.brand_id = a.brand_id AND taken.member_id = a.member_id
           AND taken.entry_seq = p_source AND taken.d_remaining < 0
         ORDER BY l.expires_at DESC, taken.lot_no DESC
    LOOP
        EXIT WHEN missing = 0;
        given := least(missing, lot.owed);
        CONTINUE WHEN given = 0;
        PERFORM points_allocate(a, lot.lot_no, given, 0, p_source);
        missing := missing - given;
        -- A lot that lives again may be due at once.
        a.next_due_at := least(a.next_due_at, lot.expires_at);
    END LOOP;
    IF missing > 0 THEN
        RAISE EXCEPTION 'entry % took fewer than % points', p_source, p_points
            USING ERRCODE = 'DG002';
    END IF;
END $$;

-- Pays debt from what is available. Every posting that adds points ends with it.
-- What was available at the time pays, whether or not its lot has lapsed since.
CREATE OR REPLACE FUNCTION points_repay(
    INOUT a point_accounts, p_now timestamptz, p_meta jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    paid bigint := least(a.debt, a.available);
BEGIN
    IF paid > 0 THEN
        a := points_append(a, p_now, 'debt_repayment', -paid, 0, 0, -paid, p_meta - 'cause');
        PERFORM points_take(a, paid, '-infinity');
    END IF;
END $$;
