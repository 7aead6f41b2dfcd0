-- An account whose person was erased: the row stays as an id that names nobody. Columns are only added.
ALTER TABLE users ADD COLUMN erased_at timestamptz;
ALTER TABLE users DROP CONSTRAINT users_check;
ALTER TABLE users ADD CONSTRAINT users_reachable CHECK (
    CASE WHEN erased_at IS NULL THEN email IS NOT NULL OR phone IS NOT NULL
         ELSE email IS NULL AND phone IS NULL AND password_hash = '' AND display_name = '' END);

-- Letters: claimed before they are sent, noted after.
CREATE TABLE mailings (
    key         text        PRIMARY KEY CHECK (length(key) <= 200),
    attempt     integer     NOT NULL,
    taken_until timestamptz NOT NULL,
    sent_at     timestamptz
);
