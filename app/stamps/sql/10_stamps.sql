-- What the rules need to know of a member's stamp cards, and the writing of what they
-- decide.

-- Returns {programme: {"seq", "cards", "debt", "today", "open": [cards, the oldest first]}}
-- of the programmes the member has an account of. "today" counts what orders of the
-- local day that began at p_today gave and no refund took. A card whose time is over
-- stands among the open ones until somebody writes that it is: the rules see it.
CREATE OR REPLACE FUNCTION stamps_state(
    p_brand uuid, p_member uuid, p_today timestamptz, p_now timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(a.programme, jsonb_build_object(
                   'seq', a.seq, 'cards', a.cards, 'debt', a.debt,
                   'today', stamps_of_day(p_brand, p_member, a.programme, p_today, p_now),
                   'open', (
                       SELECT coalesce(jsonb_agg(jsonb_build_object(
                                  'card_no', c.card_no, 'version', c.version, 'goal', c.goal,
                                  'stamps', c.stamps, 'opened_at', c.opened_at,
                                  'expires_at', c.expires_at
                              ) ORDER BY c.card_no), '[]')
                         FROM stamp_cards c
                        WHERE c.brand_id = p_brand AND c.member_id = p_member
                          AND c.programme = a.programme AND c.state = 'open'
                   )
               )), '{}')
          FROM stamp_accounts a
         WHERE a.brand_id = p_brand AND a.member_id = p_member
    );
END $$;

-- Returns how many stamps of one programme the orders of a day gave and still give.
CREATE OR REPLACE FUNCTION stamps_of_day(
    p_brand uuid, p_member uuid, p_programme text, p_from timestamptz, p_to timestamptz
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(given), 0)::bigint FROM (
        SELECT greatest(0, sum(e.d_stamps - e.d_debt)) AS given
          FROM stamp_entries e
         WHERE e.brand_id = p_brand AND e.member_id = p_member AND e.programme = p_programme
           AND e.kind IN ('order', 'refund')
           AND e.order_id = ANY (ARRAY(
                   SELECT o.order_id FROM stamp_entries o
                    WHERE o.brand_id = p_brand AND o.member_id = p_member
                      AND o.programme = p_programme AND o.kind = 'order'
                      AND o.at BETWEEN p_from AND p_to
               ))
         GROUP BY e.order_id
    ) orders
$$;

-- Writes what was decided: a list of {"programme", "was", "seq", "cards", "debt",
-- "card_rows": […], "entries": […]}, one for each account, rows by column name. "was" is
-- the number of the account's last entry when it was read: if there is a newer one, the
-- whole use case is asked for again (40001). Entries belong to p_order, those of expiry
-- to none. NULL and the empty list write nothing.
CREATE OR REPLACE FUNCTION stamps_write(
    p_brand uuid, p_member uuid, p_order uuid, p_now timestamptz, p_changes jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    IF p_changes IS NULL OR p_changes = 'null' THEN
        RETURN;
    END IF;
    FOR r IN
        SELECT * FROM jsonb_to_recordset(p_changes) AS changed (
            programme text, was bigint, seq bigint, cards integer, debt integer,
            card_rows jsonb, entries jsonb
        ) ORDER BY programme
    LOOP
        IF r.was = 0 THEN
            INSERT INTO stamp_accounts VALUES (p_brand, p_member, r.programme, 0, 0, 0)
            ON CONFLICT DO NOTHING;
        END IF;
        UPDATE stamp_accounts SET seq = r.seq, cards = r.cards, debt = r.debt
         WHERE brand_id = p_brand AND member_id = p_member AND programme = r.programme
           AND seq = r.was;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'stamps of % have changed', r.programme USING ERRCODE = '40001';
        END IF;
        INSERT INTO stamp_cards (
            brand_id, member_id, programme, card_no, version, goal, stamps, state,
            opened_at, expires_at, completed_at
        )
        SELECT p_brand, p_member, r.programme, card_no, version, goal, stamps, state,
               opened_at, expires_at, completed_at
          FROM jsonb_populate_recordset(NULL::stamp_cards, r.card_rows)
        ON CONFLICT (brand_id, member_id, programme, card_no) DO UPDATE
           SET stamps = excluded.stamps, state = excluded.state,
               expires_at = excluded.expires_at, completed_at = excluded.completed_at;
        INSERT INTO stamp_entries (
            brand_id, member_id, programme, seq, kind, version, card_no, d_stamps, d_debt,
            kept, order_id, refund_id, reason, actor, occasion, at
        )
        SELECT p_brand, p_member, r.programme, seq, kind, version, card_no, d_stamps, d_debt,
               kept, CASE WHEN kind = 'expiry' THEN NULL ELSE p_order END, refund_id, reason,
               actor, occasion, p_now
          FROM jsonb_populate_recordset(NULL::stamp_entries, r.entries);
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION
    stamps_state(uuid, uuid, timestamptz, timestamptz),
    stamps_of_day(uuid, uuid, text, timestamptz, timestamptz),
    stamps_write(uuid, uuid, uuid, timestamptz, jsonb)
TO dangol_app;
