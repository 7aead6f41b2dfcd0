-- Every domain's schema has these tables: outbox, inbox, idempotency records and dead letters.
-- Applied with search_path set to the domain's schema. Times are parameters, never now().

-- Facts to be published, written in the transaction that made them true. ``seq`` orders the rows of one
-- version; ``event_day`` (UTC day of the event) is the partition.
CREATE SEQUENCE outbox_seq;
CREATE TABLE outbox (
    event_day    date        NOT NULL,
    event_id     uuid        NOT NULL,
    seq          bigint      NOT NULL DEFAULT nextval('outbox_seq'),
    topic        text        NOT NULL,
    key          text        NOT NULL,
    version      bigint      NOT NULL,
    payload      bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (event_day, event_id)
) PARTITION BY RANGE (event_day);
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
CREATE INDEX outbox_unpublished ON outbox (key, version, seq) WHERE published_at IS NULL;

-- Who has had which event. The day is the event's own, so that one event always meets the same partition
-- and (consumer, event_id) is unique for as long as the partition is kept.
CREATE TABLE inbox (
    event_day   date        NOT NULL,
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (event_day, consumer, event_id)
) PARTITION BY RANGE (event_day);
CREATE TABLE inbox_default PARTITION OF inbox DEFAULT;

-- The highest version of each aggregate a consumer has applied: a lower one that comes late is dropped.
CREATE TABLE inbox_heads (
    consumer text        NOT NULL,
    topic    text        NOT NULL,
    key      text        NOT NULL,
    version  bigint      NOT NULL,
    seen_at  timestamptz NOT NULL,
    PRIMARY KEY (consumer, topic, key)
);

-- Records that a consumer can never apply, and those of the same key waiting behind them, in order.
CREATE TABLE dead_letters (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer  text        NOT NULL,
    topic     text        NOT NULL,
    partition integer     NOT NULL,
    "offset"  bigint      NOT NULL,
    key       text,
    value     bytea,
    event_id  uuid,
    reason    text        NOT NULL,
    parked    boolean     NOT NULL DEFAULT false,
    failed_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled   text CHECK (settled IN ('redriven', 'discarded')),
    UNIQUE (consumer, topic, partition, "offset"),
    CHECK ((settled_at IS NULL) = (settled IS NULL))
);
CREATE INDEX dead_letters_open ON dead_letters (consumer, topic, key, partition, "offset")
    WHERE settled_at IS NULL;

-- First results of requests that had an effect, given again for 24 h. A retry after midnight must find its
-- twin, so no unique index of a day keeps them apart but an advisory lock (kit.idempotency).
CREATE TABLE idempotency (
    subject      text        NOT NULL,
    route        text        NOT NULL,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL,
    status       integer     NOT NULL,
    headers      jsonb       NOT NULL,
    body         text        NOT NULL,
    created_at   timestamptz NOT NULL
) PARTITION BY RANGE (created_at);
CREATE TABLE idempotency_default PARTITION OF idempotency DEFAULT;
CREATE INDEX idempotency_scope ON idempotency (subject, route, key, created_at);

-- Makes the partitions of yesterday to three days ahead and drops what is past retention. Runs with its
-- owner's rights and in this schema only (the search path is frozen), because the domain's role may not
-- create. Rows of a day that already lie in the
-- default partition keep it from getting a partition of its own; they are deleted after retention.
CREATE FUNCTION keep_partitions(
    at timestamptz, outbox_days integer DEFAULT 8, inbox_days integer DEFAULT 35, idempotency_days integer DEFAULT 2
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    today   date := (at AT TIME ZONE 'UTC')::date;
    parent  text;
    keep    integer;
    moment  text;
    day     date;
    part    text;
    taken   boolean;
    changed integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('keep_partitions:' || current_schema(), 0));
    FOREACH parent IN ARRAY ARRAY['outbox', 'inbox', 'idempotency'] LOOP
        keep := CASE parent WHEN 'outbox' THEN outbox_days WHEN 'inbox' THEN inbox_days ELSE idempotency_days END;
        moment := CASE parent WHEN 'idempotency' THEN 'created_at' ELSE 'event_day' END;
        FOR day IN SELECT generate_series(today - 1, today + 3, interval '1 day')::date LOOP
            part := parent || '_' || to_char(day, 'YYYYMMDD');
            CONTINUE WHEN to_regclass(part) IS NOT NULL;
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I >= %L AND %I < %L)', parent || '_default',
                           moment, day || ' 00:00+00', moment, (day + 1) || ' 00:00+00') INTO taken;
            CONTINUE WHEN taken;
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                           part, parent, day || ' 00:00+00', (day + 1) || ' 00:00+00');
            changed := changed + 1;
        END LOOP;
        FOR part, day IN
            SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD')
            FROM pg_inherits i
            JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{8}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - keep
        LOOP
            IF parent = 'outbox' THEN  -- what was never published is never dropped
                EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE published_at IS NULL)', part) INTO taken;
                CONTINUE WHEN taken;
            END IF;
            EXECUTE format('DROP TABLE %I', part);
            changed := changed + 1;
        END LOOP;
        EXECUTE format('DELETE FROM %I WHERE %I < %L', parent || '_default', moment,
                       (today - keep) || ' 00:00+00')
            || CASE parent WHEN 'outbox' THEN ' AND published_at IS NOT NULL' ELSE '' END;
    END LOOP;
    RETURN changed;
END $$;
