-- Applies accruals that follow each other as points_apply would one by one, in one
-- statement: an order that many rules reward brings a handful. Not for an account with
-- debt, nor for points that are due or lapsed already.
CREATE OR REPLACE FUNCTION points_accrue_several(
    INOUT a point_accounts, p_ops jsonb, p_now timestamptz, OUT p_results jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    v_sum record;
BEGIN
    WITH ops AS MATERIALIZED (
        SELECT o.step, o.meta, o.expires_at,
               CASE WHEN o.pending THEN 0 ELSE o.points END AS spendable,
               CASE WHEN o.pending THEN o.points ELSE 0 END AS pending,
               CASE WHEN o.pending THEN o.confirms_at END AS confirms_at
          FROM ROWS FROM (
              jsonb_to_recordset(p_ops) AS (
                  points bigint, pending boolean, expires_at timestamptz,
                  confirms_at timestamptz, meta jsonb
              )
          ) WITH ORDINALITY AS o (points, pending, expires_at, confirms_at, meta, step)
    ), entries AS (
        INSERT INTO point_entries (
            brand_id, member_id, seq, kind, d_available, d_pending, d_held, d_debt,
            available_after, pending_after, held_after, debt_after,
            ref_seq, order_id, refund_id, group_id,
            origin, rule, rule_version, reason, note, actor, cause, occurred_at, recorded_at
        )
        SELECT a.brand_id, a.member_id, a.seq + step, 'accrual', spendable, pending, 0, 0,
               a.available + sum(spendable) OVER w, a.pending + sum(pending) OVER w,
               a.held, a.debt,
               (meta->>'ref_seq')::bigint, (meta->>'order_id')::uuid,
               (meta->>'refund_id')::uuid, (meta->>'group_id')::uuid,
               meta->>'origin', meta->>'rule', (meta->>'rule_version')::integer,
               meta->>'reason', meta->>'note', meta->>'actor', meta->>'cause',
               coalesce((meta->>'occurred_at')::timestamptz, p_now), p_now
          FROM ops WINDOW w AS (ORDER BY step)
    ), opened AS (
        INSERT INTO point_lots (
            brand_id, member_id, lot_no, entry_seq, original, remaining, pending,
            expires_at, confirms_at, order_id
        )
        SELECT a.brand_id, a.member_id, a.lots + step, a.seq + step, spendable + pending,
               spendable, pending, expires_at, confirms_at, (meta->>'order_id')::uuid
          FROM ops
    ), moves AS (
        INSERT INTO point_allocations (
            brand_id, member_id, entry_seq, lot_no, d_remaining, d_pending
        )
        SELECT a.brand_id, a.member_id, a.seq + step, a.lots + step, spendable, pending FROM ops
    )
    SELECT count(*) AS steps, sum(spendable) AS spendable, sum(pending) AS pending,
           min(CASE WHEN pending > 0 THEN coalesce(confirms_at, 'infinity') ELSE expires_at END)
               AS due_at,
           jsonb_agg(
               jsonb_build_object('seq', a.seq + step, 'lot_no', a.lots + step) ORDER BY step
           ) AS results
      INTO v_sum FROM ops;
    a.available := a.available + v_sum.spendable;
    a.pending := a.pending + v_sum.pending;
    a.seq := a.seq + v_sum.steps;
    a.lots := a.lots + v_sum.steps;
    a.next_due_at := least(a.next_due_at, v_sum.due_at);
    p_results := v_sum.results;
END $$;

-- Tells whether an operation is an accrual of which nothing falls due by p_now.
CREATE OR REPLACE FUNCTION points_is_plain_accrual(p_op jsonb, p_now timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_op ->> 'op' = 'accrue' AND (p_op ->> 'expires_at')::timestamptz > p_now
       AND (NOT (p_op ->> 'pending')::boolean
            OR coalesce((p_op ->> 'confirms_at')::timestamptz > p_now, true))
$$;
