-- Exact channels: the head is the offset of the newest entry of the history. It moves in the transaction
-- that writes the entry, so that offsets have no holes. Another epoch means that offsets began anew.
CREATE TABLE channels (
    name  text   PRIMARY KEY,
    epoch text   NOT NULL DEFAULT gen_random_uuid()::text,
    head  bigint NOT NULL DEFAULT 0 CHECK (head >= 0)
);
INSERT INTO channels (name) VALUES ('signals'), ('signals-delayed');

-- Kept for 24 h; ``event`` is the CloudEvent's JSON as subscribers get it.
CREATE TABLE history (
    channel      text        NOT NULL REFERENCES channels (name),
    "offset"     bigint      NOT NULL,
    event_id     uuid        NOT NULL,
    published_at timestamptz NOT NULL,
    event        bytea       NOT NULL,
    PRIMARY KEY (channel, "offset"),
    UNIQUE (event_id, channel)
);
CREATE INDEX history_age ON history (published_at);

-- Signals on their way to signals-delayed. ``day`` is the day in India whose quota the signal counts
-- against; later events of a signal (closed, cancelled) count against none.
CREATE TABLE delayed (
    event_id  uuid        PRIMARY KEY,
    signal_id text        NOT NULL,
    day       date,
    due_at    timestamptz NOT NULL,
    done_at   timestamptz,
    event     bytea       NOT NULL
);
CREATE INDEX delayed_due ON delayed (due_at) WHERE done_at IS NULL;
CREATE INDEX delayed_day ON delayed (day) WHERE day IS NOT NULL;
CREATE INDEX delayed_signal ON delayed (signal_id);

-- The plan each user has, as the newest user.plan_changed told.
CREATE TABLE plans (
    subject     text        PRIMARY KEY,
    plan        text        NOT NULL CHECK (plan IN ('free', 'premium', 'enterprise')),
    version     bigint      NOT NULL,
    changed_at  timestamptz NOT NULL,
    valid_until timestamptz
);
