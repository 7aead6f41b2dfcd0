-- The payment gateway as we hear of it: authentic webhooks, each once, and the newest state read back.
-- A body is kept until the state was read back: it may carry a customer's address.

CREATE SEQUENCE notice_versions;
CREATE TABLE gateway_notices (
    id          text        PRIMARY KEY CHECK (length(id) <= 255),
    type        text        NOT NULL CHECK (length(type) <= 255),
    kind        text        CHECK (kind IN ('payment', 'checkout', 'subscription')),
    subject     text        NOT NULL CHECK (length(subject) <= 255),
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    body        bytea,
    settled_at  timestamptz
);
CREATE INDEX gateway_notices_of_subject ON gateway_notices (subject, received_at);
CREATE INDEX gateway_notices_open ON gateway_notices (received_at) WHERE settled_at IS NULL AND kind IS NOT NULL;
REVOKE UPDATE, DELETE ON gateway_notices FROM payments_app;
GRANT UPDATE (body, settled_at) ON gateway_notices TO payments_app;

-- ``reading`` numbers the look at the gateway that found this state: of two looks the later one stands.
CREATE SEQUENCE gateway_readings;
CREATE TABLE gateway_states (
    ref        text        PRIMARY KEY CHECK (length(ref) <= 255),
    kind       text        NOT NULL CHECK (kind IN ('payment', 'checkout', 'subscription')),
    own_id     text,
    status     text        NOT NULL,
    state      jsonb       NOT NULL,
    reading    bigint      NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX gateway_states_of_own ON gateway_states (own_id) WHERE own_id IS NOT NULL;
REVOKE DELETE ON gateway_states FROM payments_app;
