-- What has no partitions to drop: the heads of aggregates nobody heard of for longer than any topic is kept
-- (90 days), and dead letters long settled. Open dead letters stay until a person settles them.
CREATE INDEX inbox_heads_seen ON inbox_heads (seen_at);
CREATE INDEX dead_letters_settled ON dead_letters (settled_at) WHERE settled_at IS NOT NULL;

CREATE FUNCTION forget_settled(
    at timestamptz, heads_days integer DEFAULT 100, letters_days integer DEFAULT 90
) RETURNS integer LANGUAGE sql SET search_path FROM CURRENT AS $$
    WITH heads AS (
        DELETE FROM inbox_heads WHERE seen_at < at - make_interval(days => heads_days) RETURNING 1
    ), letters AS (
        DELETE FROM dead_letters WHERE settled_at < at - make_interval(days => letters_days) RETURNING 1
    )
    SELECT ((SELECT count(*) FROM heads) + (SELECT count(*) FROM letters))::integer
$$;
