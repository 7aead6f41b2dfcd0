-- Payments may call eight functions and see nothing else; the schema's own role may not touch the books at all.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_app') THEN
        CREATE ROLE payments_app NOLOGIN;  -- the bootstrap of payments gives it its password
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
END $$;

REVOKE ALL ON accounts, balances, transfers, holds, postings FROM ledger_app;
REVOKE ALL ON SEQUENCE transfers_seq, accounts_id_seq FROM ledger_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC, ledger_app;
GRANT EXECUTE ON FUNCTION keep_partitions(timestamptz, integer, integer, integer),
                          forget_settled(timestamptz, integer, integer) TO ledger_app;
GRANT USAGE ON SCHEMA ledger TO payments_app;
GRANT EXECUTE ON FUNCTION open_wallet(uuid, text, timestamptz), post(jsonb, timestamptz), expire(timestamptz, integer),
                          balance(text, timestamptz), statement(text, timestamptz, timestamptz, bigint, integer),
                          transfers_of(uuid[], text), trial_balance(timestamptz, text), discrepancies()
    TO payments_app;
