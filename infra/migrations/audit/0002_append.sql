-- Appending: one call takes the records of one Kafka partition, in the order of their offsets.

-- The hash of an entry; audit.model.entry computes the same.
CREATE FUNCTION link_hash(
    previous bytea, topic text, part integer, index bigint, record_offset bigint, stamp bigint, recorded_us bigint,
    kind smallint, key bytea, content bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256('\x747265756d2d61756469742d656e7472792f3100'::bytea  -- "treum-audit-entry/1", then a zero
        || previous || int4send(octet_length(topic)) || convert_to(topic, 'UTF8') || int4send(part)
        || int8send(index) || int8send(record_offset) || int8send(stamp) || int8send(recorded_us)
        || CASE kind WHEN 0 THEN '\x00'::bytea WHEN 1 THEN '\x01'::bytea ELSE '\x02'::bytea END
        || CASE WHEN key IS NULL THEN '\xffffffff'::bytea ELSE int4send(octet_length(key)) || key END
        || content)
$$;

-- Locks the end of a chain, which begins with 32 zeros and before any offset.
CREATE FUNCTION lock_chain(wanted text, part integer, at timestamptz) RETURNS chains
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    found chains;
BEGIN
    SELECT * INTO found FROM chains c WHERE c.topic = wanted AND c.partition = part FOR UPDATE;
    IF found.topic IS NULL THEN
        INSERT INTO chains VALUES (wanted, part, 0, -1, decode(repeat('00', 32), 'hex'), at) ON CONFLICT DO NOTHING;
        SELECT * INTO found FROM chains c WHERE c.topic = wanted AND c.partition = part FOR UPDATE;
    END IF;
    RETURN found;
END $$;

-- Appends what lies past the chain's last offset; what lies before it must be what the chain has there.
-- Returns how many were appended, how many of these as references, how many were there already, and how many
-- contradict the store (each is in ``conflicts``).
--
-- Generic plans: arrays make the planner believe that planning anew each time pays.
CREATE FUNCTION append(
    topic text, part integer, at timestamptz, offsets bigint[], stamps bigint[], keys bytea[], contents bytea[],
    event_ids uuid[], types text[], subjects text[], actors text[], times timestamptz[],
    OUT appended integer, OUT referenced integer, OUT repeated integer, OUT conflicting integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    head    chains;
    many    integer := cardinality(offsets);
    skipped integer := 0;
    moment  timestamptz;
    us      bigint;
    era     date;
    digests bytea[];
    firsts  bytea[];
    claimed integer;
    wanted  integer;
    hashes  bytea[] := '{}';
    kinds   smallint[] := '{}';
    ids     uuid[] := '{}';
    link    bytea;
    kind    smallint;
    made    integer;
BEGIN
    IF to_regclass('entries_' || to_char(at AT TIME ZONE 'UTC', 'YYYYMM')) IS NULL THEN
        PERFORM keep_months(at);  -- before anything of the parent is locked
    END IF;
    head := lock_chain(append.topic, part, at);
    moment := greatest(at, head.recorded_at);
    us := (extract(epoch FROM moment) * 1000000)::bigint;
    era := date_trunc('month', moment AT TIME ZONE 'UTC')::date;
    appended := 0; referenced := 0; conflicting := 0;
    FOR place IN 1 .. many LOOP
        IF place > 1 AND offsets[place] <= offsets[place - 1] THEN
            RAISE EXCEPTION 'the offsets of a batch rise' USING ERRCODE = 'AU001';
        END IF;
        IF offsets[place] <= head.last_offset THEN skipped := place; END IF;
    END LOOP;
    repeated := skipped;

    IF skipped > 0 THEN
        INSERT INTO conflicts (topic, partition, "offset", what, content, key, value, found_at)
        SELECT append.topic, part, g.o, 'offset', sha256(coalesce(g.v, '')), g.k, g.v, at
        FROM unnest(offsets[:skipped], stamps[:skipped], keys[:skipped], contents[:skipped]) g (o, s, k, v)
        LEFT JOIN entries e ON e.topic = append.topic AND e.partition = part AND e."offset" = g.o
        WHERE (e.content, e.timestamp_ms, e.key, e.kind = 2)
              IS DISTINCT FROM (sha256(coalesce(g.v, '')), g.s, g.k, g.v IS NULL)
        ON CONFLICT DO NOTHING;
        SELECT count(*) INTO conflicting
        FROM unnest(offsets[:skipped], stamps[:skipped], keys[:skipped], contents[:skipped]) g (o, s, k, v)
        LEFT JOIN entries e ON e.topic = append.topic AND e.partition = part AND e."offset" = g.o
        WHERE (e.content, e.timestamp_ms, e.key, e.kind = 2)
              IS DISTINCT FROM (sha256(coalesce(g.v, '')), g.s, g.k, g.v IS NULL);
        repeated := skipped - conflicting;
        IF skipped = many THEN
            RETURN;
        END IF;
    END IF;

    -- event ids are claimed in one order everywhere, so that two chains never wait for each other
    digests := ARRAY(SELECT sha256(coalesce(v, '')) FROM unnest(contents) WITH ORDINALITY g (v, n) ORDER BY n);
    INSERT INTO places (id, topic, partition, month, index)
    SELECT DISTINCT ON (g.id) g.id, append.topic, part, era, head.length + g.n - skipped
    FROM unnest(event_ids) WITH ORDINALITY g (id, n) WHERE g.n > skipped AND g.id IS NOT NULL ORDER BY g.id, g.n
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    SELECT count(*) INTO wanted FROM unnest(event_ids[skipped + 1:]) g (id) WHERE g.id IS NOT NULL;
    IF claimed < wanted THEN  -- the content that the first entry of each repeated event id has
        firsts := ARRAY(
            SELECT CASE WHEN p.index = head.length + g.n - skipped AND p.topic = append.topic AND p.partition = part THEN NULL
                        WHEN p.index > head.length AND p.topic = append.topic AND p.partition = part
                        THEN digests[p.index - head.length + skipped]
                        ELSE e.content END
            FROM unnest(event_ids) WITH ORDINALITY g (id, n)
            LEFT JOIN places p ON p.id = g.id
            LEFT JOIN entries e ON e.topic = p.topic AND e.partition = p.partition AND e.month = p.month AND e.index = p.index
            ORDER BY g.n);
    END IF;

    link := head.hash;
    FOR place IN skipped + 1 .. many LOOP
        kind := CASE WHEN contents[place] IS NULL THEN 2 WHEN firsts[place] = digests[place] THEN 1 ELSE 0 END;
        link := link_hash(link, append.topic, part, head.length + place - skipped, offsets[place], stamps[place], us,
                          kind, keys[place], digests[place]);
        hashes := hashes || link;
        kinds := kinds || kind;
        ids := ids || CASE WHEN event_ids[place] IS NULL OR firsts[place] IS NOT NULL
                           THEN encode(substr(link, 1, 16), 'hex')::uuid ELSE event_ids[place] END;
    END LOOP;
    INSERT INTO entries (month, topic, partition, index, "offset", kind, timestamp_ms, recorded_at, key, value, content,
                         hash, id, event_id, type, subject, actor, happened_at)
    SELECT era, append.topic, part, head.length + n, o, q, s, moment, k, CASE q WHEN 0 THEN v END, d, h, i, x, t, j, c, w
    FROM unnest(offsets[skipped + 1:], kinds, stamps[skipped + 1:], keys[skipped + 1:], contents[skipped + 1:],
                digests[skipped + 1:], hashes, ids, event_ids[skipped + 1:], types[skipped + 1:], subjects[skipped + 1:],
                actors[skipped + 1:], times[skipped + 1:])
         WITH ORDINALITY g (o, q, s, k, v, d, h, i, x, t, j, c, w, n);
    appended := many - skipped;
    IF claimed < appended THEN
        INSERT INTO places (id, topic, partition, month, index)
        SELECT i, append.topic, part, era, head.length + n FROM unnest(ids, event_ids[skipped + 1:]) WITH ORDINALITY g (i, x, n)
        WHERE i IS DISTINCT FROM x ORDER BY i;
    END IF;
    IF firsts IS NOT NULL THEN
        SELECT count(*) INTO referenced FROM unnest(kinds) q WHERE q = 1;
        INSERT INTO conflicts (topic, partition, "offset", what, content, key, value, found_at)
        SELECT append.topic, part, o, 'event id', d, k, v, at
        FROM unnest(offsets, digests, keys, contents, firsts) WITH ORDINALITY g (o, d, k, v, f, n)
        WHERE n > skipped AND f IS NOT NULL AND f <> d
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        conflicting := conflicting + made;
    END IF;
    UPDATE chains SET length = head.length + appended, last_offset = offsets[many], hash = link, recorded_at = moment
    WHERE chains.topic = append.topic AND chains.partition = part;
END $$;
