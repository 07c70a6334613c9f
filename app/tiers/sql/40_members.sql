-- What happens to members: their postings move, and what was written of them goes.
-- Postings and changes are never changed otherwise; the application may only add some.

CREATE OR REPLACE FUNCTION tiers_move(p_brand uuid, p_from uuid, p_to uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE tier_postings SET member_id = p_to WHERE brand_id = p_brand AND member_id = p_from
$$;

CREATE OR REPLACE FUNCTION tiers_forget(p_brand uuid, p_member uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE tier_postings SET reason = NULL
     WHERE brand_id = p_brand AND member_id = p_member AND reason IS NOT NULL;
    UPDATE tier_changes SET note = NULL
     WHERE brand_id = p_brand AND member_id = p_member AND note IS NOT NULL;
$$;

GRANT EXECUTE ON FUNCTION tiers_move(uuid, uuid, uuid), tiers_forget(uuid, uuid) TO dangol_app;
