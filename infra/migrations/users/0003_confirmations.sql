-- Proofs of people who are known: a code that was sent to their address, or one of their authenticator app.
CREATE TABLE confirmations (
    id          uuid        PRIMARY KEY,
    purpose     text        NOT NULL CHECK (length(purpose) <= 40),
    method      text        NOT NULL CHECK (method IN ('otp', 'totp')),
    user_id     uuid        NOT NULL REFERENCES users,
    bound_to    text        NOT NULL CHECK (length(bound_to) <= 200),
    code_hash   bytea       CHECK (length(code_hash) = 32),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    consumed_at timestamptz,
    CHECK ((method = 'otp') = (code_hash IS NOT NULL))
);
CREATE INDEX confirmations_of_user ON confirmations (user_id, purpose, created_at);
CREATE INDEX confirmations_created ON confirmations (created_at);
