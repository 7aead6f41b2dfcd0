-- The gateway's books beside ours. Entries and postings are each read once, from where the last look stopped; a pair
-- sums what both say about one thing of the gateway's (a payment, a refund, a dispute), money and fees apart.

CREATE TABLE book_entries (
    ref         text        PRIMARY KEY CHECK (length(ref) <= 255),
    place       bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind        text        NOT NULL CHECK (kind IN ('payment', 'refund', 'dispute', 'payout', 'other')),
    about       text        NOT NULL CHECK (length(about) <= 255),
    payment     text        CHECK (length(payment) <= 255),
    amount      bigint      NOT NULL,
    fee         bigint      NOT NULL,
    net         bigint      NOT NULL,
    occurred_at timestamptz NOT NULL,
    kept_at     timestamptz NOT NULL
);
CREATE INDEX book_entries_by_day ON book_entries (occurred_at);
CREATE INDEX book_entries_unsound ON book_entries (ref) WHERE net <> amount - fee;
REVOKE UPDATE, DELETE ON book_entries FROM payments_app;

CREATE TABLE book_pairs (
    about      text        NOT NULL CHECK (length(about) <= 255),
    what       text        NOT NULL CHECK (what IN ('money', 'fee')),
    ledger     bigint      NOT NULL,
    gateway    bigint      NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (about, what)
);
CREATE INDEX book_pairs_differing ON book_pairs (changed_at) WHERE ledger <> gateway;
REVOKE DELETE ON book_pairs FROM payments_app;

CREATE TABLE book_readings (
    line text        PRIMARY KEY CHECK (line IN ('courses', 'research', 'wallet')),
    at   timestamptz NOT NULL,
    seq  bigint      NOT NULL
);

CREATE TABLE book_findings (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what       text        NOT NULL CHECK (length(what) <= 60),
    about      text        NOT NULL CHECK (length(about) <= 300),
    expected   bigint      NOT NULL,
    found      bigint      NOT NULL,
    found_at   timestamptz NOT NULL,
    cleared_at timestamptz
);
CREATE UNIQUE INDEX book_findings_open ON book_findings (what, about) WHERE cleared_at IS NULL;
REVOKE UPDATE, DELETE ON book_findings FROM payments_app;
GRANT UPDATE (cleared_at) ON book_findings TO payments_app;

-- the newest run only: what was found stands in book_findings
CREATE TABLE book_runs (
    one       boolean     PRIMARY KEY DEFAULT true CHECK (one),
    at        timestamptz NOT NULL,
    entries   bigint      NOT NULL,
    postings  bigint      NOT NULL,
    looked_at bigint      NOT NULL,
    opened    bigint      NOT NULL,
    cleared   bigint      NOT NULL,
    looked_to uuid        NOT NULL
);
