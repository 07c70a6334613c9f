-- Accruals of many accounts at once: what points_post does for one, set-based.

-- Locks accounts in ascending order, and settles those of which something is due.
-- Returns who has one.
CREATE OR REPLACE FUNCTION points_open_many(
    p_brand uuid, p_members uuid[], p_now timestamptz
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    single uuid;
BEGIN
    PERFORM points_lock_many(p_brand, p_members);
    FOR single IN
        SELECT member_id FROM point_accounts
         WHERE brand_id = p_brand AND member_id = ANY (p_members) AND next_due_at <= p_now
         ORDER BY member_id
    LOOP
        PERFORM points_open(p_brand, single, p_now);
    END LOOP;
    RETURN QUERY
        SELECT member_id FROM point_accounts
         WHERE brand_id = p_brand AND member_id = ANY (p_members);
END $$;

-- Gives points that can be spent at once. p_rows: [{n, member_id, points, expires_at,
-- meta}], several of one member in the order of n. Returns the lot of each row.
CREATE OR REPLACE FUNCTION points_accrue_many(
    p_brand uuid, p_now timestamptz, p_rows jsonb
) RETURNS TABLE (n integer, lot_no bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    singly uuid[];
    single record;
    results jsonb;
BEGIN
    PERFORM points_open_many(
        p_brand,
        ARRAY(SELECT DISTINCT (r->>'member_id')::uuid FROM jsonb_array_elements(p_rows) AS r),
        p_now
    );
    -- Debt that is to be repaid goes account by account, as does what lapses at once.
    singly := ARRAY(
        SELECT a.member_id
          FROM jsonb_to_recordset(p_rows) AS r (member_id uuid, expires_at timestamptz)
          JOIN point_accounts a ON a.brand_id = p_brand AND a.member_id = r.member_id
         WHERE a.debt > 0 OR r.expires_at <= p_now
    );
    FOR single IN
        SELECT r.member_id, jsonb_agg(r.n ORDER BY r.n) AS numbers,
               jsonb_agg(
                   jsonb_build_object(
                       'op', 'accrue', 'points', r.points, 'pending', false,
                       'expires_at', r.expires_at, 'meta', r.meta
                   ) ORDER BY r.n
               ) AS ops
          FROM jsonb_to_recordset(p_rows) AS r (
              n integer, member_id uuid, points bigint, expires_at timestamptz, meta jsonb
          )
         WHERE r.member_id = ANY (singly)
         GROUP BY r.member_id ORDER BY r.member_id
    LOOP
        results := (points_post(p_brand, single.member_id, p_now, single.ops)).results;
        RETURN QUERY
            SELECT number.value::integer, (results -> (number.at - 1)::integer ->> 'lot_no')::bigint
              FROM jsonb_array_elements_text(single.numbers)
                   WITH ORDINALITY AS number (value, at);
    END LOOP;
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
        SELECT r.n, r.member_id, r.points, r.expires_at, r.meta,
               a.seq, a.lots, a.available, a.pending, a.held, a.debt,
               row_number() OVER w AS step, sum(r.points) OVER w AS so_far
          FROM jsonb_to_recordset(p_rows) AS r (
              n integer, member_id uuid, points bigint, expires_at timestamptz, meta jsonb
          )
          JOIN point_accounts a ON a.brand_id = p_brand AND a.member_id = r.member_id
         WHERE r.member_id <> ALL (singly)
        WINDOW w AS (PARTITION BY r.member_id ORDER BY r.n)
    ), entries AS (
        INSERT INTO point_entries (
            brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
            available_after, pending_after, held_after, debt_after,
            ref_seq, order_id, refund_id, hold_id, group_id,
            origin, rule, rule_version, reason, note, actor, cause, occurred_at, recorded_at
        )
        SELECT p_brand, f.member_id, f.seq + f.step, 'accrual', f.points, 0, 0, 0,
               f.available + f.so_far, f.pending, f.held, f.debt,
               NULL, (f.meta->>'order_id')::uuid, NULL, NULL, (f.meta->>'group_id')::uuid,
               f.meta->>'origin', f.meta->>'rule', (f.meta->>'rule_version')::integer,
               f.meta->>'reason', f.meta->>'note', f.meta->>'actor', f.meta->>'cause',
               coalesce((f.meta->>'occurred_at')::timestamptz, p_now), p_now
          FROM fresh f
        RETURNING 1
    ), opened AS (
        INSERT INTO point_lots (
            brand_id, member_id, lot_no, entry_seq, original, remaining, pending,
            expires_at, confirms_at, order_id, renewed_from
        )
        SELECT p_brand, f.member_id, f.lots + f.step, f.seq + f.step, f.points, f.points, 0,
               f.expires_at, NULL, (f.meta->>'order_id')::uuid, NULL
          FROM fresh f
        RETURNING 1
    ), moves AS (
        INSERT INTO point_allocations (
            brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
        )
        SELECT p_brand, f.member_id, f.seq + f.step, f.lots + f.step, f.points, 0 FROM fresh f
        RETURNING 1
    ), saved AS (
        UPDATE point_accounts a
           SET available = a.available + t.points, seq = a.seq + t.steps, lots = a.lots + t.steps,
               next_due_at = least(a.next_due_at, t.expires_at)
          FROM (
              SELECT f.member_id, sum(f.points)::bigint AS points, count(*) AS steps,
                     min(f.expires_at) AS expires_at
                FROM fresh f GROUP BY f.member_id
          ) t
         WHERE a.brand_id = p_brand AND a.member_id = t.member_id
        RETURNING 1
    )
    SELECT f.n, f.lots + f.step FROM fresh f;
END $$;
