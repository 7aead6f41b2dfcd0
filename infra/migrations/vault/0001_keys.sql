-- One wrapped data key a subject. Destroying it is the erasure of all it sealed: the row stays, without the key,
-- so that no other key is made for the subject unnoticed.
CREATE TABLE keys (
    subject      text        PRIMARY KEY CHECK (length(subject) BETWEEN 1 AND 200),
    wrapped      bytea       CHECK (length(wrapped) BETWEEN 1 AND 4096),
    made_at      timestamptz NOT NULL,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

-- A key is never exchanged and never comes back; a row never goes. For everybody, as the ledger's triggers.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.wrapped IS NULL AND OLD.wrapped IS NOT NULL AND NEW.subject = OLD.subject AND NEW.made_at = OLD.made_at THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'vault.keys: a key can only be destroyed' USING ERRCODE = 'VT000';
END $$;
CREATE TRIGGER keys_destroyed_only BEFORE UPDATE OR DELETE ON keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keys_kept BEFORE TRUNCATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE keys ENABLE ALWAYS TRIGGER keys_destroyed_only;
ALTER TABLE keys ENABLE ALWAYS TRIGGER keys_kept;

-- No row: the subject never had a key.
CREATE FUNCTION wrapped_key(wanted text) RETURNS TABLE (wrapped bytea, destroyed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT k.wrapped, k.destroyed_at IS NOT NULL FROM keys k WHERE k.subject = wanted
$$;

-- Two may make a subject's first key at once: the first one stands, and both are told which it is.
CREATE FUNCTION keep_key(wanted text, made bytea, at timestamptz) RETURNS TABLE (wrapped bytea, destroyed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO keys (subject, wrapped, made_at) VALUES (wanted, made, at) ON CONFLICT (subject) DO NOTHING;
    RETURN QUERY SELECT k.wrapped, k.destroyed_at IS NOT NULL FROM keys k WHERE k.subject = wanted;
END $$;

-- True when it was destroyed now; a subject without a key is marked, so that it never gets one.
CREATE FUNCTION destroy_key(wanted text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO keys (subject, made_at, destroyed_at) VALUES (wanted, at, at) ON CONFLICT (subject) DO NOTHING;
    IF FOUND THEN
        RETURN true;
    END IF;
    UPDATE keys SET wrapped = NULL, destroyed_at = at WHERE subject = wanted AND destroyed_at IS NULL;
    RETURN FOUND;
END $$;
