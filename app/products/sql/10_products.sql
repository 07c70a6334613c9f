-- What the catalogue knows of SKUs, by SKU: {"DOLL": {"category", "price", "cost",
-- "complements": [what it is an add-on of], "upgrades": [what it is an upgrade of]}}.
-- A SKU of which nothing is known is left out; one that is only named by others has
-- no category, price or cost.
CREATE OR REPLACE FUNCTION products_state(p_brand uuid, p_skus text[]) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(named.sku, jsonb_build_object(
                   'category', p.category, 'price', p.price, 'cost', p.cost,
                   'complements', coalesce(r.complements, '[]'),
                   'upgrades', coalesce(r.upgrades, '[]')
               )), '{}')
          FROM (SELECT DISTINCT unnest(p_skus) AS sku) named
          LEFT JOIN products p ON p.brand_id = p_brand AND p.sku = named.sku
          LEFT JOIN LATERAL (
              SELECT jsonb_agg(sku) FILTER (WHERE kind = 'complement') AS complements,
                     jsonb_agg(sku) FILTER (WHERE kind = 'upgrade') AS upgrades
                FROM product_relations
               WHERE brand_id = p_brand AND related_sku = named.sku
          ) r ON true
         WHERE p.sku IS NOT NULL OR r.complements IS NOT NULL OR r.upgrades IS NOT NULL
    );
END $$;

GRANT EXECUTE ON FUNCTION products_state(uuid, text[]) TO dangol_app;
