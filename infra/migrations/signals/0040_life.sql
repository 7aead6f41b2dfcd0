-- The life of a signal after its draft: escalation, withdrawal, cancellation, recall, revisions; who signs.

ALTER TABLE signals DROP CONSTRAINT signals_status_check;
ALTER TABLE signals
    ADD CONSTRAINT signals_status_check CHECK (status IN (
        'draft', 'awaiting_approval', 'escalated', 'approved', 'screened_out', 'withdrawn', 'live', 'target_hit',
        'stopped', 'expired', 'cancelled')),
    ADD COLUMN drafted_by    text NOT NULL DEFAULT '',
    ADD COLUMN cancel_reason text NOT NULL DEFAULT '',
    ADD COLUMN recalled_at   timestamptz,
    ADD COLUMN recall_reason text NOT NULL DEFAULT '',
    ADD CHECK ((recalled_at IS NULL) = (recall_reason = ''));
CREATE INDEX signals_live ON signals (symbol, timeframe) WHERE status = 'live';
GRANT UPDATE (cancel_reason, recalled_at, recall_reason) ON signals TO signals_app;

-- What a revision says never changes (the role may not update it); how it is decided is beside it.
CREATE TABLE revisions (
    signal_id    uuid        NOT NULL REFERENCES signals,
    number       integer     NOT NULL CHECK (number > 0),
    content      jsonb       NOT NULL,
    made_at      timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('proposed', 'approved', 'published', 'declined', 'lapsed')),
    decided_by   text        NOT NULL,
    since        timestamptz,
    published_at timestamptz,
    driven_at    timestamptz NOT NULL,
    attempts     integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (signal_id, number),
    CHECK ((state = 'published') = (published_at IS NOT NULL)),
    CHECK ((state = 'published') = (since IS NOT NULL))
);
CREATE UNIQUE INDEX revisions_open ON revisions (signal_id) WHERE state IN ('proposed', 'approved');
CREATE INDEX revisions_approved ON revisions (driven_at) WHERE state = 'approved';
REVOKE UPDATE, DELETE ON revisions FROM signals_app;
GRANT UPDATE (state, decided_by, since, published_at, driven_at, attempts) ON revisions TO signals_app;

-- Every revision is a promise of its own, numbered in the same chain.
ALTER TABLE commitments ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE commitments DROP CONSTRAINT commitments_signal_id_key;
ALTER TABLE commitments ADD UNIQUE (signal_id, revision);

-- Which account signs as which registered analyst: one for one.
CREATE TABLE signing_accounts (
    user_id     uuid        PRIMARY KEY,
    analyst     text        NOT NULL UNIQUE,
    assigned_by uuid        NOT NULL,
    assigned_at timestamptz NOT NULL
);
