-- Identities of a provider (OpenID Connect), and proofs that were used. An account without a password has the hash ''.
CREATE TABLE identities (
    id        uuid        PRIMARY KEY,
    issuer    text        NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
    subject   text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    user_id   uuid        NOT NULL REFERENCES users,
    linked_at timestamptz NOT NULL,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_of_user ON identities (user_id, linked_at);

-- Keyed digests of ID tokens and of sign-ins that were begun: neither can be used again before it is too old.
CREATE TABLE spent_proofs (
    digest bytea       PRIMARY KEY CHECK (length(digest) = 32),
    until  timestamptz NOT NULL
);
CREATE INDEX spent_proofs_until ON spent_proofs (until);
