-- Signals: candles, signals and their decisions, commitments, positions of tapes.
-- Times are parameters, never now().

CREATE TABLE tape_positions (
    tape    text    PRIMARY KEY,
    lap     integer NOT NULL CHECK (lap >= 0),
    row     integer NOT NULL CHECK (row >= 0),
    refused integer NOT NULL CHECK (refused >= 0)
);

CREATE TABLE candles (
    symbol    text        NOT NULL,
    timeframe text        NOT NULL,
    closed_at timestamptz NOT NULL,
    open      numeric     NOT NULL,
    high      numeric     NOT NULL,
    low       numeric     NOT NULL,
    close     numeric     NOT NULL,
    volume    bigint      NOT NULL,
    PRIMARY KEY (symbol, timeframe, closed_at)
);

-- ``terms`` never change (the role may not update them); the columns beside them are for finding.
CREATE TABLE signals (
    id             uuid        PRIMARY KEY,
    symbol         text        NOT NULL,
    timeframe      text        NOT NULL,
    candle_at      timestamptz NOT NULL,
    terms          jsonb       NOT NULL,
    drafted_at     timestamptz NOT NULL,
    status         text        NOT NULL CHECK (status IN (
        'draft', 'awaiting_approval', 'approved', 'screened_out', 'live', 'target_hit', 'stopped', 'expired',
        'cancelled')),
    version        integer     NOT NULL CHECK (version > 0),
    policy_version text        NOT NULL,
    published_at   timestamptz,
    live_from      timestamptz,
    day_rank       integer,
    closed_at      timestamptz,
    exit_price     numeric,
    mfe            numeric,
    mae            numeric,
    shown_at       timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(published_at, drafted_at)) STORED,
    driven_at      timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0
);
CREATE INDEX signals_shown ON signals (shown_at DESC, id DESC);
CREATE INDEX signals_of_instrument ON signals (symbol, timeframe, candle_at DESC, id DESC)
    WHERE status NOT IN ('draft', 'screened_out');
CREATE INDEX signals_unfinished ON signals (driven_at) WHERE status IN ('draft', 'approved');
REVOKE UPDATE, DELETE ON signals FROM signals_app;
GRANT UPDATE (status, version, policy_version, published_at, live_from, day_rank, closed_at, exit_price, mfe,
              mae, driven_at, attempts) ON signals TO signals_app;

CREATE TABLE decisions (
    signal_id      uuid        NOT NULL REFERENCES signals,
    step           text        NOT NULL CHECK (step IN ('screen', 'compliance', 'approval')),
    policy_version text        NOT NULL,
    passed         boolean     NOT NULL,
    reasons        text[]      NOT NULL,
    decided_by     text        NOT NULL,
    decided_at     timestamptz NOT NULL,
    note           text        NOT NULL,
    PRIMARY KEY (signal_id, step)
);
REVOKE UPDATE, DELETE ON decisions FROM signals_app;

CREATE TABLE waiting (
    signal_id uuid        PRIMARY KEY REFERENCES signals,
    token     text        NOT NULL,
    due_at    timestamptz NOT NULL
);
CREATE INDEX waiting_due ON waiting (due_at);

-- How many signals were published on each day (India): the rank that the free plan's quota reads.
CREATE TABLE publication_days (
    day       date    PRIMARY KEY,
    published integer NOT NULL
);

-- The newest number of each analyst; its row lock makes the numbers follow one another without a gap.
CREATE TABLE analysts (
    id           text    PRIMARY KEY,
    number       integer NOT NULL DEFAULT 0,
    hash         text    NOT NULL,
    committed_at timestamptz
);

CREATE TABLE commitments (
    analyst      text        NOT NULL REFERENCES analysts,
    number       integer     NOT NULL CHECK (number > 0),
    signal_id    uuid        NOT NULL UNIQUE REFERENCES signals,
    canonical    text        NOT NULL,
    nonce        bytea       NOT NULL CHECK (length(nonce) = 32),
    sealed_at    timestamptz NOT NULL,
    hash         text        NOT NULL,
    previous     text        NOT NULL,
    committed_at timestamptz NOT NULL,
    kept_at      timestamptz,
    PRIMARY KEY (analyst, number)
);
REVOKE UPDATE, DELETE ON commitments FROM signals_app;
GRANT UPDATE (kept_at) ON commitments TO signals_app;
