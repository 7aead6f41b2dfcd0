-- Partners seal signing secrets of webhooks and contacts: they ask and keep as the others do.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partners_app') THEN
        CREATE ROLE partners_app NOLOGIN;  -- its own bootstrap lets it log in
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
END $$;

GRANT USAGE ON SCHEMA vault TO partners_app;
GRANT EXECUTE ON FUNCTION wrapped_key(text), keep_key(text, bytea, timestamptz) TO partners_app;
