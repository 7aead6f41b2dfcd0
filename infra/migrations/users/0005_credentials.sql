-- Passwords set anew, addresses changed, locks told. Columns are only added.

-- Without user_id the address has no account: the row is one like any other.
CREATE TABLE password_resets (
    id          uuid        PRIMARY KEY,
    account     bytea       NOT NULL CHECK (length(account) = 32),
    user_id     uuid        REFERENCES users,
    code_hash   bytea       NOT NULL CHECK (length(code_hash) = 32),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    consumed_at timestamptz
);
CREATE INDEX password_resets_account ON password_resets (account, created_at);
CREATE INDEX password_resets_created ON password_resets (created_at);
CREATE INDEX password_resets_open ON password_resets (user_id) WHERE consumed_at IS NULL;

CREATE TABLE address_changes (
    id         uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users,
    channel    text        NOT NULL CHECK (channel IN ('email', 'phone')),
    address    text        NOT NULL CHECK (length(address) <= 254),
    decoy      boolean     NOT NULL,
    new_code   bytea       NOT NULL CHECK (length(new_code) = 32),
    old_code   bytea       NOT NULL CHECK (length(old_code) = 32),
    stop_word  bytea       NOT NULL UNIQUE CHECK (length(stop_word) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts   integer     NOT NULL DEFAULT 0,
    due_at     timestamptz,
    ended_at   timestamptz,
    ended_as   text        CHECK (ended_as IN ('made', 'stopped', 'withdrawn', 'void')),
    CHECK ((ended_at IS NULL) = (ended_as IS NULL))
);
CREATE INDEX address_changes_of_user ON address_changes (user_id, created_at);
CREATE INDEX address_changes_created ON address_changes (created_at);
CREATE INDEX address_changes_due ON address_changes (due_at) WHERE ended_at IS NULL AND due_at IS NOT NULL;
-- However the races go, one change of an address waits at most.
CREATE UNIQUE INDEX address_changes_one_open ON address_changes (user_id, channel) WHERE ended_at IS NULL;

-- Whose address it is (nobody's, if it has no account), the failure that locked it, and the one last told.
ALTER TABLE login_attempts
    ADD COLUMN user_id   uuid REFERENCES users,
    ADD COLUMN locked_at timestamptz,
    ADD COLUMN told_at   timestamptz;
CREATE INDEX login_attempts_locked ON login_attempts (locked_at) WHERE locked_at IS NOT NULL;
CREATE INDEX login_attempts_of_user ON login_attempts (user_id) WHERE user_id IS NOT NULL;
