-- Owners whose account is disabled, as events told it: nothing of theirs works until it is enabled. Columns are only
-- added. The plan and the standing are told by events of their own, each known up to a version.
ALTER TABLE owners
    ADD COLUMN disabled         boolean NOT NULL DEFAULT false,
    ADD COLUMN standing_version bigint  NOT NULL DEFAULT 0 CHECK (standing_version >= 0);
