-- What the decision about coupons needs to know, as of the caller's snapshot.

-- A coupon as the rules read it.
CREATE OR REPLACE FUNCTION coupons_shown(c coupons) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'id', c.id, 'template_id', c.template_id, 'version', c.version,
        'member_id', c.member_id, 'code', c.code, 'generic', c.generic, 'status', c.status,
        'reserved_by', c.reserved_by, 'reserved_until', c.reserved_until,
        'valid_from', c.valid_from, 'valid_until', c.valid_until
    )
$$;

-- Returns what the names in p_wanted ({"name", "id"} or {"name", "code", "unique"}) stand
-- for, in their order; with p_owned the coupons that the member could use (the soonest to
-- expire first, at most 100); those that p_hold reserves; the templates they are of; and
-- which limited templates have none left to issue.
--
-- A generic code stands for the coupon of it that the hold reserves, else for one that
-- the member owns, else ({"coupon": null}) for a new one. "left" counts reservations
-- that have timed out as free, whether or not the job has seen them.
CREATE OR REPLACE FUNCTION coupons_state(
    p_brand uuid, p_member uuid, p_wanted jsonb, p_hold uuid, p_owned boolean, p_now timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_wanted jsonb := '[]';
    v_owned jsonb := '[]';
    v_held jsonb := '[]';
    v_templates jsonb := '{}';
    v_ids uuid[] := '{}';
    v_template uuid;
    c coupons;
    w jsonb;
BEGIN
    FOR w IN SELECT jsonb_array_elements(coalesce(nullif(p_wanted, 'null'), '[]')) LOOP
        c := NULL;
        v_template := NULL;
        IF w ? 'id' THEN
            SELECT * INTO c FROM coupons WHERE brand_id = p_brand AND id = (w ->> 'id')::uuid;
        ELSE
            SELECT id INTO v_template FROM coupon_templates
             WHERE brand_id = p_brand AND generic_code = w ->> 'code' AND status <> 'ended';
            IF v_template IS NULL AND w ? 'unique' THEN
                SELECT * INTO c FROM coupons
                 WHERE brand_id = p_brand AND code = w ->> 'unique';
            END IF;
            IF v_template IS NULL AND c.id IS NULL THEN
                SELECT id INTO v_template FROM coupon_templates
                 WHERE brand_id = p_brand AND generic_code = w ->> 'code'
                 ORDER BY changed_at DESC LIMIT 1;
            END IF;
            IF v_template IS NOT NULL AND p_hold IS NOT NULL THEN
                SELECT * INTO c FROM coupons
                 WHERE brand_id = p_brand AND template_id = v_template AND status = 'reserved'
                   AND reserved_by = p_hold AND reserved_until > p_now
                   AND member_id IS NOT DISTINCT FROM p_member
                 ORDER BY id LIMIT 1;
            END IF;
            IF v_template IS NOT NULL AND c.id IS NULL AND p_member IS NOT NULL THEN
                SELECT * INTO c FROM coupons
                 WHERE brand_id = p_brand AND member_id = p_member AND template_id = v_template
                   AND (status = 'issued'
                        OR status = 'reserved' AND NOT generic AND reserved_until <= p_now)
                   AND valid_from <= p_now AND (valid_until IS NULL OR valid_until > p_now)
                 ORDER BY valid_until, id LIMIT 1;
            END IF;
        END IF;
        v_template := coalesce(c.template_id, v_template);
        IF v_template IS NULL THEN
            v_wanted := v_wanted || jsonb_build_object('name', w -> 'name', 'found', false);
        ELSE
            v_ids := v_ids || v_template;
            v_wanted := v_wanted || jsonb_build_object(
                'name', w -> 'name', 'found', true, 'template_id', v_template,
                'coupon', CASE WHEN c.id IS NOT NULL THEN coupons_shown(c) END
            );
        END IF;
    END LOOP;
    IF p_owned AND p_member IS NOT NULL THEN
        FOR c IN
            SELECT * FROM coupons
             WHERE brand_id = p_brand AND member_id = p_member
               AND status IN ('issued', 'reserved')
               AND (status = 'issued' OR reserved_by = p_hold
                    OR NOT generic AND reserved_until <= p_now)
               AND (valid_until IS NULL OR valid_until > p_now)
             ORDER BY valid_until, id LIMIT 100
        LOOP
            v_owned := v_owned || coupons_shown(c);
            v_ids := v_ids || c.template_id;
        END LOOP;
    END IF;
    IF p_hold IS NOT NULL THEN
        FOR c IN
            SELECT * FROM coupons
             WHERE brand_id = p_brand AND status = 'reserved' AND reserved_by = p_hold
             ORDER BY id
        LOOP
            v_held := v_held || coupons_shown(c);
            v_ids := v_ids || c.template_id;
        END LOOP;
    END IF;
    IF v_ids <> '{}' THEN
        SELECT jsonb_object_agg(t.id, jsonb_build_object(
                   'version', t.version, 'status', t.status,
                   'left', k.total_limit - k.issued + CASE WHEN k.issued >= k.total_limit THEN (
                       SELECT count(*) FROM coupons r
                        WHERE r.brand_id = p_brand AND r.template_id = t.id
                          AND r.status = 'reserved' AND r.generic AND r.reserved_until <= p_now
                   ) ELSE 0 END,
                   'has', (
                       SELECT count(*) FROM coupons m
                        WHERE m.brand_id = p_brand AND m.member_id = p_member
                          AND m.template_id = t.id
                          AND (m.status IN ('issued', 'redeemed')
                               OR m.status = 'reserved'
                              AND NOT (m.generic AND m.reserved_until <= p_now))
                   )
               )) INTO v_templates
          FROM coupon_templates t
          LEFT JOIN coupon_counters k ON k.brand_id = p_brand AND k.template_id = t.id
         WHERE t.brand_id = p_brand AND t.id = ANY (v_ids);
    END IF;
    RETURN jsonb_build_object(
        'member_id', p_member, 'wanted', v_wanted, 'owned', v_owned, 'held', v_held,
        'templates', v_templates,
        'exhausted', (
            SELECT coalesce(jsonb_agg(template_id), '[]') FROM coupon_counters
             WHERE brand_id = p_brand AND issued >= total_limit
        )
    );
END $$;

GRANT EXECUTE ON FUNCTION
    coupons_shown(coupons),
    coupons_state(uuid, uuid, jsonb, uuid, boolean, timestamptz)
TO dangol_app;
