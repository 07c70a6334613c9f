-- Writes what was decided for one member, whose account is locked.
--
-- p_changes holds "posting" (a row of tier_postings), "standing" (a row of member_tiers)
-- and "changes" (rows of tier_changes), each null or absent if there is nothing to write.
-- p_order is the order that is placed, if that is the cause.
CREATE OR REPLACE FUNCTION tiers_write(
    p_brand uuid, p_member uuid, p_order uuid, p_now timestamptz, p_changes jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_changes ->> 'posting' IS NOT NULL THEN
        INSERT INTO tier_postings (
            brand_id, member_id, id, kind, order_id, counted_on, order_on,
            net, gross, orders, points, external_id, reason, actor, recorded_at
        )
        SELECT p_brand, p_member, coalesce(r.id, p_order), r.kind, coalesce(r.order_id, p_order),
               r.counted_on, r.order_on, r.net, r.gross, r.orders, r.points,
               r.external_id, r.reason, r.actor, p_now
          FROM jsonb_populate_record(NULL::tier_postings, p_changes -> 'posting') r;
    END IF;
    IF p_changes ->> 'standing' IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO member_tiers AS m (
        brand_id, member_id, tier, grounded_on, ladder_version, unearned_on, grace_until,
        manual_tier, manual_until, since, changes
    )
    SELECT p_brand, p_member, r.tier, r.grounded_on, r.ladder_version, r.unearned_on,
           r.grace_until, r.manual_tier, r.manual_until, coalesce(r.since, p_now), r.changes
      FROM jsonb_populate_record(NULL::member_tiers, p_changes -> 'standing') r
    ON CONFLICT (brand_id, member_id) DO UPDATE
       SET tier = excluded.tier, grounded_on = excluded.grounded_on,
           ladder_version = excluded.ladder_version, unearned_on = excluded.unearned_on,
           grace_until = excluded.grace_until, manual_tier = excluded.manual_tier,
           manual_until = excluded.manual_until, since = excluded.since,
           changes = excluded.changes;
    INSERT INTO tier_changes (
        brand_id, member_id, seq, from_tier, to_tier, kind, changed_on, amount, posting_id,
        ladder_version, note, actor, changed_at
    )
    SELECT p_brand, p_member, r.seq, r.from_tier, r.to_tier, r.kind, r.changed_on, r.amount,
           CASE r.kind WHEN 'order' THEN coalesce(r.posting_id, p_order) ELSE r.posting_id END,
           r.ladder_version, r.note, r.actor, p_now
      FROM jsonb_populate_recordset(NULL::tier_changes, p_changes -> 'changes') r;
END $$;

GRANT EXECUTE ON FUNCTION tiers_write(uuid, uuid, uuid, timestamptz, jsonb) TO dangol_app;
