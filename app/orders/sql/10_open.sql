-- Reads all that the checkout needs to decide, as of one moment under one lock.
--
-- A plain statement that waits for a row lock sees the new row but old everything
-- else. Here the account is locked in one statement and the rest is read in later
-- ones, each with a snapshot of its own (the function must stay VOLATILE). With
-- p_lock false (preview) nothing is locked, unless points are due by themselves.
CREATE OR REPLACE FUNCTION order_open(
    p_brand uuid, p_member uuid, p_member_external text, p_key text, p_external text,
    p_hold uuid, p_now timestamptz, p_lock boolean,
    OUT member_id uuid, OUT member_status text,
    OUT settings_version integer, OUT now timestamptz,
    OUT available bigint, OUT pending bigint, OUT held bigint, OUT debt bigint,
    OUT answer_fingerprint bytea, OUT answer_status smallint, OUT answer_body text,
    OUT order_id uuid, OUT order_fingerprint bytea,
    OUT hold_member_id uuid, OUT hold_amount bigint, OUT hold_state text,
    OUT hold_expires_at timestamptz, OUT hold_entry_seq bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    next_id uuid;
BEGIN
    SELECT b.settings_version, coalesce(b.test_now, p_now) INTO settings_version, now
      FROM brands b WHERE b.brand_id = p_brand;
    IF p_member IS NOT NULL THEN
        SELECT m.id, m.status, m.merged_into_id INTO member_id, member_status, next_id
          FROM members m WHERE m.brand_id = p_brand AND m.id = p_member;
    ELSIF p_member_external IS NOT NULL THEN
        SELECT m.id, m.status, m.merged_into_id INTO member_id, member_status, next_id
          FROM members m WHERE m.brand_id = p_brand AND m.external_id = p_member_external;
    END IF;
    WHILE next_id IS NOT NULL LOOP
        SELECT m.id, m.status, m.merged_into_id INTO member_id, member_status, next_id
          FROM members m WHERE m.brand_id = p_brand AND m.id = next_id;
    END LOOP;
    IF member_id IS NOT NULL THEN
        IF p_lock THEN
            SELECT a.available, a.pending, a.held, a.debt INTO available, pending, held, debt
              FROM points_open(p_brand, member_id, now) a;
        ELSE
            SELECT a.available, a.pending, a.held, a.debt INTO available, pending, held, debt
              FROM points_read(p_brand, member_id, now) a;
        END IF;
    END IF;
    SELECT i.fingerprint, i.status, i.body
      INTO answer_fingerprint, answer_status, answer_body
      FROM idempotency_records i WHERE i.brand_id = p_brand AND i.key = p_key;
    SELECT o.id, o.fingerprint INTO order_id, order_fingerprint
      FROM orders o WHERE o.brand_id = p_brand AND o.external_id = p_external;
    IF p_hold IS NOT NULL THEN
        SELECT h.member_id, h.amount, h.state, h.expires_at, h.entry_seq
          INTO hold_member_id, hold_amount, hold_state, hold_expires_at, hold_entry_seq
          FROM point_holds h WHERE h.brand_id = p_brand AND h.id = p_hold;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION order_open(
    uuid, uuid, text, text, text, uuid, timestamptz, boolean
) TO dangol_app;
