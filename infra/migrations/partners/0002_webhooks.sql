-- Outgoing webhooks: where to, what, and every attempt.
CREATE TABLE endpoints (
    id             uuid        PRIMARY KEY,
    application_id uuid        NOT NULL REFERENCES applications (id),
    url            text        NOT NULL CHECK (char_length(url) <= 2048),
    types          text[]      NOT NULL CHECK (cardinality(types) > 0),
    active         boolean     NOT NULL,
    disabled       text        CHECK (disabled IN ('owner', 'failing', 'gone')),
    failing_since  timestamptz,
    secret         text        NOT NULL,  -- sealed for the owner, as is the one before
    previous       text,
    previous_until timestamptz,
    version        bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    notice_at      timestamptz,           -- when the owner is to be told that it was disabled; null: nothing to tell
    CHECK (active = (disabled IS NULL)),
    CHECK ((previous IS NULL) = (previous_until IS NULL)),
    UNIQUE (application_id, url)
);
CREATE INDEX endpoints_notices ON endpoints (notice_at) WHERE notice_at IS NOT NULL;

-- Which publications the slower plans see: the first of a day, by the rank they came in.
CREATE TABLE publications (
    signal_id uuid    PRIMARY KEY,
    day       date    NOT NULL,
    rank      integer NOT NULL,
    UNIQUE (day, rank)
);

-- One message is signed and sent to every endpoint that wants it, under one id for ever.
CREATE TABLE messages (
    id         text        PRIMARY KEY,
    type       text        NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX messages_age ON messages (created_at);

CREATE TABLE deliveries (
    id          uuid        PRIMARY KEY,
    message_id  text        NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    endpoint_id uuid        NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    state       text        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempt     integer     NOT NULL DEFAULT 0,  -- of this round; a replay begins a new one
    tried       integer     NOT NULL DEFAULT 0,  -- ever; the number of the last attempt
    due_at      timestamptz NOT NULL,
    taken_until timestamptz,
    created_at  timestamptz NOT NULL,
    settled_at  timestamptz,
    UNIQUE (message_id, endpoint_id)
);
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_log ON deliveries (endpoint_id, created_at DESC, id DESC);

-- Written when an attempt begins, so that one whose sender died is seen: its outcome stays null.
CREATE TABLE attempts (
    delivery_id uuid        NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number      integer     NOT NULL,
    started_at  timestamptz NOT NULL,
    outcome     text,
    status      integer,
    excerpt     text,
    took_ms     integer,
    PRIMARY KEY (delivery_id, number)
);
