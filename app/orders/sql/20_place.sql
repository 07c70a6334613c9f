-- Posts an order's points and writes the order, its lines and effects, and the
-- stored answer: one call, one snapshot of what was decided.
--
-- p_order, p_lines and p_effects are rows as JSON, by column name. A column that the
-- calling version of the code does not know yet is NULL: columns added later must
-- allow that until no older version runs. p_redeem and p_accrue are the positions of
-- the redemption and the accrual in p_ops, or NULL.
CREATE OR REPLACE FUNCTION order_place(
    p_brand uuid, p_member uuid, p_now timestamptz, p_ops jsonb,
    p_redeem integer, p_accrue integer,
    p_order jsonb, p_lines jsonb, p_effects jsonb,
    p_key text, p_fingerprint bytea, p_status integer, p_body text,
    OUT available bigint, OUT pending bigint, OUT held bigint, OUT debt bigint
) LANGUAGE plpgsql AS $$
DECLARE
    posted record;
BEGIN
    IF jsonb_array_length(p_ops) > 0 THEN
        SELECT (p.account).available, (p.account).pending, (p.account).held, (p.account).debt,
               p.results
          INTO posted
          FROM points_post(p_brand, p_member, p_now, p_ops) p;
        available := posted.available;
        pending := posted.pending;
        held := posted.held;
        debt := posted.debt;
        IF p_redeem IS NOT NULL THEN
            p_order := p_order
                || jsonb_build_object('redemption_seq', posted.results -> p_redeem -> 'seq');
        END IF;
        IF p_accrue IS NOT NULL THEN
            p_order := p_order
                || jsonb_build_object('accrual_lot', posted.results -> p_accrue -> 'lot_no');
        END IF;
    END IF;
    INSERT INTO orders SELECT r.* FROM jsonb_populate_record(NULL::orders, p_order) r;
    INSERT INTO order_lines
    SELECT r.* FROM jsonb_populate_recordset(NULL::order_lines, p_lines) r;
    INSERT INTO order_effects
    SELECT r.* FROM jsonb_populate_recordset(NULL::order_effects, p_effects) r;
    INSERT INTO idempotency_records (brand_id, key, fingerprint, status, body, created_at)
    VALUES (p_brand, p_key, p_fingerprint, p_status, p_body, clock_timestamp());
END $$;

GRANT EXECUTE ON FUNCTION order_place(
    uuid, uuid, timestamptz, jsonb, integer, integer, jsonb, jsonb, jsonb,
    text, bytea, integer, text
) TO dangol_app;
