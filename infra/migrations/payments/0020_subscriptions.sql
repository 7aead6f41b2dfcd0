-- Subscriptions: the whole in JSON, what is looked for or must be unique beside it.

CREATE TABLE subscriptions (
    id         uuid        PRIMARY KEY,
    person     uuid        NOT NULL,
    line       text        NOT NULL CHECK (line IN ('courses', 'research')),
    life       text        NOT NULL CHECK (life IN
        ('pending', 'abandoned', 'trialing', 'active', 'past_due', 'running_out', 'ended')),
    ref        text        UNIQUE CHECK (length(ref) <= 255),
    opened_at  timestamptz NOT NULL,
    version    bigint      NOT NULL CHECK (version > 0),
    state      jsonb       NOT NULL CHECK ((state ->> 'version')::bigint = version AND state ->> 'life' = life),
    changed_at timestamptz NOT NULL
);
CREATE INDEX subscriptions_of_person ON subscriptions (person, opened_at DESC, id DESC);
-- one that is not over a person and product line: whoever wants another one changes it
CREATE UNIQUE INDEX subscriptions_live ON subscriptions (person, line)
    WHERE life IN ('pending', 'trialing', 'active', 'past_due');
REVOKE UPDATE, DELETE ON subscriptions FROM payments_app;
GRANT UPDATE (life, ref, version, state, changed_at) ON subscriptions TO payments_app;

-- Which of our prices the gateway means; a name costs the same for ever.
CREATE TABLE gateway_prices (
    ref  text PRIMARY KEY CHECK (length(ref) <= 255),
    name text NOT NULL CHECK (length(name) <= 120)
);
REVOKE UPDATE, DELETE ON gateway_prices FROM payments_app;
