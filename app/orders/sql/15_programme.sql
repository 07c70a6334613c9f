-- What the programme knows of a member at one moment, and the writing of what it does.

-- Returns {"tier", "stamps", "coupons", "benefits", "products", "history"}, each as its
-- feature tells it; without a member only coupons and products. See order_open for
-- p_asked. Call it under the account's lock.
CREATE OR REPLACE FUNCTION order_programme(
    p_brand uuid, p_member uuid, p_now timestamptz, p_asked jsonb
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_zone text;
    v_skus text[] := ARRAY(SELECT jsonb_array_elements_text(p_asked -> 'skus'));
    v_products jsonb := products_state(p_brand, v_skus);
    v_coupons jsonb := coupons_state(
        p_brand, p_member, coalesce(p_asked -> 'coupons', '[]'), (p_asked ->> 'hold_id')::uuid,
        coalesce((p_asked ->> 'owned')::boolean, false), p_now
    );
BEGIN
    IF p_member IS NULL THEN
        RETURN jsonb_build_object('coupons', v_coupons, 'products', v_products);
    END IF;
    SELECT coalesce(s.settings ->> 'timezone', 'Asia/Seoul') INTO v_zone
      FROM brands b JOIN brand_settings s ON s.brand_id = b.brand_id
                                         AND s.version = b.settings_version
     WHERE b.brand_id = p_brand;
    RETURN jsonb_build_object(
        'coupons', v_coupons,
        'products', v_products,
        'tier', tiers_state(p_brand, p_member, v_zone, p_now),
        'stamps', stamps_state(p_brand, p_member, date_trunc('day', p_now, v_zone), p_now),
        'benefits', benefits_state(p_brand, p_member, v_zone, p_now),
        'history', order_history(
            p_brand, p_member, v_skus, v_products,
            coalesce((p_asked ->> 'placed_at')::timestamptz, p_now),
            (p_asked ->> 'except_order')::uuid
        )
    );
END $$;

-- Returns {"orders", "last_order_at", "purchases": {sku: latest earlier purchase}} of a
-- person, merged members included, as of p_at: of the SKUs asked for and those they
-- belong to. Orders given back wholly never happened; p_except is left out. A person has
-- few orders, however many there are: one plan for all of them has to go by the indexes.
CREATE OR REPLACE FUNCTION order_history(
    p_brand uuid, p_member uuid, p_skus text[], p_products jsonb, p_at timestamptz, p_except uuid
) RETURNS jsonb LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_persons uuid[] := p_member || ARRAY(
        SELECT id FROM members WHERE brand_id = p_brand AND merged_into_id = p_member
    );
    v_count bigint;
    v_last timestamptz;
    v_purchases jsonb;
BEGIN
    SELECT count(*), max(placed_at) INTO v_count, v_last
      FROM orders
     WHERE brand_id = p_brand AND member_id = ANY (v_persons) AND placed_at <= p_at
       AND status IN ('paid', 'partially_refunded') AND id IS DISTINCT FROM p_except;
    IF v_count > 0 THEN
        SELECT jsonb_object_agg(sku, bought_at) INTO v_purchases FROM (
            SELECT l.sku, max(o.placed_at) AS bought_at
              FROM order_lines l JOIN orders o ON o.brand_id = l.brand_id AND o.id = l.order_id
             WHERE l.brand_id = p_brand AND l.member_id = ANY (v_persons)
               AND l.sku = ANY (p_skus || ARRAY(
                       SELECT jsonb_array_elements_text(
                                  coalesce(p.value -> 'complements', '[]')
                                  || coalesce(p.value -> 'upgrades', '[]')
                              )
                         FROM jsonb_each(p_products) p
                   ))
               AND l.refunded_quantity < l.quantity AND o.placed_at <= p_at
               AND o.status IN ('paid', 'partially_refunded') AND o.id IS DISTINCT FROM p_except
             GROUP BY l.sku
        ) bought;
    END IF;
    RETURN jsonb_build_object(
        'orders', v_count, 'last_order_at', v_last, 'purchases', coalesce(v_purchases, '{}')
    );
END $$;

-- Posts what an order does by the programme: points, coupons, stamps, tier, grants.
-- p_done holds "operations" (see points_apply) and what order_write takes.
CREATE OR REPLACE FUNCTION order_follow(
    p_brand uuid, p_member uuid, p_order uuid, p_now timestamptz, p_done jsonb,
    OUT counters jsonb, OUT results jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    v_posted record;
BEGIN
    v_posted := order_post(p_brand, p_member, p_now, p_done -> 'operations');
    counters := v_posted.counters;
    results := v_posted.results;
    PERFORM order_write(p_brand, p_member, p_order, p_now, p_done, results);
END $$;

-- Posts points; without a member there are none.
CREATE OR REPLACE FUNCTION order_post(
    p_brand uuid, p_member uuid, p_now timestamptz, p_operations jsonb,
    OUT counters jsonb, OUT results jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    v_posted record;
BEGIN
    results := '[]';
    IF p_member IS NULL THEN
        RETURN;
    END IF;
    SELECT (p.account).available, (p.account).pending, (p.account).held, (p.account).debt,
           p.results
      INTO v_posted
      FROM points_post(p_brand, p_member, p_now, p_operations) p;
    results := v_posted.results;
    counters := jsonb_build_object(
        'available', v_posted.available, 'pending', v_posted.pending,
        'held', v_posted.held, 'debt', v_posted.debt
    );
END $$;

-- Writes "coupons", "stamps", "tiers" and "grants" of p_done, each as its feature's
-- _write takes it, or nothing. Counters of limited coupons and rules come last: every
-- other order of the brand may wait for them until this one commits.
CREATE OR REPLACE FUNCTION order_write(
    p_brand uuid, p_member uuid, p_order uuid, p_now timestamptz, p_done jsonb, p_results jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_done ? 'stamps' THEN
        PERFORM stamps_write(p_brand, p_member, p_order, p_now, p_done -> 'stamps');
    END IF;
    IF p_done ? 'tiers' THEN
        PERFORM tiers_write(p_brand, p_member, p_order, p_now, p_done -> 'tiers');
    END IF;
    IF p_done ? 'coupons' THEN
        PERFORM coupons_write(p_brand, p_member, p_order, p_now, p_done -> 'coupons');
    END IF;
    IF p_done ? 'grants' THEN
        PERFORM benefits_write(p_brand, p_member, p_now, p_done -> 'grants', p_results);
    END IF;
END $$;

-- Writes effects of an order, rows by column name.
CREATE OR REPLACE FUNCTION order_effects_add(
    p_brand uuid, p_order uuid, p_effects jsonb
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO order_effects (
        brand_id, order_id, effect_no, kind, points, status, reason, reason_en, rule,
        rule_version, terms
    )
    SELECT p_brand, p_order, effect_no, kind, points, status, reason, reason_en, rule,
           rule_version, terms
      FROM jsonb_populate_recordset(NULL::order_effects, p_effects)
$$;

GRANT EXECUTE ON FUNCTION
    order_programme(uuid, uuid, timestamptz, jsonb),
    order_history(uuid, uuid, text[], jsonb, timestamptz, uuid),
    order_follow(uuid, uuid, uuid, timestamptz, jsonb),
    order_post(uuid, uuid, timestamptz, jsonb),
    order_write(uuid, uuid, uuid, timestamptz, jsonb, jsonb),
    order_effects_add(uuid, uuid, jsonb)
TO dangol_app;
