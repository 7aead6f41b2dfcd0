-- What people asked for by right, and what keeps us from doing it. Of a person the id alone; times are parameters.

CREATE TABLE exports (
    id           uuid        PRIMARY KEY,
    person       uuid        NOT NULL,
    domains      text[]      NOT NULL CHECK (cardinality(domains) > 0),
    requested_at timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('collecting', 'ready', 'expired')),
    version      bigint      NOT NULL CHECK (version > 0),
    late_since   timestamptz,
    ready_at     timestamptz,
    expires_at   timestamptz,
    sha256       text        CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size         bigint      CHECK (size > 0),
    CHECK (state <> 'ready' OR (ready_at IS NOT NULL AND expires_at IS NOT NULL AND sha256 IS NOT NULL AND size IS NOT NULL))
);
CREATE UNIQUE INDEX exports_one_open ON exports (person) WHERE state = 'collecting';
CREATE INDEX exports_of_person ON exports (person, requested_at DESC, id DESC);
-- whose it is and what was asked for is never written again
REVOKE UPDATE, DELETE ON exports FROM privacy_app;
GRANT UPDATE (state, version, late_since, ready_at, expires_at, sha256, size) ON exports TO privacy_app;

-- Which domain wrote its part: pages in the bucket, and the digest of all of them one after the other.
CREATE TABLE export_parts (
    export  uuid        NOT NULL REFERENCES exports (id),
    domain  text        NOT NULL CHECK (length(domain) <= 40),
    sha256  text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    records integer     NOT NULL CHECK (records >= 0),
    pages   integer     NOT NULL CHECK (pages > 0),
    told_at timestamptz NOT NULL,
    PRIMARY KEY (export, domain)
);
REVOKE UPDATE, DELETE ON export_parts FROM privacy_app;

CREATE TABLE erasures (
    id           uuid        PRIMARY KEY,
    person       uuid        NOT NULL,
    domains      text[]      NOT NULL CHECK (cardinality(domains) > 0),
    requested_at timestamptz NOT NULL,
    due_at       timestamptz NOT NULL CHECK (due_at >= requested_at),
    state        text        NOT NULL CHECK (state IN ('waiting', 'held', 'erasing', 'closing', 'completed', 'cancelled')),
    version      bigint      NOT NULL CHECK (version > 0),
    began_at     timestamptz,
    ended_at     timestamptz,
    CHECK ((ended_at IS NOT NULL) = (state IN ('completed', 'cancelled')))
);
-- one at a time, and none after the one that was completed
CREATE UNIQUE INDEX erasures_one_open ON erasures (person) WHERE state <> 'cancelled';
CREATE INDEX erasures_of_person ON erasures (person, requested_at DESC, id DESC);
REVOKE UPDATE, DELETE ON erasures FROM privacy_app;
GRANT UPDATE (state, version, began_at, ended_at) ON erasures TO privacy_app;

-- What each domain did, as it told it: rows by name, and what is kept with its reason.
CREATE TABLE erasure_answers (
    erasure uuid        NOT NULL REFERENCES erasures (id),
    domain  text        NOT NULL CHECK (length(domain) <= 40),
    removed jsonb       NOT NULL,
    kept    jsonb       NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (erasure, domain)
);
REVOKE UPDATE, DELETE ON erasure_answers FROM privacy_app;

-- What the law demands to be kept as it is: set by one person of the staff, released by another.
CREATE TABLE holds (
    id          uuid        PRIMARY KEY,
    person      uuid        NOT NULL,
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    set_by      uuid        NOT NULL,
    set_at      timestamptz NOT NULL,
    until_at    timestamptz NOT NULL CHECK (until_at > set_at),
    released_by uuid,
    released_at timestamptz,
    CHECK ((released_by IS NULL) = (released_at IS NULL)),
    CONSTRAINT holds_two_people CHECK (released_by <> set_by AND set_by <> person AND released_by <> person)
);
CREATE INDEX holds_of_person ON holds (person, until_at) WHERE released_at IS NULL;
CREATE INDEX holds_newest ON holds (set_at DESC, id DESC);
REVOKE UPDATE, DELETE ON holds FROM privacy_app;
GRANT UPDATE (released_by, released_at) ON holds TO privacy_app;

-- What a person has to end before they can be erased, as events told it: the newest version stands.
CREATE TABLE engagements (
    kind    text    NOT NULL CHECK (kind IN ('subscription', 'refund')),
    id      uuid    NOT NULL,
    person  uuid    NOT NULL,
    open    boolean NOT NULL,
    version bigint  NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX engagements_open ON engagements (person) WHERE open;
REVOKE DELETE ON engagements FROM privacy_app;

-- What has to happen later. Whoever takes a row leases it until ``taken_until``.
CREATE TABLE due (
    kind        text        NOT NULL,
    subject     text        NOT NULL CHECK (length(subject) <= 80),
    due_at      timestamptz NOT NULL,
    attempt     integer     NOT NULL DEFAULT 0,
    taken_until timestamptz,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX due_next ON due (due_at);
