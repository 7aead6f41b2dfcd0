-- Accounts, one-time codes, sign-in attempts and sessions. Times are parameters, never now().

CREATE TABLE users (
    id            uuid        PRIMARY KEY,
    email         text        UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
    phone         text        UNIQUE CHECK (phone ~ '^\+[1-9][0-9]{7,14}$'),
    password_hash text        NOT NULL,
    display_name  text        NOT NULL CHECK (length(display_name) <= 80),
    locale        text        NOT NULL CHECK (locale IN ('en', 'hi')),
    roles         text[]      NOT NULL CHECK ('user' = ANY (roles)),
    plan          text        NOT NULL CHECK (plan IN ('free', 'premium', 'enterprise')),
    not_before    bigint      NOT NULL DEFAULT 0,
    version       bigint      NOT NULL CHECK (version > 0),
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
-- The mirror of revocations reads who became stale lately.
CREATE INDEX users_not_before ON users (not_before) WHERE not_before > 0;

-- An account comes into being when its code is given back, so the row carries what it will be made of.
CREATE TABLE otp_verifications (
    id            uuid        PRIMARY KEY,
    channel       text        NOT NULL CHECK (channel IN ('email', 'phone')),
    address       text        NOT NULL,
    decoy         boolean     NOT NULL,
    password_hash text        NOT NULL,
    display_name  text        NOT NULL,
    locale        text        NOT NULL,
    code_hash     bytea       NOT NULL CHECK (length(code_hash) = 32),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    attempts      integer     NOT NULL DEFAULT 0,
    sends         integer     NOT NULL DEFAULT 1,
    last_sent_at  timestamptz NOT NULL,
    consumed_at   timestamptz
);
CREATE INDEX otp_verifications_address ON otp_verifications (address, created_at);
CREATE INDEX otp_verifications_created ON otp_verifications (created_at);

-- Failures since the last success, oldest first, at most ten. The key is a keyed digest of the address, so
-- that an account that does not exist has a row like any other.
CREATE TABLE login_attempts (
    account   bytea         PRIMARY KEY CHECK (length(account) = 32),
    failed_at timestamptz[] NOT NULL,
    latest_at timestamptz   NOT NULL
);
CREATE INDEX login_attempts_latest ON login_attempts (latest_at);

-- One signed-in device is one family of refresh tokens.
CREATE TABLE devices (
    family       uuid        PRIMARY KEY,
    user_id      uuid        NOT NULL REFERENCES users,
    device_id    text        NOT NULL CHECK (length(device_id) BETWEEN 1 AND 64),
    name         text        NOT NULL CHECK (length(name) <= 200),
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    revoked_at   timestamptz,
    revoked_for  text,
    UNIQUE (family, user_id),
    CHECK ((revoked_at IS NULL) = (revoked_for IS NULL))
);
CREATE INDEX devices_live ON devices (user_id, last_seen_at DESC) WHERE revoked_at IS NULL;
CREATE INDEX devices_seen ON devices (last_seen_at);
CREATE INDEX devices_revoked ON devices (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    hash       bytea       PRIMARY KEY CHECK (length(hash) = 32),
    family     uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    FOREIGN KEY (family, user_id) REFERENCES devices (family, user_id) ON DELETE CASCADE
);
-- However the races go, a family has one live token at most.
CREATE UNIQUE INDEX refresh_tokens_one_live ON refresh_tokens (family) WHERE used_at IS NULL;
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
