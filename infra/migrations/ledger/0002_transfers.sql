-- A transfer moves an amount from one account (credit) to another (debit) of the same book. Both sides stand in
-- one row, so that nothing unbalanced can be written. A row is never changed: how a pending transfer ended is
-- another row (post, void, expire) that names it; whether it still holds its amount is in ``holds``.
--
-- ``chain`` and ``links``: the first transfer and the number of those recorded together, all or none.
-- No foreign keys: accounts and transfers are never deleted, and checking would lock the rows of clearing
-- and revenue for every payment.
CREATE SEQUENCE transfers_seq;
CREATE TABLE transfers (
    id          uuid        PRIMARY KEY,
    seq         bigint      NOT NULL,
    chain       uuid        NOT NULL,
    links       integer     NOT NULL CHECK (links > 0),
    kind        text        NOT NULL CHECK (kind IN ('posted', 'pending', 'post', 'void', 'expire')),
    debit       bigint      NOT NULL,
    credit      bigint      NOT NULL CHECK (credit <> debit),
    amount      bigint      NOT NULL CHECK (amount > 0),
    currency    text        NOT NULL,
    pending_id  uuid        CHECK ((pending_id IS NOT NULL) = (kind IN ('post', 'void', 'expire'))),
    reverses    uuid,
    timeout_s   integer     CHECK (timeout_s IS NULL OR (timeout_s > 0 AND kind = 'pending')),
    expires_at  timestamptz CHECK ((expires_at IS NULL) = (timeout_s IS NULL)),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 60),
    reference   text        NOT NULL CHECK (length(reference) BETWEEN 1 AND 200),
    recorded_at timestamptz NOT NULL
);
-- a pending transfer ends once
CREATE UNIQUE INDEX transfers_resolution ON transfers (pending_id) WHERE pending_id IS NOT NULL;
CREATE INDEX transfers_debit ON transfers (debit, recorded_at, seq) INCLUDE (amount) WHERE kind IN ('posted', 'post');
CREATE INDEX transfers_credit ON transfers (credit, recorded_at, seq) INCLUDE (amount) WHERE kind IN ('posted', 'post');
CREATE INDEX transfers_held_debit ON transfers (debit) WHERE kind = 'pending';
CREATE INDEX transfers_held_credit ON transfers (credit) WHERE kind = 'pending';
CREATE INDEX transfers_reverses ON transfers (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX transfers_reference ON transfers (reference, seq);

-- Two postings a transfer that moved something: a debit is positive, a credit negative.
CREATE VIEW postings AS
    SELECT id AS transfer, seq, debit AS account, amount, recorded_at FROM transfers WHERE kind IN ('posted', 'post')
    UNION ALL
    SELECT id, seq, credit, -amount, recorded_at FROM transfers WHERE kind IN ('posted', 'post');

-- Pending transfers that did not end yet: derived, and what two that would end one must both lock.
CREATE TABLE holds (
    id         uuid   PRIMARY KEY,
    debit      bigint NOT NULL,
    credit     bigint NOT NULL,
    amount     bigint NOT NULL CHECK (amount > 0),
    reverses   uuid,
    expires_at timestamptz
);
CREATE INDEX holds_due ON holds (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX holds_reverses ON holds (reverses) WHERE reverses IS NOT NULL;

-- Recorded is recorded, for everybody: a correction is a reversal. ALWAYS: also where a session calls itself a
-- replica to skip triggers.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only: record a reversal instead', TG_TABLE_NAME USING ERRCODE = 'LG000';
END $$;
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE transfers ENABLE ALWAYS TRIGGER transfers_append_only;
ALTER TABLE accounts ENABLE ALWAYS TRIGGER accounts_append_only;
