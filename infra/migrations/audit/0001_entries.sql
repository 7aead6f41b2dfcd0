-- The event store. One chain a Kafka partition: its entries are numbered from 1 without gaps, and the hash of each
-- covers the one before. The exact bytes are in docs/adr/0101 and in audit.model.entry, which a test compares.
--
-- kind 0: a record; 1: a repeated one, whose bytes the first entry of its event id holds; 2: a tombstone.
-- ``content`` is the SHA-256 of the record's value. ``id`` is the event's own where this entry is its first, else
-- made of the hash. What stands after ``hash`` is read from the value, for searching: nothing is proved by it, and
-- verification reads it again.
CREATE TABLE entries (
    month        date        NOT NULL,
    topic        text        NOT NULL,
    partition    integer     NOT NULL,
    index        bigint      NOT NULL CHECK (index > 0),
    "offset"     bigint      NOT NULL,
    kind         smallint    NOT NULL CHECK (kind IN (0, 1, 2)),
    timestamp_ms bigint      NOT NULL,
    recorded_at  timestamptz NOT NULL,
    key          bytea,
    value        bytea       CHECK ((value IS NOT NULL) = (kind = 0)),
    content      bytea       NOT NULL,
    hash         bytea       NOT NULL,
    id           uuid        NOT NULL,
    event_id     uuid,
    type         text,
    subject      text,
    actor        text,
    happened_at  timestamptz,
    PRIMARY KEY (topic, partition, month, index),
    UNIQUE (topic, partition, "offset", month)
) PARTITION BY RANGE (month);
CREATE INDEX entries_newest ON entries (recorded_at, id);
CREATE INDEX entries_type ON entries (type, recorded_at, id);
CREATE INDEX entries_subject ON entries (subject, recorded_at, id);
CREATE INDEX entries_actor ON entries (actor, recorded_at, id) WHERE actor IS NOT NULL;

-- The end of each chain; whoever appends locks its row, so that one index is given once.
CREATE TABLE chains (
    topic       text        NOT NULL,
    partition   integer     NOT NULL,
    length      bigint      NOT NULL,
    last_offset bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- Where an entry lies; also what makes an event id unique over all months.
CREATE TABLE places (
    id        uuid    PRIMARY KEY,
    topic     text    NOT NULL,
    partition integer NOT NULL,
    month     date    NOT NULL,
    index     bigint  NOT NULL
);

-- What contradicts the store: another record at an offset we have, or an event id with another content. Kept
-- beside the chain for a person to judge; the entry in the chain stands.
CREATE TABLE conflicts (
    topic     text        NOT NULL,
    partition integer     NOT NULL,
    "offset"  bigint      NOT NULL,
    what      text        NOT NULL CHECK (what IN ('offset', 'event id')),
    content   bytea       NOT NULL,
    key       bytea,
    value     bytea,
    found_at  timestamptz NOT NULL,
    PRIMARY KEY (topic, partition, "offset", what, content)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit.% is append-only', TG_TABLE_NAME USING ERRCODE = 'AU000';
END $$;

-- ALWAYS: also where a session calls itself a replica to skip triggers.
CREATE FUNCTION close_table(name text) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                   name || '_append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_append_only');
END $$;
SELECT close_table(name) FROM unnest(ARRAY['entries', 'places', 'conflicts']) name;

-- Makes the partitions of this month and the two after it. The triggers of the parent do not guard a partition
-- that is named itself, and new tables of this schema are open to its role: both are put right here.
CREATE FUNCTION keep_months(at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    month date;
    part  text;
    made  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('keep_months:' || current_schema(), 0));
    FOR month IN SELECT generate_series(date_trunc('month', at AT TIME ZONE 'UTC'),
                                        date_trunc('month', at AT TIME ZONE 'UTC') + interval '2 months', interval '1 month')::date LOOP
        part := 'entries_' || to_char(month, 'YYYYMM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I PARTITION OF entries FOR VALUES FROM (%L) TO (%L)', part, month,
                       (month + interval '1 month')::date);
        PERFORM close_table(part);
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM audit_app', part);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
