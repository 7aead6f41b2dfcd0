-- Alerts that people's own tools send in. Of a secret only its hash is kept; the owner stands in every row.

CREATE TABLE hooks (
    id          uuid        PRIMARY KEY,
    owner       uuid        NOT NULL,
    name        text        NOT NULL,
    secret_hash bytea       NOT NULL CHECK (length(secret_hash) = 32),
    template    jsonb       NOT NULL,
    created_at  timestamptz NOT NULL,
    analyst     text,
    rotated_at  timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX hooks_of_owner ON hooks (owner, created_at) WHERE revoked_at IS NULL;

CREATE TABLE alerts (
    id          uuid        PRIMARY KEY,
    hook_id     uuid        NOT NULL REFERENCES hooks,
    owner       uuid        NOT NULL,
    content     jsonb       NOT NULL,
    received_at timestamptz NOT NULL,
    status      text        NOT NULL CHECK (status IN ('received', 'duplicate', 'refused', 'accepted', 'drafted')),
    reasons     text[]      NOT NULL DEFAULT '{}',
    terms       jsonb,
    signal_id   uuid REFERENCES signals,
    settled_at  timestamptz,
    fingerprint bytea,
    UNIQUE (hook_id, fingerprint),
    CHECK ((status = 'received') = (settled_at IS NULL)),
    CHECK ((status = 'drafted') = (signal_id IS NOT NULL))
);
CREATE INDEX alerts_of_hook ON alerts (hook_id, received_at DESC, id DESC);
CREATE INDEX alerts_accepted ON alerts (owner, (terms ->> 'symbol'), (terms ->> 'timeframe'), received_at DESC)
    WHERE status = 'accepted';
REVOKE UPDATE, DELETE ON alerts FROM signals_app;
GRANT UPDATE (status, reasons, terms, signal_id, settled_at, fingerprint) ON alerts TO signals_app;
REVOKE UPDATE, DELETE ON hooks FROM signals_app;
GRANT UPDATE (name, secret_hash, template, rotated_at, revoked_at) ON hooks TO signals_app;
