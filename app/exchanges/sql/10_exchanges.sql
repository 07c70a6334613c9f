-- Takes pieces of an item, or gives them back (p_pieces < 0, whatever the version).
-- If the item was changed meanwhile, or others took what was left, the whole use case
-- is asked for again (40001): read anew, it follows what is true then.
CREATE OR REPLACE FUNCTION exchanges_take(
    p_brand uuid, p_code text, p_version integer, p_pieces bigint, p_stock bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE exchange_items SET taken = taken + p_pieces
     WHERE brand_id = p_brand AND code = p_code
       AND (p_pieces < 0
            OR (version = p_version AND (p_stock IS NULL OR taken + p_pieces <= p_stock)));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'item % was changed or taken meanwhile', p_code USING ERRCODE = '40001';
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION exchanges_take(uuid, text, integer, bigint, bigint) TO dangol_app;
