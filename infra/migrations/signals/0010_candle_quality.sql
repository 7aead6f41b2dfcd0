-- Quality of market data: counts by series, and what was refused with its reason.

CREATE TABLE candle_quality (
    symbol       text        NOT NULL,
    timeframe    text        NOT NULL,
    received     bigint      NOT NULL DEFAULT 0,
    stored       bigint      NOT NULL DEFAULT 0,
    duplicates   bigint      NOT NULL DEFAULT 0,
    out_of_order bigint      NOT NULL DEFAULT 0,
    off_session  bigint      NOT NULL DEFAULT 0,
    revision     integer     NOT NULL DEFAULT 0,
    first_at     timestamptz,
    last_at      timestamptz,
    PRIMARY KEY (symbol, timeframe)
);

-- What was stored before there was a ledger; candles in another store are counted from their next batch on.
INSERT INTO candle_quality (symbol, timeframe, received, stored, first_at, last_at)
SELECT symbol, timeframe, count(*), count(*), min(closed_at), max(closed_at) FROM candles GROUP BY 1, 2;

-- ``closed_at`` is text: it may be what could not be read. ``id`` is a digest, so the same defect is one row.
CREATE TABLE candle_quarantine (
    id            text        PRIMARY KEY,
    symbol        text        NOT NULL,
    timeframe     text        NOT NULL,
    closed_at     text        COLLATE "C" NOT NULL,
    reason        text        NOT NULL,
    detail        text        NOT NULL,
    row           text        NOT NULL,
    seen          integer     NOT NULL DEFAULT 1,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL
);
CREATE INDEX candle_quarantine_of_series ON candle_quarantine (symbol, timeframe, reason, closed_at);
