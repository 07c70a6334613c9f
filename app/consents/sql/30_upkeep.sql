-- Deletes all that is left of the consents of members who were erased so long ago that nothing
-- has to be proved any more. Returns of how many members. Only this deletes records.
CREATE OR REPLACE FUNCTION consents_purge(p_brand uuid, p_today date, p_limit integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_members uuid[];
BEGIN
    SELECT coalesce(array_agg(member_id), '{}') INTO v_members FROM (
        SELECT c.member_id FROM consent_chains c
          JOIN members m ON m.brand_id = c.brand_id AND m.id = c.member_id
         WHERE c.brand_id = p_brand AND c.purge_on < p_today AND m.status = 'erased'
         ORDER BY c.purge_on, c.member_id LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
    ) due;
    DELETE FROM consent_notices WHERE brand_id = p_brand AND member_id = ANY (v_members);
    DELETE FROM consent_states WHERE brand_id = p_brand AND member_id = ANY (v_members);
    PERFORM set_config('consents.purging', 'on', true);
    DELETE FROM consent_records WHERE brand_id = p_brand AND member_id = ANY (v_members);
    PERFORM set_config('consents.purging', 'off', true);
    DELETE FROM consent_evidence WHERE brand_id = p_brand AND member_id = ANY (v_members);
    DELETE FROM consent_chains WHERE brand_id = p_brand AND member_id = ANY (v_members);
    RETURN cardinality(v_members);
END $$;

GRANT EXECUTE ON FUNCTION consents_purge(uuid, date, integer) TO dangol_app;
