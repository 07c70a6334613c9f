-- A published text is what members agreed to: nobody changes it, not even the owner of the
-- tables by accident.
CREATE OR REPLACE FUNCTION consents_keep_text() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'a published consent text never changes' USING ERRCODE = 'DG001';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
