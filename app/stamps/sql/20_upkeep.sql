-- What time and what happens to members do to cards. Entries are never changed
-- otherwise; the application may only add some.

-- Empties cards of the accounts named: those due at p_due, or all that are open if it is
-- NULL. Writes an entry of a kind for each. The accounts must be locked by a statement
-- before, so that the cards read here are the present ones. Returns how many there were.
CREATE OR REPLACE FUNCTION stamps_lapse(
    p_brand uuid, p_members uuid[], p_programmes text[], p_due timestamptz, p_kind text,
    p_now timestamptz
) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    WITH lapsing AS (
        SELECT c.member_id, c.programme, c.card_no, c.version, c.stamps,
               a.seq + row_number() OVER (
                   PARTITION BY c.member_id, c.programme ORDER BY c.card_no
               ) AS seq
          FROM unnest(p_members, p_programmes) AS named (member_id, programme)
          JOIN stamp_accounts a
            ON a.brand_id = p_brand AND a.member_id = named.member_id
           AND a.programme = named.programme
          JOIN stamp_cards c
            ON c.brand_id = p_brand AND c.member_id = a.member_id
           AND c.programme = a.programme AND c.state = 'open'
         WHERE p_due IS NULL OR c.expires_at <= p_due
    ), cards AS (
        UPDATE stamp_cards c SET stamps = 0, state = 'expired' FROM lapsing l
         WHERE c.brand_id = p_brand AND c.member_id = l.member_id
           AND c.programme = l.programme AND c.card_no = l.card_no
    ), accounts AS (
        UPDATE stamp_accounts a SET seq = l.seq FROM (
            SELECT member_id, programme, max(seq) AS seq FROM lapsing
             GROUP BY member_id, programme
        ) l
         WHERE a.brand_id = p_brand AND a.member_id = l.member_id
           AND a.programme = l.programme
    ), entries AS (
        INSERT INTO stamp_entries (
            brand_id, member_id, programme, seq, kind, version, card_no, d_stamps, d_debt,
            kept, at
        )
        SELECT p_brand, member_id, programme, seq, p_kind, version, card_no, -stamps, 0, 0,
               p_now
          FROM lapsing
    )
    SELECT count(*) FROM lapsing
$$;

-- Empties up to p_limit cards whose time is over, the oldest first. Accounts that
-- somebody is changing are left for the next run: who changes one sees to its cards.
CREATE OR REPLACE FUNCTION stamps_expire(
    p_brand uuid, p_now timestamptz, p_limit integer
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_members uuid[];
    v_programmes text[];
BEGIN
    SELECT array_agg(member_id), array_agg(programme) INTO v_members, v_programmes FROM (
        SELECT a.member_id, a.programme
          FROM stamp_accounts a
         WHERE a.brand_id = p_brand AND (a.member_id, a.programme) IN (
               SELECT member_id, programme FROM stamp_cards
                WHERE brand_id = p_brand AND state = 'open' AND expires_at <= p_now
                ORDER BY expires_at LIMIT p_limit
           )
         ORDER BY a.member_id, a.programme
           FOR UPDATE SKIP LOCKED
    ) locked;
    RETURN stamps_lapse(p_brand, v_members, v_programmes, p_now, 'expiry', p_now);
END $$;

-- Hands everything a member has to another one. Cards and entries are numbered on after
-- those that are there; an occasion that both had stays with who had it first here.
CREATE OR REPLACE FUNCTION stamps_move(p_brand uuid, p_from uuid, p_to uuid)
RETURNS TABLE (programme text, card_no_offset integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    source record;
    target stamp_accounts;
BEGIN
    FOR source IN
        SELECT * FROM stamp_accounts a
         WHERE a.brand_id = p_brand AND a.member_id = p_from
         ORDER BY a.programme FOR UPDATE
    LOOP
        INSERT INTO stamp_accounts VALUES (p_brand, p_to, source.programme, 0, 0, 0)
        ON CONFLICT DO NOTHING;
        SELECT * INTO target FROM stamp_accounts a
         WHERE a.brand_id = p_brand AND a.member_id = p_to AND a.programme = source.programme
           FOR UPDATE;
        UPDATE stamp_cards c SET member_id = p_to, card_no = c.card_no + target.cards
         WHERE c.brand_id = p_brand AND c.member_id = p_from AND c.programme = source.programme;
        UPDATE stamp_entries e
           SET member_id = p_to, seq = e.seq + target.seq, card_no = e.card_no + target.cards,
               occasion = CASE WHEN NOT EXISTS (
                   SELECT 1 FROM stamp_entries other
                    WHERE other.brand_id = p_brand AND other.member_id = p_to
                      AND other.programme = e.programme AND other.occasion = e.occasion
               ) THEN e.occasion END
         WHERE e.brand_id = p_brand AND e.member_id = p_from AND e.programme = source.programme;
        UPDATE stamp_accounts a
           SET seq = a.seq + source.seq, cards = a.cards + source.cards,
               debt = a.debt + source.debt
         WHERE a.brand_id = p_brand AND a.member_id = p_to AND a.programme = source.programme;
        DELETE FROM stamp_accounts a
         WHERE a.brand_id = p_brand AND a.member_id = p_from
           AND a.programme = source.programme;
        programme := source.programme;
        card_no_offset := target.cards;
        RETURN NEXT;
    END LOOP;
END $$;

-- Ends what an erased member has: open cards are emptied, nothing is owed any more, and
-- what staff wrote goes. What was counted stays in the books.
CREATE OR REPLACE FUNCTION stamps_forget(p_brand uuid, p_member uuid, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_programmes text[];
BEGIN
    SELECT array_agg(programme) INTO v_programmes FROM (
        SELECT programme FROM stamp_accounts
         WHERE brand_id = p_brand AND member_id = p_member ORDER BY programme FOR UPDATE
    ) locked;
    PERFORM stamps_lapse(
        p_brand, array_fill(p_member, ARRAY[coalesce(cardinality(v_programmes), 0)]),
        v_programmes, NULL, 'erasure', p_now
    );
    INSERT INTO stamp_entries (
        brand_id, member_id, programme, seq, kind, version, d_stamps, d_debt, kept, at
    )
    SELECT a.brand_id, a.member_id, a.programme, a.seq + 1, 'erasure', p.version, 0, -a.debt, 0,
           p_now
      FROM stamp_accounts a
      JOIN stamp_programmes p ON p.brand_id = a.brand_id AND p.code = a.programme
     WHERE a.brand_id = p_brand AND a.member_id = p_member AND a.debt > 0;
    UPDATE stamp_accounts SET seq = seq + 1, debt = 0
     WHERE brand_id = p_brand AND member_id = p_member AND debt > 0;
    UPDATE stamp_entries SET reason = NULL
     WHERE brand_id = p_brand AND member_id = p_member AND reason IS NOT NULL;
END $$;

GRANT EXECUTE ON FUNCTION
    stamps_lapse(uuid, uuid[], text[], timestamptz, text, timestamptz),
    stamps_expire(uuid, timestamptz, integer),
    stamps_move(uuid, uuid, uuid),
    stamps_forget(uuid, uuid, timestamptz)
TO dangol_app;
