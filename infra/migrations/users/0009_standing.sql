-- Accounts that are disabled: since when, why, and the case that tells the rest. Columns are only added.
ALTER TABLE users
    ADD COLUMN disabled_at   timestamptz,
    ADD COLUMN disabled_for  text CHECK (length(disabled_for) BETWEEN 1 AND 40),
    ADD COLUMN disabled_case text CHECK (length(disabled_case) BETWEEN 1 AND 40),
    ADD CONSTRAINT users_disabled CHECK (num_nulls(disabled_at, disabled_for, disabled_case) IN (0, 3));

-- Whoever disables an administrator counts who else is one.
CREATE INDEX users_admins ON users (id) WHERE 'admin' = ANY (roles);
