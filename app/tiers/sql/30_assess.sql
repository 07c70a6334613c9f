-- Judging many members at once: an assessment, the end of a grace, a new ladder.
--
-- p_plan is made by rules.judging.plan_of. What is decided here for many is what
-- rules.judging.judged says of one.

-- The rank of a tier, also of one that the ladder has replaced; 0 for none.
CREATE OR REPLACE FUNCTION tiers_rank(p_code text, p_plan_codes text[], p_replaced jsonb)
RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_position(p_plan_codes,
        CASE WHEN p_replaced ? p_code THEN p_replaced ->> p_code ELSE p_code END), 0)
$$;

-- Returns those of p_members (ascending; without gaps, or nearly, if the plan is dense) of
-- whom something is to be written, and what. The planner is to know the numbers.
CREATE OR REPLACE FUNCTION tiers_judge(p_brand uuid, p_members uuid[], p_plan jsonb)
RETURNS TABLE (
    member uuid, held integer, seen integer, amount bigint, to_rank integer, to_seen integer,
    to_grounded_on date, to_version integer, to_unearned_on date, to_grace_until date
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_mode text := p_plan ->> 'mode';
    v_on date := p_plan ->> 'on';
    v_first date := p_plan ->> 'first';
    v_last date := p_plan ->> 'last';
    v_today date := p_plan ->> 'today';
    v_version integer := p_plan ->> 'version';
    v_basis text := p_plan ->> 'basis';
    v_by_order_day boolean := p_plan ->> 'by_order_day';
    v_codes text[] := ARRAY(SELECT jsonb_array_elements_text(p_plan -> 'codes'));
    v_thresholds bigint[] :=
        ARRAY(SELECT value::bigint FROM jsonb_array_elements_text(p_plan -> 'thresholds'));
    v_replaced jsonb := p_plan -> 'replaced';
    v_base integer := p_plan ->> 'base';
    v_drop text := p_plan ->> 'drop';
    v_grace_days integer := p_plan ->> 'grace_days';
    v_lowers boolean := p_plan ->> 'lowers';
    v_confirmed_on date := p_plan ->> 'confirmed_on';
    v_confirmed_version integer := p_plan ->> 'confirmed_version';
    v_dense boolean := p_plan ->> 'dense';
    v_lowest uuid := p_members[1];
    v_highest uuid := p_members[cardinality(p_members)];
BEGIN
    RETURN QUERY
    WITH counted AS (
        -- Members next to each other are summed from one piece of the index …
        SELECT p.member_id,
               sum(CASE v_basis WHEN 'net_paid' THEN p.net WHEN 'gross' THEN p.gross
                                WHEN 'orders' THEN p.orders ELSE p.points END)::bigint AS won
          FROM tier_postings p
         WHERE v_dense AND p.brand_id = p_brand AND p.member_id BETWEEN v_lowest AND v_highest
           AND CASE WHEN v_by_order_day THEN p.order_on ELSE p.counted_on END
               BETWEEN v_first AND v_last
         GROUP BY p.member_id
        UNION ALL
        -- … others one by one.
        SELECT m.id, c.won
          FROM unnest(p_members) AS m (id)
         CROSS JOIN LATERAL (
             SELECT sum(CASE v_basis WHEN 'net_paid' THEN p.net WHEN 'gross' THEN p.gross
                                     WHEN 'orders' THEN p.orders ELSE p.points END)::bigint AS won
               FROM tier_postings p
              WHERE p.brand_id = p_brand AND p.member_id = m.id
                AND CASE WHEN v_by_order_day THEN p.order_on ELSE p.counted_on END
                    BETWEEN v_first AND v_last
         ) c
         WHERE NOT v_dense
    ), standing AS (
        SELECT m.id, t.grounded_on, t.ladder_version, t.unearned_on, t.grace_until,
               coalesce(c.won, 0) AS won,
               greatest(width_bucket(coalesce(c.won, 0), v_thresholds), v_base) AS earned,
               greatest(tiers_rank(t.tier, v_codes, v_replaced), v_base) AS held,
               CASE WHEN t.manual_until < v_on THEN 0
                    ELSE tiers_rank(t.manual_tier, v_codes, v_replaced) END AS manual
          FROM unnest(p_members) AS m (id)
          LEFT JOIN counted c ON c.member_id = m.id
          LEFT JOIN member_tiers t
            ON t.brand_id = p_brand AND t.member_id = m.id
           AND (NOT v_dense OR t.member_id BETWEEN v_lowest AND v_highest)
    ), verdict AS (
        SELECT s.*,
               CASE
                   WHEN s.earned > s.held THEN 'earned'
                   WHEN v_mode = 'ladder'
                   THEN CASE WHEN v_lowers AND s.earned < s.held THEN 'earned' END
                   WHEN s.earned = s.held
                   THEN CASE WHEN s.unearned_on IS NOT NULL THEN 'earned' END
                   WHEN v_mode = 'assessment' AND (s.grounded_on >= v_on OR s.grace_until > v_on)
                   THEN NULL
                   WHEN v_drop = 'never'
                   THEN CASE WHEN s.unearned_on IS NULL OR v_mode = 'grace' THEN 'kept' END
                   WHEN v_grace_days > 0 AND s.grace_until IS NULL THEN 'grace'
                   ELSE 'falls'
               END AS verdict,
               s.unearned_on IS NULL AND v_confirmed_on > s.grounded_on AS confirmed
          FROM standing s
    ), peaked AS (
        SELECT v.*, 0 AS floor, 0 AS top, NULL::date AS top_day, NULL::bigint AS top_won
          FROM verdict v WHERE v.verdict <> 'falls'
        UNION ALL
        -- What was earned since the day that is judged only now counts all the same.
        SELECT v.*,
               CASE WHEN v_drop = 'one_step' THEN greatest(v.held - 1, v.earned)
                    ELSE v.earned END,
               coalesce(k.top, 0), k.day, k.won
          FROM verdict v
          LEFT JOIN LATERAL (
              SELECT width_bucket(w.won, v_thresholds) AS top, d.day, w.won
                FROM (
                    SELECT DISTINCT CASE WHEN v_by_order_day THEN p.order_on
                                         ELSE p.counted_on END AS day
                      FROM tier_postings p
                     WHERE p.brand_id = p_brand AND p.member_id = v.id
                ) d
               CROSS JOIN LATERAL (
                   SELECT tiers_amount(
                       p_brand, v.id, v_basis, v_by_order_day,
                       tiers_first_day(p_plan -> 'period', d.day), d.day
                   ) AS won
               ) w
               WHERE d.day BETWEEN v_on AND v_today
               ORDER BY 1 DESC, 2 DESC LIMIT 1
          ) k ON true
         WHERE v.verdict = 'falls'
    ), decided AS (
        SELECT p.*,
               CASE p.verdict WHEN 'earned' THEN p.earned
                              WHEN 'falls' THEN least(p.held, greatest(p.floor, p.top))
                              ELSE p.held END AS now_rank
          FROM peaked p
    ), grounded AS (
        -- A tier is earned on the last day looked at, or later; or only kept.
        SELECT d.*,
               CASE WHEN d.verdict IN ('grace', 'kept') THEN NULL
                    WHEN d.now_rank <= d.earned THEN v_last
                    WHEN d.now_rank <= d.top THEN d.top_day END AS earned_on
          FROM decided d
    )
    SELECT g.id, g.held, greatest(g.held, g.manual),
           CASE WHEN g.earned_on = g.top_day THEN g.top_won ELSE g.won END,
           g.now_rank, greatest(g.now_rank, g.manual),
           coalesce(g.earned_on, CASE WHEN g.confirmed THEN v_confirmed_on ELSE g.grounded_on END),
           CASE WHEN g.earned_on IS NOT NULL THEN v_version
                WHEN g.confirmed THEN v_confirmed_version ELSE g.ladder_version END,
           CASE WHEN g.earned_on IS NOT NULL THEN NULL
                WHEN g.verdict = 'falls' THEN v_on ELSE coalesce(g.unearned_on, v_on) END,
           CASE WHEN g.verdict = 'grace' THEN v_on + v_grace_days END
      FROM grounded g;
END $$;

-- Judges p_members (ascending) and writes what becomes of them. Returns who rose to a
-- higher tier by what they earned. Accounts are locked before anything is judged that is
-- written: those of whom a first look says that something may be.
CREATE OR REPLACE FUNCTION tiers_assess(
    p_brand uuid, p_members uuid[], p_plan jsonb, p_now timestamptz,
    OUT raised integer, OUT lowered integer, OUT risen jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_on date := p_plan ->> 'on';
    v_kind text := CASE p_plan ->> 'mode' WHEN 'ladder' THEN 'ladder' ELSE 'assessment' END;
    v_codes text[] := ARRAY(SELECT jsonb_array_elements_text(p_plan -> 'codes'));
    v_members uuid[] := p_members;
BEGIN
    IF v_kind = 'assessment' THEN
        -- A new ladder may move everyone; an assessment moves few.
        v_members := ARRAY(
            SELECT member FROM tiers_judge(p_brand, p_members, p_plan) ORDER BY member
        );
    END IF;
    PERFORM points_lock_many(p_brand, v_members);
    WITH judged AS MATERIALIZED (
        SELECT * FROM tiers_judge(p_brand, v_members, p_plan)
    ), written AS (
        INSERT INTO member_tiers AS t (
            brand_id, member_id, tier, grounded_on, ladder_version, unearned_on, grace_until,
            since, changes
        )
        SELECT p_brand, j.member, v_codes[j.to_rank], j.to_grounded_on, j.to_version,
               j.to_unearned_on, j.to_grace_until, p_now, (j.seen <> j.to_seen)::integer
          FROM judged j
        ON CONFLICT (brand_id, member_id) DO UPDATE
           SET tier = excluded.tier, grounded_on = excluded.grounded_on,
               ladder_version = excluded.ladder_version, unearned_on = excluded.unearned_on,
               grace_until = excluded.grace_until,
               since = CASE WHEN excluded.changes = 0 THEN t.since ELSE excluded.since END,
               changes = t.changes + excluded.changes
        RETURNING t.member_id, t.changes
    ), told AS (
        INSERT INTO tier_changes (
            brand_id, member_id, seq, from_tier, to_tier, kind, changed_on, amount,
            ladder_version, changed_at
        )
        SELECT p_brand, j.member, w.changes, v_codes[j.seen],
               v_codes[j.to_seen], v_kind, v_on, j.amount,
               (p_plan ->> 'version')::integer, p_now
          FROM judged j JOIN written w ON w.member_id = j.member
         WHERE j.seen <> j.to_seen
        RETURNING 1
    )
    SELECT count(*) FILTER (WHERE j.to_seen > j.seen), count(*) FILTER (WHERE j.to_seen < j.seen),
           coalesce(jsonb_agg(jsonb_build_array(j.member, j.held, j.to_rank))
                    FILTER (WHERE j.to_rank > j.held AND v_kind = 'assessment'), '[]')
      INTO raised, lowered, risen
      FROM judged j;
END $$;

-- Ends what was set by hand until the day before that of the plan.
CREATE OR REPLACE FUNCTION tiers_end_manual(
    p_brand uuid, p_members uuid[], p_plan jsonb, p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_on date := p_plan ->> 'on';
    v_base integer := p_plan ->> 'base';
    v_codes text[] := ARRAY(SELECT jsonb_array_elements_text(p_plan -> 'codes'));
BEGIN
    PERFORM points_lock_many(p_brand, p_members);
    WITH ended AS MATERIALIZED (
        SELECT t.member_id, t.changes, r.held,
               greatest(r.held, tiers_rank(t.manual_tier, v_codes, p_plan -> 'replaced')) AS seen
          FROM member_tiers t
          CROSS JOIN LATERAL (
              SELECT greatest(tiers_rank(t.tier, v_codes, p_plan -> 'replaced'), v_base) AS held
          ) r
         WHERE t.brand_id = p_brand AND t.member_id = ANY (p_members) AND t.manual_until < v_on
    ), written AS (
        UPDATE member_tiers t
           SET manual_tier = NULL, manual_until = NULL,
               since = CASE WHEN e.seen > e.held THEN p_now ELSE t.since END,
               changes = e.changes + (e.seen > e.held)::integer
          FROM ended e
         WHERE t.brand_id = p_brand AND t.member_id = e.member_id
    )
    INSERT INTO tier_changes (
        brand_id, member_id, seq, from_tier, to_tier, kind, changed_on, ladder_version, changed_at
    )
    SELECT p_brand, e.member_id, e.changes + 1, v_codes[e.seen], v_codes[e.held],
           'manual_ended', v_on, (p_plan ->> 'version')::integer, p_now
      FROM ended e WHERE e.seen > e.held;
END $$;

GRANT EXECUTE ON FUNCTION
    tiers_assess(uuid, uuid[], jsonb, timestamptz),
    tiers_end_manual(uuid, uuid[], jsonb, timestamptz)
TO dangol_app;
