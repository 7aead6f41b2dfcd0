-- The authenticator app of an account and its backup codes. ``secret`` is sealed under the person's own key
-- (kit.sealing): destroying the key erases it.
CREATE TABLE second_factors (
    user_id      uuid        PRIMARY KEY REFERENCES users,
    secret       text        NOT NULL CHECK (secret LIKE 's1.%'),
    last_step    bigint      NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz
);

CREATE TABLE backup_codes (
    user_id    uuid        NOT NULL REFERENCES second_factors ON DELETE CASCADE,
    code_hash  bytea       NOT NULL CHECK (length(code_hash) = 32),
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
