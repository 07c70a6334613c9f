-- What counts for a member, and where it stands.

-- The first day of the period that ends with p_last; see rules.Period.window.
CREATE OR REPLACE FUNCTION tiers_first_day(p_period jsonb, p_last date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_period ->> 'kind'
        WHEN 'rolling_months'
        THEN (p_last - make_interval(months => (p_period ->> 'months')::integer))::date + 1
        WHEN 'calendar_year' THEN date_trunc('year', p_last::timestamp)::date
        ELSE '0001-01-01'::date
    END
$$;

-- What counts for a member from p_first to p_last, by the day of the order or its own.
CREATE OR REPLACE FUNCTION tiers_amount(
    p_brand uuid, p_member uuid, p_basis text, p_by_order_day boolean, p_first date, p_last date
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(CASE p_basis WHEN 'net_paid' THEN net WHEN 'gross' THEN gross
                                     WHEN 'orders' THEN orders ELSE points END), 0)::bigint
      FROM tier_postings
     WHERE brand_id = p_brand AND member_id = p_member
       AND CASE WHEN p_by_order_day THEN order_on ELSE counted_on END BETWEEN p_first AND p_last
$$;

-- Returns {"version", "standing": the row of member_tiers or null, "amount": what counts
-- in the period that ends today}, NULL without a ladder. Lock the account first.
CREATE OR REPLACE FUNCTION tiers_state(
    p_brand uuid, p_member uuid, p_zone text, p_now timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_today date := (p_now AT TIME ZONE p_zone)::date;
    v_ladder record;
    v_standing jsonb;
BEGIN
    SELECT version, definition INTO v_ladder FROM tier_ladders
     WHERE brand_id = p_brand ORDER BY version DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT to_jsonb(m) INTO v_standing
      FROM member_tiers m WHERE brand_id = p_brand AND member_id = p_member;
    RETURN jsonb_build_object(
        'version', v_ladder.version,
        'standing', v_standing,
        'amount', tiers_amount(
            p_brand, p_member, v_ladder.definition ->> 'basis',
            v_ladder.definition ->> 'refunds_count_on' = 'order_day',
            tiers_first_day(v_ladder.definition -> 'period', v_today), v_today
        )
    );
END $$;

GRANT EXECUTE ON FUNCTION
    tiers_first_day(jsonb, date),
    tiers_amount(uuid, uuid, text, boolean, date, date),
    tiers_state(uuid, uuid, text, timestamptz)
TO dangol_app;
