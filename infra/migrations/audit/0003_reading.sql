-- What projections read. A chain's entries are numbered without gaps and become visible in that order (whoever
-- appends holds the chain's row until the commit), so whoever has read up to ``after`` has missed nothing.

CREATE FUNCTION heads() RETURNS TABLE (topic text, part integer, length bigint, recorded_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT c.topic, c.partition, c.length, c.recorded_at FROM chains c ORDER BY c.topic, c.partition
$$;

-- The entries past ``after``, at most ``at_most``, in order. Of a repeated event and of a tombstone ``value`` is
-- null: they only move the reader on. The same ``index`` is the same event for ever.
CREATE FUNCTION read_events(topic text, part integer, after bigint, at_most integer) RETURNS TABLE (
    index bigint, event_id uuid, type text, subject text, recorded_at timestamptz, value bytea
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT e.index, e.event_id, e.type, e.subject, e.recorded_at, e.value
    FROM entries e
    WHERE e.topic = read_events.topic AND e.partition = part AND e.index > after
    ORDER BY e.month, e.index LIMIT least(at_most, 10000)
$$;
