-- A plan has two sources: what an administrator granted and what is paid. ``plan`` and ``valid_until`` are what was
-- last told to others: the larger of the two that had not ended then. Columns are only added: code from before this
-- goes on writing ``plan``, which was a grant until now.

ALTER TABLE users
    ADD COLUMN valid_until   timestamptz,
    ADD COLUMN granted_plan  text   NOT NULL DEFAULT 'free' CHECK (granted_plan IN ('free', 'premium', 'enterprise')),
    ADD COLUMN granted_until timestamptz,
    ADD COLUMN paid_plan     text   NOT NULL DEFAULT 'free' CHECK (paid_plan IN ('free', 'premium', 'enterprise')),
    ADD COLUMN paid_until    timestamptz,
    ADD COLUMN paid_version  bigint NOT NULL DEFAULT 0 CHECK (paid_version >= 0);

UPDATE users SET granted_plan = plan WHERE plan <> 'free';

-- The schedule looks each minute for plans that have ended.
CREATE INDEX users_plan_ends ON users (valid_until) WHERE valid_until IS NOT NULL;
