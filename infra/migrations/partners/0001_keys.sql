-- Applications of people, their API keys, and what was asked with them. Redis mirrors the keys; this is the truth.

-- Requests an hour, and whether signals come at once, by plan. A row more is a plan more: an agreement with a
-- partner names one as the tier of an application.
CREATE TABLE plans (
    name    text    PRIMARY KEY,
    hourly  integer NOT NULL CHECK (hourly > 0),
    at_once boolean NOT NULL
);
INSERT INTO plans VALUES
    ('free', 100, false), ('premium', 1000, true), ('enterprise', 10000, true), ('partner', 50000, true);
REVOKE INSERT, UPDATE, DELETE ON plans FROM partners_app;

-- The plan of everybody whose plan ever changed, or who has an application: as events told it.
CREATE TABLE owners (
    id      uuid   PRIMARY KEY,
    plan    text   NOT NULL REFERENCES plans (name),
    version bigint NOT NULL
);

CREATE TABLE applications (
    id         uuid        PRIMARY KEY,
    owner      uuid        NOT NULL REFERENCES owners (id),
    name       text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    contact    text,       -- an address of mail, sealed for the owner
    active     boolean     NOT NULL,
    suspended  boolean     NOT NULL,
    tier       text        REFERENCES plans (name),
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (owner, name)
);

-- Orders what the mirror is told of one key: a change takes the next number under the key's row lock.
CREATE SEQUENCE revisions;
CREATE TABLE keys (
    id             uuid        PRIMARY KEY,
    application_id uuid        NOT NULL REFERENCES applications (id),
    prefix         text        NOT NULL UNIQUE CHECK (prefix ~ '^[a-z0-9]{12}$'),
    digest         bytea       NOT NULL CHECK (octet_length(digest) = 32),
    name           text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    scopes         text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    networks       text[]      NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    replaced_by    uuid        UNIQUE,
    version        bigint      NOT NULL,
    revision       bigint      NOT NULL DEFAULT nextval('revisions'),
    revised_at     timestamptz NOT NULL
);
CREATE INDEX keys_application ON keys (application_id, created_at);
CREATE UNIQUE INDEX keys_name ON keys (application_id, name) WHERE revoked_at IS NULL AND replaced_by IS NULL;

-- What a key asked in one hour. An epoch is one life of the hour's counters in Redis: within it numbers only
-- grow, so keeping the greater is right however often it is done; over epochs they add up.
CREATE TABLE usage_hours (
    key_id   uuid        NOT NULL REFERENCES keys (id),
    hour     timestamptz NOT NULL,
    epoch    text        NOT NULL,
    requests bigint      NOT NULL CHECK (requests >= 0),
    limited  bigint      NOT NULL CHECK (limited >= 0),
    barred   bigint      NOT NULL CHECK (barred >= 0),
    PRIMARY KEY (key_id, hour, epoch)
);
