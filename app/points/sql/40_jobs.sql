-- What falls due, for many accounts at once. Each call is one chunk and one
-- transaction; a repeat finds nothing left to do.
--
-- Accounts are locked in ascending order before anything of theirs is read, in a
-- statement of its own: later statements see what is true under the locks.

CREATE OR REPLACE FUNCTION points_lock_many(p_brand uuid, p_members uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM point_accounts
      WHERE brand_id = p_brand AND member_id = ANY (p_members)
      ORDER BY member_id FOR NO KEY UPDATE;
END $$;

-- Makes due pending lots of locked accounts without debt spendable, one entry each.
CREATE OR REPLACE FUNCTION points_confirm_many(
    p_brand uuid, p_members uuid[], p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH due AS MATERIALIZED (
        SELECT l.member_id, l.lot_no, l.entry_seq, l.order_id, l.confirms_at, l.pending,
               row_number() OVER (
                   PARTITION BY l.member_id ORDER BY l.confirms_at, l.lot_no
               ) AS step
          FROM point_lots l
         WHERE l.brand_id = p_brand AND l.member_id = ANY (p_members)
           AND l.pending > 0 AND l.confirms_at <= p_now
    ), entries AS (
        INSERT INTO point_entries (
            brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
            available_after, pending_after, held_after, debt_after,
            ref_seq, order_id, occurred_at, recorded_at
        )
        SELECT a.brand_id, a.member_id, a.seq + d.step, 'confirmation', d.pending, -d.pending,
               0, 0,
               a.available + sum(d.pending) OVER steps, a.pending - sum(d.pending) OVER steps,
               a.held, a.debt, d.entry_seq, d.order_id, d.confirms_at, p_now
          FROM due d JOIN point_accounts a ON a.brand_id = p_brand AND a.member_id = d.member_id
        WINDOW steps AS (PARTITION BY d.member_id ORDER BY d.step)
        RETURNING member_id, d_available
    ), moves AS (
        INSERT INTO point_allocations (
            brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
        )
        SELECT p_brand, d.member_id, a.seq + d.step, d.lot_no, d.pending, -d.pending
          FROM due d JOIN point_accounts a ON a.brand_id = p_brand AND a.member_id = d.member_id
        RETURNING 1
    ), opened AS (
        UPDATE point_lots l SET remaining = l.remaining + d.pending, pending = 0 FROM due d
         WHERE l.brand_id = p_brand AND l.member_id = d.member_id AND l.lot_no = d.lot_no
        RETURNING 1
    ), totals AS (
        SELECT member_id, sum(d_available) AS points, count(*) AS entries
          FROM entries GROUP BY member_id
    )
    UPDATE point_accounts a
       SET available = a.available + t.points, pending = a.pending - t.points,
           seq = a.seq + t.entries
      FROM totals t
     WHERE a.brand_id = p_brand AND a.member_id = t.member_id;
END $$;

-- Expires due lots of locked accounts: one entry for each member and day, an
-- allocation for each lot.
CREATE OR REPLACE FUNCTION points_expire_many(
    p_brand uuid, p_members uuid[], p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH due AS MATERIALIZED (
        SELECT l.member_id, l.lot_no, l.expires_at, l.remaining,
               dense_rank() OVER (PARTITION BY l.member_id ORDER BY l.expires_at) AS step
          FROM point_lots l
         WHERE l.brand_id = p_brand AND l.member_id = ANY (p_members)
           AND l.remaining > 0 AND l.expires_at <= p_now
    ), per_entry AS (
        SELECT member_id, step, expires_at, sum(remaining)::bigint AS points
          FROM due GROUP BY member_id, step, expires_at
    ), entries AS (
        INSERT INTO point_entries (
            brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
            available_after, pending_after, held_after, debt_after, occurred_at, recorded_at
        )
        SELECT a.brand_id, a.member_id, a.seq + e.step, 'expiry', -e.points, 0, 0, 0,
               a.available - sum(e.points) OVER (PARTITION BY e.member_id ORDER BY e.step),
               a.pending, a.held, a.debt, e.expires_at, p_now
          FROM per_entry e
          JOIN point_accounts a ON a.brand_id = p_brand AND a.member_id = e.member_id
        RETURNING member_id, d_available
    ), moves AS (
        INSERT INTO point_allocations (
            brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
        )
        SELECT p_brand, d.member_id, a.seq + d.step, d.lot_no, -d.remaining, 0
          FROM due d JOIN point_accounts a ON a.brand_id = p_brand AND a.member_id = d.member_id
        RETURNING 1
    ), emptied AS (
        UPDATE point_lots l SET remaining = 0, lapsed = l.lapsed + d.remaining FROM due d
         WHERE l.brand_id = p_brand AND l.member_id = d.member_id AND l.lot_no = d.lot_no
        RETURNING 1
    ), totals AS (
        SELECT member_id, sum(d_available) AS points, count(*) AS entries
          FROM entries GROUP BY member_id
    )
    -- What is due is emptied by this very statement, so what comes next is what is not.
    UPDATE point_accounts a
       SET available = a.available + t.points, seq = a.seq + t.entries,
           next_due_at = least(o.at, p.at, 'infinity')
      FROM totals t
      CROSS JOIN LATERAL (
          SELECT min(expires_at) AS at FROM point_lots l
           WHERE l.brand_id = p_brand AND l.member_id = t.member_id
             AND l.remaining > 0 AND l.expires_at > p_now
      ) o
      CROSS JOIN LATERAL (
          SELECT min(confirms_at) AS at FROM point_lots l
           WHERE l.brand_id = p_brand AND l.member_id = t.member_id AND l.pending > 0
      ) p
     WHERE a.brand_id = p_brand AND a.member_id = t.member_id;
END $$;

-- Settles the next p_limit accounts of which something is due, as points_settle does
-- for one. Returns how many it settled, 0 when nothing is due.
CREATE OR REPLACE FUNCTION points_settle_chunk(
    p_brand uuid, p_now timestamptz, p_limit integer
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    due uuid[];
    many uuid[];
    single uuid;
BEGIN
    due := ARRAY(
        SELECT member_id FROM point_accounts
         WHERE brand_id = p_brand AND next_due_at <= p_now
         ORDER BY next_due_at LIMIT p_limit
    );
    PERFORM points_lock_many(p_brand, due);
    -- Holds that time out, and debt that pending points repay, go lot by lot: they are
    -- few, and settled one account at a time.
    FOR single IN
        SELECT member_id FROM point_accounts
         WHERE brand_id = p_brand AND member_id = ANY (due) AND (held > 0 OR debt > 0)
         ORDER BY member_id
    LOOP
        PERFORM points_open(p_brand, single, p_now);
    END LOOP;
    many := ARRAY(
        SELECT member_id FROM point_accounts
         WHERE brand_id = p_brand AND member_id = ANY (due) AND next_due_at <= p_now
    );
    PERFORM points_confirm_many(p_brand, many, p_now);
    PERFORM points_expire_many(p_brand, many, p_now);
    -- Those of which no lot lapsed.
    UPDATE point_accounts a SET next_due_at = least(o.at, p.at, 'infinity')
      FROM (
          SELECT member_id FROM point_accounts
           WHERE brand_id = p_brand AND member_id = ANY (many) AND next_due_at <= p_now
      ) m
      CROSS JOIN LATERAL (
          SELECT min(expires_at) AS at FROM point_lots l
           WHERE l.brand_id = p_brand AND l.member_id = m.member_id AND l.remaining > 0
      ) o
      CROSS JOIN LATERAL (
          SELECT min(confirms_at) AS at FROM point_lots l
           WHERE l.brand_id = p_brand AND l.member_id = m.member_id AND l.pending > 0
      ) p
     WHERE a.brand_id = p_brand AND a.member_id = m.member_id;
    RETURN cardinality(due);
END $$;
