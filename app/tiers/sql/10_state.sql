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

-- The most that counted on the evening of any day of an order from p_first to p_last, as
-- it is (before) and with p_more on the day of an order (after). Refunds lower the day of
-- their order, as if it had never been: what is asked is whether a tier was rightly reached.
CREATE OR REPLACE FUNCTION tiers_peaks(
    p_brand uuid, p_member uuid, p_basis text, p_period jsonb, p_first date, p_last date,
    p_on date, p_more bigint, OUT before bigint, OUT after bigint
) LANGUAGE sql STABLE AS $$
    SELECT max(a.amount),
           max(a.amount + CASE WHEN p_on BETWEEN a.first AND a.last THEN p_more ELSE 0 END)
      FROM (
          SELECT d.last, d.first,
                 tiers_amount(p_brand, p_member, p_basis, true, d.first, d.last) AS amount
            FROM (
                SELECT DISTINCT order_on AS last, tiers_first_day(p_period, order_on) AS first
                  FROM tier_postings
                 WHERE brand_id = p_brand AND member_id = p_member
                   AND order_on BETWEEN p_first AND p_last
            ) d
      ) a
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
    tiers_peaks(uuid, uuid, text, jsonb, date, date, date, bigint),
    tiers_state(uuid, uuid, text, timestamptz)
TO dangol_app;
