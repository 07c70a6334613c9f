-- What rules need to know of a member's grants, and the writing of new ones.

-- Returns {"tags": […], "counts": {source: [in all, this year, this month, today]},
-- "occasions": {source: [… those that are no order]}, "counters": {source: [grants, points]}}
-- of grants in force; days are those of p_zone.
CREATE OR REPLACE FUNCTION benefits_state(
    p_brand uuid, p_member uuid, p_zone text, p_now timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_today timestamptz := date_trunc('day', p_now, p_zone);
    v_month timestamptz := date_trunc('month', p_now, p_zone);
    v_year timestamptz := date_trunc('year', p_now, p_zone);
BEGIN
    RETURN jsonb_build_object(
        'tags', (
            SELECT coalesce(jsonb_agg(tag), '[]') FROM member_tags
             WHERE brand_id = p_brand AND member_id = p_member
        ),
        'counts', (
            SELECT coalesce(jsonb_object_agg(source, counts), '{}') FROM (
                SELECT source, jsonb_build_array(
                           count(*),
                           count(*) FILTER (WHERE granted_at >= v_year),
                           count(*) FILTER (WHERE granted_at >= v_month),
                           count(*) FILTER (WHERE granted_at >= v_today)
                       ) AS counts
                  FROM benefit_grants
                 WHERE brand_id = p_brand AND member_id = p_member AND reversed_at IS NULL
                 GROUP BY source
            ) counted
        ),
        'occasions', (
            SELECT coalesce(jsonb_object_agg(source, occasions), '{}') FROM (
                SELECT source, jsonb_agg(occasion) AS occasions
                  FROM benefit_grants
                 WHERE brand_id = p_brand AND member_id = p_member AND reversed_at IS NULL
                   AND occasion NOT LIKE 'order/%'
                 GROUP BY source
            ) listed
        ),
        'counters', (
            SELECT coalesce(jsonb_object_agg(source, jsonb_build_array(grants, points)), '{}')
              FROM benefit_counters WHERE brand_id = p_brand
        )
    );
END $$;

-- Writes grants whose points are posted (p_results: the answers of points_post).
-- A limit that others have used up meanwhile asks for the whole use case again
-- (40001): read anew, it will not grant. Counters are taken in one order, so that
-- two orders of several rules do not wait for each other.
CREATE OR REPLACE FUNCTION benefits_write(
    p_brand uuid, p_member uuid, p_now timestamptz, p_grants jsonb, p_results jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    g record;
BEGIN
    IF p_grants IS NULL OR p_grants = 'null' THEN
        RETURN;
    END IF;
    INSERT INTO benefit_grants (
        brand_id, id, member_id, source, source_version, occasion, order_id, points,
        points_taken_back, lot_no, counted, gave, terms, reason_ko, reason_en, granted_at
    )
    SELECT p_brand, r.id, p_member, r.source, r.source_version, r.occasion, r.order_id,
           r.points, 0, (p_results -> r.accrue_at ->> 'lot_no')::bigint, r.counted, r.gave,
           r.terms, r.reason_ko, r.reason_en, p_now
      FROM jsonb_to_recordset(p_grants) AS r (
          id uuid, source text, source_version integer, occasion text, order_id uuid,
          points bigint, accrue_at integer, counted boolean, gave jsonb, terms jsonb,
          reason_ko text, reason_en text
      );
    INSERT INTO member_tags (brand_id, member_id, tag, created_at)
    SELECT DISTINCT p_brand, p_member, t.tag, p_now
      FROM jsonb_array_elements(p_grants) AS r,
           jsonb_array_elements_text(r -> 'gave' -> 'tags') AS t (tag)
    ON CONFLICT DO NOTHING;
    FOR g IN
        SELECT r.source, count(*) AS grants, sum(r.points)::bigint AS points,
               min(r.grants_max) AS grants_max, min(r.points_max) AS points_max
          FROM jsonb_to_recordset(p_grants) AS r (
              source text, points bigint, counted boolean, grants_max bigint, points_max bigint
          )
         WHERE r.counted GROUP BY r.source ORDER BY r.source
    LOOP
        PERFORM benefits_count(p_brand, g.source, g.grants, g.points, g.grants_max, g.points_max);
    END LOOP;
END $$;

-- Counts grants of a limited source, or asks for the use case again if it is used up.
CREATE OR REPLACE FUNCTION benefits_count(
    p_brand uuid, p_source text, p_grants bigint, p_points bigint,
    p_grants_max bigint, p_points_max bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO benefit_counters (brand_id, source, grants, points)
    VALUES (p_brand, p_source, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE benefit_counters SET grants = grants + p_grants, points = points + p_points
     WHERE brand_id = p_brand AND source = p_source
       AND (p_grants_max IS NULL OR grants + p_grants <= p_grants_max)
       AND (p_points_max IS NULL OR points + p_points <= p_points_max);
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is used up', p_source USING ERRCODE = '40001';
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION
    benefits_state(uuid, uuid, text, timestamptz),
    benefits_write(uuid, uuid, timestamptz, jsonb, jsonb),
    benefits_count(uuid, text, bigint, bigint, bigint, bigint)
TO dangol_app;
