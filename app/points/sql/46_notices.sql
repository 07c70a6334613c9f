-- Notices of points that are about to lapse. They are not the ledger: they say what a
-- member is to be told, and are corrected by what the lots say when they are looked at.

-- Prepares, for the next p_limit members after p_after, the notices that are due on a
-- local day: one for each distance and member of whom points lapse that many days later.
-- A notice of the same date that was not sent until then is overtaken by it.
CREATE OR REPLACE FUNCTION points_notices_prepare(
    p_brand uuid, p_day date, p_zone text, p_days integer[], p_after uuid, p_limit integer,
    p_now timestamptz, OUT last uuid, OUT prepared integer
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT chunk.member_id INTO last FROM (
        SELECT member_id FROM point_accounts
         WHERE brand_id = p_brand AND member_id > p_after
         ORDER BY member_id LIMIT p_limit
    ) chunk ORDER BY chunk.member_id DESC LIMIT 1;
    WITH due AS (
        SELECT l.member_id, p_day + d.days AS expires_on, d.days, sum(l.remaining)::bigint AS points
          FROM unnest(p_days) AS d (days)
          JOIN point_lots l
            ON l.brand_id = p_brand AND l.member_id > p_after AND l.member_id <= last
           AND l.remaining > 0
           AND l.expires_at >= (p_day + d.days)::timestamp AT TIME ZONE p_zone
           AND l.expires_at < (p_day + d.days + 1)::timestamp AT TIME ZONE p_zone
         GROUP BY l.member_id, d.days
    ), added AS (
        INSERT INTO point_expiry_notices (
            brand_id, member_id, expires_on, days_before, points, state, prepared_at
        )
        SELECT p_brand, member_id, expires_on, days, points, 'due', p_now FROM due
         ORDER BY member_id, expires_on
        ON CONFLICT DO NOTHING
        RETURNING member_id, expires_on, days_before
    ), overtaken AS (
        UPDATE point_expiry_notices n SET state = 'cancelled'
          FROM added
         WHERE n.brand_id = p_brand AND n.member_id = added.member_id
           AND n.expires_on = added.expires_on AND n.days_before > added.days_before
           AND n.state = 'due'
    )
    SELECT count(*) INTO prepared FROM added;
END $$;

-- Cancels up to p_limit notices that were not sent before their points lapsed.
CREATE OR REPLACE FUNCTION points_notices_close(
    p_brand uuid, p_day date, p_limit integer
) RETURNS integer
LANGUAGE sql AS $$
    WITH late AS (
        SELECT member_id, expires_on, days_before FROM point_expiry_notices
         WHERE brand_id = p_brand AND state = 'due' AND expires_on <= p_day
         LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), closed AS (
        UPDATE point_expiry_notices n SET state = 'cancelled' FROM late
         WHERE n.brand_id = p_brand AND n.member_id = late.member_id
           AND n.expires_on = late.expires_on AND n.days_before = late.days_before
        RETURNING 1
    )
    SELECT count(*)::integer FROM closed
$$;

-- Corrects what a member is still to be told: the points that lapse on a date as of now,
-- nothing if all of them are spent. Points on hold may come back, so that a notice stays
-- as it is while there are any.
CREATE OR REPLACE FUNCTION points_notices_refresh(
    p_brand uuid, p_member uuid, p_zone text, p_day date
) RETURNS void
LANGUAGE sql AS $$
    UPDATE point_expiry_notices n
       SET points = coalesce(c.points, n.points),
           state = CASE WHEN c.points IS NULL OR n.expires_on <= p_day
                        THEN 'cancelled' ELSE 'due' END
      FROM (
          SELECT m.expires_on, m.days_before, a.held, (
                     SELECT sum(l.remaining)::bigint FROM point_lots l
                      WHERE l.brand_id = p_brand AND l.member_id = p_member AND l.remaining > 0
                        AND l.expires_at >= m.expires_on::timestamp AT TIME ZONE p_zone
                        AND l.expires_at < (m.expires_on + 1)::timestamp AT TIME ZONE p_zone
                 ) AS points
            FROM point_expiry_notices m
            JOIN point_accounts a USING (brand_id, member_id)
           WHERE m.brand_id = p_brand AND m.member_id = p_member AND m.state = 'due'
      ) c
     WHERE n.brand_id = p_brand AND n.member_id = p_member
       AND n.expires_on = c.expires_on AND n.days_before = c.days_before AND n.state = 'due'
       AND (n.expires_on <= p_day OR (c.held = 0 AND c.points IS DISTINCT FROM n.points))
$$;

-- Gives a merged member's notices to the survivor. Where both have one, what was sent
-- counts before what is due, and that before what was cancelled, as in the alphabet.
CREATE OR REPLACE FUNCTION points_notices_move(
    p_brand uuid, p_from uuid, p_to uuid
) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO point_expiry_notices AS n (
        brand_id, member_id, expires_on, days_before, points, state, prepared_at
    )
    SELECT brand_id, p_to, expires_on, days_before, points, state, prepared_at
      FROM point_expiry_notices
     WHERE brand_id = p_brand AND member_id = p_from
     ORDER BY expires_on, days_before
    ON CONFLICT (brand_id, member_id, expires_on, days_before) DO UPDATE
       SET points = CASE WHEN n.state = excluded.state THEN n.points + excluded.points
                         WHEN n.state > excluded.state THEN n.points
                         ELSE excluded.points END,
           state = greatest(n.state, excluded.state);
    DELETE FROM point_expiry_notices WHERE brand_id = p_brand AND member_id = p_from;
$$;
