-- Domains may ask for a subject's wrapped key and keep a first one; only audit may destroy. Nobody sees the table.
DO $$
DECLARE
    domain text;
BEGIN
    FOREACH domain IN ARRAY ARRAY['audit', 'payments', 'signals', 'users'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = domain || '_app') THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', domain || '_app');  -- its own bootstrap lets it log in
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
        END;
    END LOOP;
END $$;

REVOKE ALL ON keys FROM vault_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC, vault_app;
GRANT EXECUTE ON FUNCTION keep_partitions(timestamptz, integer, integer, integer),
                          forget_settled(timestamptz, integer, integer) TO vault_app;
GRANT USAGE ON SCHEMA vault TO audit_app, payments_app, signals_app, users_app;
GRANT EXECUTE ON FUNCTION wrapped_key(text), keep_key(text, bytea, timestamptz)
    TO audit_app, payments_app, signals_app, users_app;
GRANT EXECUTE ON FUNCTION destroy_key(text, timestamptz) TO audit_app;
