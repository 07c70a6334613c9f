-- The consent ledger: each record continues its member's chain of hashes.
--
-- The application may add records and read them, nothing more. What a record is numbered,
-- which one it follows, its hash, and what is in force after it, is worked out here.

-- The hash of a record: sha256 over the JSON array of what it says and its predecessor's
-- hash. app/consents/rules/records.py says the same in Python.
CREATE OR REPLACE FUNCTION consents_hash(
    p_prev bytea, p_brand uuid, p_member uuid, p_seq bigint, p_purpose text, p_action text,
    p_language text, p_version integer, p_text_sha256 bytea, p_source text, p_actor text,
    p_recorded_by text, p_method text, p_evidence_sha256 bytea, p_at timestamptz
) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        encode(p_prev, 'hex'), p_brand, p_member, p_seq, p_purpose, p_action, p_language,
        p_version, encode(p_text_sha256, 'hex'), p_source, p_actor, p_recorded_by, p_method,
        encode(p_evidence_sha256, 'hex'),
        to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    )::text, 'UTF8'))
$$;

-- Locks a member's chain, and begins it if there is none. Returns its last number.
CREATE OR REPLACE FUNCTION consents_lock(p_brand uuid, p_member uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_seq bigint;
BEGIN
    INSERT INTO consent_chains (brand_id, member_id, seq, head)
    VALUES (p_brand, p_member, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT DO NOTHING;
    SELECT seq INTO v_seq FROM consent_chains
     WHERE brand_id = p_brand AND member_id = p_member FOR UPDATE;
    RETURN v_seq;
END $$;

-- The day, counted from the day of consent, before which it is told of again: every two
-- years, 29 February on the 28th where there is none.
CREATE OR REPLACE FUNCTION consents_reconfirm_on(p_consented date, p_after date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT min(each)::date
      FROM generate_series(2, 200, 2) AS years,
           LATERAL (SELECT p_consented + make_interval(years => years) AS each) AS due
     WHERE each::date > p_after
$$;

CREATE OR REPLACE FUNCTION consents_append() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_months integer;
    v_on date := (NEW.at AT TIME ZONE 'Asia/Seoul')::date;
BEGIN
    NEW.seq := consents_lock(NEW.brand_id, NEW.member_id) + 1;
    SELECT head INTO NEW.prev_hash FROM consent_chains
     WHERE brand_id = NEW.brand_id AND member_id = NEW.member_id;
    NEW.row_hash := consents_hash(
        NEW.prev_hash, NEW.brand_id, NEW.member_id, NEW.seq, NEW.purpose, NEW.action,
        NEW.language, NEW.version, NEW.text_sha256, NEW.source, NEW.actor, NEW.recorded_by,
        NEW.method, NEW.evidence_sha256, NEW.at);
    UPDATE consent_chains SET seq = NEW.seq, head = NEW.row_hash
     WHERE brand_id = NEW.brand_id AND member_id = NEW.member_id;

    IF NEW.action IN ('reconfirm_notice', 'reconfirmed') THEN
        UPDATE consent_states s SET
               seq = NEW.seq,
               reconfirm_on = CASE NEW.action
                   WHEN 'reconfirm_notice' THEN consents_reconfirm_on(
                       (s.decided_at AT TIME ZONE 'Asia/Seoul')::date,
                       greatest(s.reconfirm_on, v_on))
                   ELSE s.reconfirm_on END
         WHERE s.brand_id = NEW.brand_id AND s.member_id = NEW.member_id
           AND s.purpose = NEW.purpose AND s.state = 'granted';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'only what was granted is confirmed again' USING ERRCODE = 'DG002';
        END IF;
        RETURN NEW;
    END IF;

    SELECT (definition ->> 'valid_months')::integer INTO v_months FROM consent_texts
     WHERE brand_id = NEW.brand_id AND purpose = NEW.purpose
       AND language = NEW.language AND version = NEW.version;
    INSERT INTO consent_states AS s (
        brand_id, member_id, purpose, state, seq, decided_seq, language, version, decided_at,
        expires_at, reconfirm_on
    ) VALUES (
        NEW.brand_id, NEW.member_id, NEW.purpose, NEW.action, NEW.seq, NEW.seq, NEW.language,
        NEW.version, NEW.at,
        CASE WHEN NEW.action = 'granted' THEN
            (v_on + make_interval(months => v_months)) AT TIME ZONE 'Asia/Seoul' END,
        CASE WHEN NEW.action = 'granted' AND NEW.purpose LIKE 'ad\_%' THEN
            consents_reconfirm_on(v_on, v_on) END
    ) ON CONFLICT (brand_id, member_id, purpose) DO UPDATE SET
        state = EXCLUDED.state, seq = EXCLUDED.seq, decided_seq = EXCLUDED.decided_seq,
        language = EXCLUDED.language, version = EXCLUDED.version,
        decided_at = EXCLUDED.decided_at, expires_at = EXCLUDED.expires_at,
        reconfirm_on = EXCLUDED.reconfirm_on;
    RETURN NEW;
END $$;

-- Nobody changes a record. Only the end of its keeping deletes one (30_upkeep.sql).
CREATE OR REPLACE FUNCTION consents_keep_record() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('consents.purging', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a consent record never changes' USING ERRCODE = 'DG001';
END $$;

-- Writes down until when the chain of an erased member is kept.
CREATE OR REPLACE FUNCTION consents_keep_until(p_brand uuid, p_member uuid, p_on date)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE consent_chains SET purge_on = p_on
     WHERE brand_id = p_brand AND member_id = p_member;
$$;

GRANT EXECUTE ON FUNCTION
    consents_hash(bytea, uuid, uuid, bigint, text, text, text, integer, bytea, text, text, text,
                  text, bytea, timestamptz),
    consents_lock(uuid, uuid),
    consents_keep_until(uuid, uuid, date)
TO dangol_app;
