-- Looking at everyone without changing anybody: what a ladder would do, who stands where.

-- Returns {"counts": [[code now, code with the ladder, code after its next assessment,
-- members], …], "moves": [[member, now, with it, after, amount], … at most p_limit, those
-- who would fall first]}. p_now and p_then are plans (rules.judging.plan_of) of the ladder
-- in force, or null, and of the one to be tried; graces count as over.
CREATE OR REPLACE FUNCTION tiers_forecast(
    p_brand uuid, p_now jsonb, p_then jsonb, p_limit integer
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_today date := p_then ->> 'today';
    v_first date := p_then ->> 'first';
    v_last date := p_then ->> 'last';
    v_basis text := p_then ->> 'basis';
    v_by_order_day boolean := p_then ->> 'by_order_day';
    v_codes text[] := ARRAY(SELECT jsonb_array_elements_text(p_then -> 'codes'));
    v_codes_now text[] := ARRAY(SELECT jsonb_array_elements_text(p_now -> 'codes'));
    v_thresholds bigint[] :=
        ARRAY(SELECT value::bigint FROM jsonb_array_elements_text(p_then -> 'thresholds'));
    v_base integer := p_then ->> 'base';
    v_base_now integer := p_now ->> 'base';
    v_drop text := p_then ->> 'drop';
    v_lowers boolean := p_then ->> 'lowers';
BEGIN
    RETURN (
        WITH counted AS (
            SELECT p.member_id,
                   coalesce(sum(CASE v_basis WHEN 'net_paid' THEN p.net WHEN 'gross' THEN p.gross
                                             WHEN 'orders' THEN p.orders ELSE p.points END)
                            FILTER (WHERE CASE WHEN v_by_order_day THEN p.order_on
                                               ELSE p.counted_on END BETWEEN v_first AND v_last),
                            0)::bigint AS amount
              FROM tier_postings p WHERE p.brand_id = p_brand GROUP BY p.member_id
        ), standing AS (
            SELECT coalesce(c.member_id, t.member_id) AS member_id, coalesce(c.amount, 0) AS amount,
                   greatest(width_bucket(coalesce(c.amount, 0), v_thresholds), v_base) AS earned,
                   greatest(tiers_rank(t.tier, v_codes, p_then -> 'replaced'), v_base) AS held,
                   tiers_rank(m.tier, v_codes, p_then -> 'replaced') AS manual,
                   v_codes_now[greatest(
                       tiers_rank(t.tier, v_codes_now, p_now -> 'replaced'),
                       tiers_rank(m.tier, v_codes_now, p_now -> 'replaced'), v_base_now
                   )] AS code_now
              FROM counted c
              FULL JOIN (SELECT * FROM member_tiers WHERE brand_id = p_brand) t
                ON t.member_id = c.member_id
              LEFT JOIN LATERAL (
                  SELECT t.manual_tier AS tier
                   WHERE t.manual_until IS NULL OR t.manual_until >= v_today
              ) m ON true
        ), ranked AS (
            SELECT s.*, CASE WHEN v_lowers THEN s.earned ELSE greatest(s.held, s.earned) END AS soon
              FROM standing s
        ), moved AS MATERIALIZED (
            SELECT r.member_id, r.amount, r.code_now,
                   greatest(r.held, r.manual) AS seen,
                   greatest(r.soon, r.manual) AS soon,
                   greatest(r.manual, CASE v_drop
                       WHEN 'never' THEN r.soon
                       WHEN 'one_step' THEN greatest(r.soon - 1, r.earned)
                       ELSE r.earned END) AS later
              FROM ranked r
        )
        SELECT jsonb_build_object(
            'counts', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(code_now, soon, later, members)), '[]')
                  FROM (
                      SELECT code_now, v_codes[m.soon] AS soon, v_codes[m.later] AS later,
                             count(*) AS members
                        FROM moved m GROUP BY 1, 2, 3
                  ) grouped
            ),
            'moves', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(
                           member_id, code_now, v_codes[soon], v_codes[later], amount
                       )), '[]')
                  FROM (
                      SELECT * FROM moved m WHERE m.soon <> m.seen OR m.later <> m.seen
                       ORDER BY m.later - m.seen, m.amount DESC, m.member_id LIMIT p_limit
                  ) first
            )
        )
    );
END $$;

-- Returns [[rank, members], …] of all of whom anything was ever counted, by what they
-- earned as of p_plan's last day.
CREATE OR REPLACE FUNCTION tiers_distribution(p_brand uuid, p_plan jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_first date := p_plan ->> 'first';
    v_last date := p_plan ->> 'last';
    v_basis text := p_plan ->> 'basis';
    v_by_order_day boolean := p_plan ->> 'by_order_day';
    v_thresholds bigint[] :=
        ARRAY(SELECT value::bigint FROM jsonb_array_elements_text(p_plan -> 'thresholds'));
    v_base integer := p_plan ->> 'base';
BEGIN
    RETURN (
        WITH counted AS (
            SELECT coalesce(sum(CASE v_basis WHEN 'net_paid' THEN p.net WHEN 'gross' THEN p.gross
                                             WHEN 'orders' THEN p.orders ELSE p.points END)
                            FILTER (WHERE CASE WHEN v_by_order_day THEN p.order_on
                                               ELSE p.counted_on END BETWEEN v_first AND v_last),
                            0)::bigint AS amount
              FROM tier_postings p WHERE p.brand_id = p_brand GROUP BY p.member_id
        ), ranked AS (
            SELECT greatest(width_bucket(amount, v_thresholds), v_base) AS rank, count(*) AS members
              FROM counted GROUP BY 1
        )
        SELECT coalesce(jsonb_agg(jsonb_build_array(rank, members) ORDER BY rank), '[]')
          FROM ranked
    );
END $$;

GRANT EXECUTE ON FUNCTION
    tiers_rank(text, text[], jsonb),
    tiers_forecast(uuid, jsonb, jsonb, integer),
    tiers_distribution(uuid, jsonb)
TO dangol_app;
