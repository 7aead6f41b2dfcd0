-- KYC seals what people say of themselves, under subjects of its own (``kyc:<person>``): the law keeps these records
-- longer than a person's other data, so their keys are other keys (ADR 182).
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kyc_app') THEN
        CREATE ROLE kyc_app NOLOGIN;  -- its own bootstrap lets it log in
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
END $$;

GRANT USAGE ON SCHEMA vault TO kyc_app;
GRANT EXECUTE ON FUNCTION wrapped_key(text), keep_key(text, bytea, timestamptz) TO kyc_app;
