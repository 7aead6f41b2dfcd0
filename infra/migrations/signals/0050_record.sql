-- The track record: facts and what is counted from them, voids, feedback, subscriptions, columns to search by.
-- Times are parameters, never now().

-- Every fact that performance is counted from, as it came from the bus: a projection can be made anew long
-- after the topic and the outbox have forgotten.
CREATE TABLE performance_facts (
    signal_id   uuid        NOT NULL,
    version     bigint      NOT NULL,
    event_id    uuid        NOT NULL UNIQUE,
    type        text        NOT NULL,
    happened_at timestamptz NOT NULL,
    payload     bytea       NOT NULL,
    PRIMARY KEY (signal_id, version, event_id)
);
REVOKE UPDATE, DELETE ON performance_facts FROM signals_app;

-- One row a promise, made from its facts alone; r, mfe_r and mae_r are multiples of the risk (entry to stop).
CREATE TABLE performance_trades (
    signal_id   uuid        PRIMARY KEY,
    analyst     text        NOT NULL,
    strategy    text        NOT NULL,
    symbol      text        NOT NULL,
    timeframe   text        NOT NULL,
    counted_at  timestamptz NOT NULL,
    state       text        NOT NULL,
    resolved_at timestamptz,
    r           numeric,
    mfe_r       numeric,
    mae_r       numeric,
    recalled    boolean     NOT NULL,
    version     bigint      NOT NULL
);
CREATE INDEX performance_trades_counted ON performance_trades (counted_at, signal_id);

-- A promise that was numbered and never published: why, and what the market had shown by then.
CREATE TABLE voids (
    signal_id uuid        PRIMARY KEY REFERENCES signals,
    reason    text        NOT NULL,
    note      text        NOT NULL,
    voided_by text        NOT NULL,
    voided_at timestamptz NOT NULL,
    market_at timestamptz NOT NULL
);
REVOKE UPDATE, DELETE ON voids FROM signals_app;

-- analysts.hash is from here on the digest of the newest whole document, as a commitment's "previous" is of the
-- one before: the newest digest pins every earlier document. A chain from before starts again (make clean).
COMMENT ON COLUMN analysts.hash IS 'SHA-256 of the newest commitment''s document';

CREATE TABLE feedback (
    signal_id uuid        NOT NULL REFERENCES signals,
    subject   text        NOT NULL,
    action    text        NOT NULL CHECK (action IN ('followed', 'ignored')),
    rating    smallint    CHECK (rating BETWEEN 1 AND 5),
    comment   text        NOT NULL CHECK (length(comment) <= 1000),
    given_at  timestamptz NOT NULL,
    PRIMARY KEY (signal_id, subject)
);

CREATE TABLE subscriptions (
    subject    text        PRIMARY KEY,
    symbols    text[]      NOT NULL CHECK (cardinality(symbols) <= 100),
    strategies text[]      NOT NULL CHECK (cardinality(strategies) <= 50),
    version    integer     NOT NULL CHECK (version > 0),
    changed_at timestamptz NOT NULL
);

-- What lists filter by, made from the terms, which never change. Each index ends in the order of the list.
ALTER TABLE signals
    ADD COLUMN strategy   text GENERATED ALWAYS AS (terms ->> 'strategy') STORED,
    ADD COLUMN analyst    text GENERATED ALWAYS AS (terms ->> 'analyst') STORED,
    ADD COLUMN side       text GENERATED ALWAYS AS (terms ->> 'side') STORED,
    ADD COLUMN confidence integer GENERATED ALWAYS AS ((terms ->> 'confidence')::integer) STORED,
    ADD COLUMN words      tsvector GENERATED ALWAYS AS (to_tsvector('english', terms ->> 'rationale')) STORED;
CREATE INDEX signals_by_symbol ON signals (symbol, shown_at DESC, id DESC);
CREATE INDEX signals_by_strategy ON signals (strategy, shown_at DESC, id DESC);
CREATE INDEX signals_by_analyst ON signals (analyst, shown_at DESC, id DESC);
CREATE INDEX signals_by_status ON signals (status, shown_at DESC, id DESC);
CREATE INDEX signals_by_words ON signals USING gin (words);
