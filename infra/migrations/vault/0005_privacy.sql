-- Privacy asks whether a key is gone (it cannot destroy one: audit's task does), and seals the network addresses of
-- the staff that sets and releases holds.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'privacy_app') THEN
        CREATE ROLE privacy_app NOLOGIN;  -- its own bootstrap lets it log in
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
END $$;

GRANT USAGE ON SCHEMA vault TO privacy_app;
GRANT EXECUTE ON FUNCTION wrapped_key(text), keep_key(text, bytea, timestamptz) TO privacy_app;
