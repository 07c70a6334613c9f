-- Writing what was decided about coupons. Rows first, then the counters of limited
-- templates in one order; whatever others changed meanwhile asks for the whole use case
-- again (40001): read anew, it decides anew.

-- Counts coupons of a template, if it is limited. The template's row is held, so that
-- whoever gives the template another limit counts these or waits for them.
CREATE OR REPLACE FUNCTION coupons_count(
    p_brand uuid, p_template uuid, p_issued bigint, p_used bigint, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM coupon_templates WHERE brand_id = p_brand AND id = p_template FOR KEY SHARE;
    FOR attempt IN 1 .. 2 LOOP
        UPDATE coupon_counters SET issued = issued + p_issued, used = used + p_used
         WHERE brand_id = p_brand AND template_id = p_template
           AND (p_issued <= 0 OR issued + p_issued <= total_limit);
        IF FOUND OR NOT EXISTS (
            SELECT 1 FROM coupon_counters WHERE brand_id = p_brand AND template_id = p_template
        ) THEN
            RETURN;
        END IF;
        EXIT WHEN attempt = 2;
        -- Checkouts that were left behind may hold the places still.
        PERFORM coupons_let_go(p_brand, ARRAY(
            SELECT id FROM coupons
             WHERE brand_id = p_brand AND template_id = p_template AND status = 'reserved'
               AND generic AND reserved_until <= p_now
             ORDER BY id FOR UPDATE SKIP LOCKED
        ), p_now);
    END LOOP;
    RAISE EXCEPTION 'coupons of template % are used up', p_template USING ERRCODE = '40001';
END $$;

-- Ends reservations: a coupon is issued again, a generic use gives its place back.
CREATE OR REPLACE FUNCTION coupons_let_go(p_brand uuid, p_ids uuid[], p_now timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    t record;
    v_done integer := 0;
BEGIN
    FOR t IN
        WITH gone AS (
            UPDATE coupons
               SET status = CASE WHEN generic THEN 'released' ELSE 'issued' END,
                   reserved_by = NULL, reserved_until = NULL
             WHERE brand_id = p_brand AND id = ANY (p_ids) AND status = 'reserved'
            RETURNING template_id, generic
        )
        SELECT template_id, count(*) AS coupons, count(*) FILTER (WHERE generic) AS places
          FROM gone GROUP BY template_id ORDER BY template_id
    LOOP
        v_done := v_done + t.coupons;
        IF t.places > 0 THEN
            PERFORM coupons_count(p_brand, t.template_id, -t.places, 0, p_now);
        END IF;
    END LOOP;
    RETURN v_done;
END $$;

-- Applies changes: "redeem", "issue", "reserve" (rows) and "release" (a hold's id, whose
-- reservations end unless they are among the redeemed). Rows carry the template's version
-- and status as they were decided upon.
CREATE OR REPLACE FUNCTION coupons_write(
    p_brand uuid, p_member uuid, p_order uuid, p_now timestamptz, p_changes jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_redeem jsonb := coalesce(nullif(p_changes -> 'redeem', 'null'), '[]');
    v_issue jsonb := coalesce(nullif(p_changes -> 'issue', 'null'), '[]');
    v_reserve jsonb := coalesce(nullif(p_changes -> 'reserve', 'null'), '[]');
    v_hold uuid := (p_changes ->> 'release')::uuid;
    v_all jsonb := v_redeem || v_issue || v_reserve;
    v_stale boolean;
    v_expected integer;
    v_done integer;
    v_count record;
BEGIN
    IF jsonb_array_length(v_all) = 0 THEN
        IF v_hold IS NOT NULL THEN
            PERFORM coupons_release(p_brand, v_hold, p_now);
        END IF;
        RETURN;
    END IF;
    SELECT count(*) <> (SELECT count(DISTINCT r ->> 'template_id')
                          FROM jsonb_array_elements(v_all) r) INTO v_stale
      FROM (
          SELECT t.id FROM coupon_templates t
            JOIN (SELECT DISTINCT r.template_id, r.template_version, r.template_status
                    FROM jsonb_to_recordset(v_all) AS r (
                        template_id uuid, template_version integer, template_status text
                    )) r
              ON t.id = r.template_id AND t.version = r.template_version
             AND t.status = r.template_status
           WHERE t.brand_id = p_brand
           ORDER BY t.id FOR KEY SHARE OF t
      ) held;
    IF v_stale THEN
        RAISE EXCEPTION 'a coupon template changed' USING ERRCODE = '40001';
    END IF;

    SELECT count(*) INTO v_expected
      FROM jsonb_array_elements(v_redeem || v_reserve) r WHERE NOT (r ->> 'fresh')::boolean;
    IF v_expected > 0 THEN
        PERFORM 1 FROM coupons
          WHERE brand_id = p_brand
            AND id IN (SELECT (r ->> 'id')::uuid FROM jsonb_array_elements(v_redeem || v_reserve) r)
          ORDER BY id FOR UPDATE;
        UPDATE coupons c
           SET status = r.status, member_id = coalesce(c.member_id, r.owner),
               order_id = r.order_id, redeemed_at = r.redeemed_at, discount = r.discount,
               reserved_by = r.reserved_by, reserved_until = r.reserved_until
          FROM (
              SELECT d.id, 'redeemed' AS status, p_member AS owner, p_order AS order_id,
                     p_now AS redeemed_at, d.discount, NULL::uuid AS reserved_by,
                     NULL::timestamptz AS reserved_until, d.hold_id
                FROM jsonb_to_recordset(v_redeem) AS d (
                    id uuid, fresh boolean, discount bigint, hold_id uuid
                ) WHERE NOT d.fresh
               UNION ALL
              SELECT v.id, 'reserved', NULL, NULL, NULL, 0, v.hold_id, v.reserved_until, v.hold_id
                FROM jsonb_to_recordset(v_reserve) AS v (
                    id uuid, fresh boolean, hold_id uuid, reserved_until timestamptz
                ) WHERE NOT v.fresh
          ) r
         WHERE c.brand_id = p_brand AND c.id = r.id
           AND (c.status = 'issued'
                OR c.status = 'reserved' AND (
                    c.reserved_until <= p_now AND NOT c.generic
                    OR c.reserved_until > p_now AND c.reserved_by = r.hold_id
                ))
           AND (c.member_id IS NULL OR c.member_id = p_member)
           AND c.valid_from <= p_now AND (c.valid_until IS NULL OR c.valid_until > p_now);
        GET DIAGNOSTICS v_done = ROW_COUNT;
        IF v_done <> v_expected THEN
            RAISE EXCEPTION 'a coupon is no longer usable' USING ERRCODE = '40001';
        END IF;
    END IF;

    INSERT INTO coupons (
        brand_id, id, template_id, version, member_id, generic, status, reserved_by,
        reserved_until, valid_from, valid_until, issued_at, redeemed_at, order_id, discount,
        source_order_id, cause, reason, actor
    )
    SELECT p_brand, r.id, r.template_id, r.version, p_member, true, 'redeemed', NULL,
           NULL::timestamptz, r.valid_from, r.valid_until, p_now, p_now, p_order, r.discount,
           NULL::uuid, NULL::text, NULL::text, NULL::text
      FROM jsonb_to_recordset(v_redeem) AS r (
          id uuid, fresh boolean, template_id uuid, version integer, valid_from timestamptz,
          valid_until timestamptz, discount bigint
      ) WHERE r.fresh
     UNION ALL
    SELECT p_brand, r.id, r.template_id, r.version, p_member, true, 'reserved', r.hold_id,
           r.reserved_until, r.valid_from, r.valid_until, p_now, NULL, NULL, 0,
           NULL, NULL, NULL, NULL
      FROM jsonb_to_recordset(v_reserve) AS r (
          id uuid, fresh boolean, template_id uuid, version integer, valid_from timestamptz,
          valid_until timestamptz, hold_id uuid, reserved_until timestamptz
      ) WHERE r.fresh
     UNION ALL
    SELECT p_brand, r.id, r.template_id, r.version, r.member_id, false, 'issued', NULL,
           NULL, r.valid_from, r.valid_until, p_now, NULL, NULL, 0,
           r.source_order_id, r.cause, r.reason, r.actor
      FROM jsonb_to_recordset(v_issue) AS r (
          id uuid, template_id uuid, version integer, member_id uuid, valid_from timestamptz,
          valid_until timestamptz, source_order_id uuid, cause text, reason text, actor text
      );

    IF v_hold IS NOT NULL THEN
        PERFORM coupons_release(p_brand, v_hold, p_now);
    END IF;
    FOR v_count IN
        SELECT (r ->> 'template_id')::uuid AS template_id, sum(issued) AS issued, sum(used) AS used
          FROM (
              SELECT r, (r ->> 'fresh')::boolean::integer AS issued, 1 AS used
                FROM jsonb_array_elements(v_redeem) r
               UNION ALL
              SELECT r, 1, 0 FROM jsonb_array_elements(v_issue) r
               UNION ALL
              SELECT r, (r ->> 'fresh')::boolean::integer, 0 FROM jsonb_array_elements(v_reserve) r
          ) counted
         GROUP BY 1 ORDER BY 1
    LOOP
        PERFORM coupons_count(
            p_brand, v_count.template_id, v_count.issued, v_count.used, p_now
        );
    END LOOP;
END $$;

-- Ends all reservations of one hold; returns how many.
CREATE OR REPLACE FUNCTION coupons_release(p_brand uuid, p_hold uuid, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RETURN coupons_let_go(p_brand, ARRAY(
        SELECT id FROM coupons
         WHERE brand_id = p_brand AND status = 'reserved' AND reserved_by = p_hold
         ORDER BY id FOR UPDATE
    ), p_now);
END $$;

-- Ends up to p_limit reservations that have timed out; returns how many.
CREATE OR REPLACE FUNCTION coupons_tidy_chunk(p_brand uuid, p_limit integer, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RETURN coupons_let_go(p_brand, ARRAY(
        SELECT id FROM coupons
         WHERE brand_id = p_brand AND status = 'reserved' AND reserved_until <= p_now
         ORDER BY reserved_until LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), p_now);
END $$;

GRANT EXECUTE ON FUNCTION
    coupons_count(uuid, uuid, bigint, bigint, timestamptz),
    coupons_let_go(uuid, uuid[], timestamptz),
    coupons_write(uuid, uuid, uuid, timestamptz, jsonb),
    coupons_release(uuid, uuid, timestamptz),
    coupons_tidy_chunk(uuid, integer, timestamptz)
TO dangol_app;
