-- What people consented to, by the version of the notice they read, and when they withdrew it: a ledger that only
-- grows, for it must be possible to show afterwards that consent was given (DPDP Act, 2023, section 6(10)).
CREATE TABLE consents (
    seq      bigint      GENERATED ALWAYS AS IDENTITY UNIQUE, -- of one person's lines the newest is the last written
    id       uuid        PRIMARY KEY,
    user_id  uuid        NOT NULL REFERENCES users,
    purpose  text        NOT NULL CHECK (length(purpose) BETWEEN 1 AND 40),
    version  text        NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
    digest   text        NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    given    boolean     NOT NULL,
    locale   text        NOT NULL CHECK (locale IN ('en', 'hi')),
    at       timestamptz NOT NULL
);
CREATE INDEX consents_of_user ON consents (user_id, seq DESC);
CREATE INDEX consents_newest ON consents (user_id, purpose, seq DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON consents FROM users_app;
