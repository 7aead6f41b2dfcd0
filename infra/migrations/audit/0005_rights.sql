-- The domain's role may read, append through one function, and add checkpoints and what belongs to them. It can
-- change and remove nothing of these. Analytics may execute the two readers.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_app') THEN
        CREATE ROLE analytics_app NOLOGIN;  -- the bootstrap of analytics gives it its password
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
END $$;

REVOKE ALL ON entries, chains, places, conflicts, checkpoints, marks, nodes, anchors, signing_keys, segments, verifications
    FROM audit_app;
GRANT SELECT ON entries, chains, places, conflicts, checkpoints, marks, nodes, anchors, signing_keys, segments, verifications
    TO audit_app;
GRANT INSERT ON checkpoints, marks, nodes, anchors, signing_keys, segments, verifications TO audit_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC, audit_app;
GRANT EXECUTE ON FUNCTION
    append(text, integer, timestamptz, bigint[], bigint[], bytea[], bytea[], uuid[], text[], text[], text[], timestamptz[]),
    keep_months(timestamptz), heads(), read_events(text, integer, bigint, integer),
    keep_partitions(timestamptz, integer, integer, integer), forget_settled(timestamptz, integer, integer)
    TO audit_app;
GRANT USAGE ON SCHEMA audit TO analytics_app;
GRANT EXECUTE ON FUNCTION heads(), read_events(text, integer, bigint, integer) TO analytics_app;
