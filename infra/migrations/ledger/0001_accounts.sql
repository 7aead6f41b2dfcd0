-- Double entry. A book is a product line that balances by itself; an account belongs to one book and has one
-- currency, in which every amount is a whole number of minor units (paise).
--
-- The names of guards, of transfers' phases and of what they refuse are those of TigerBeetle
-- (docs.tigerbeetle.com): debits_must_not_exceed_credits, pending, posted, voided, expired.

CREATE FUNCTION within_guard(guard text, debits numeric, debits_held numeric, credits numeric, credits_held numeric)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE guard
        WHEN 'debits_must_not_exceed_credits' THEN debits + debits_held <= credits
        WHEN 'credits_must_not_exceed_debits' THEN credits + credits_held <= debits
        ELSE true
    END
$$;

-- ``control`` is the line of the trial balance an account counts under: its own code, or, for the wallets,
-- the control account of all of them. ``bridge`` names the pair through which two books meet
-- ('courses-wallet:INR'): one account in each, never guarded.
CREATE TABLE accounts (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code      text        NOT NULL UNIQUE CHECK (code ~ '^[a-z]+:[a-z0-9:/-]+:[A-Z]{3}$' AND length(code) <= 100),
    book      text        NOT NULL CHECK (book IN ('courses', 'research', 'wallet')),
    kind      text        NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense')),
    currency  text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    guard     text        NOT NULL CHECK (guard IN ('none', 'debits_must_not_exceed_credits',
                                                    'credits_must_not_exceed_debits')),
    control   text        NOT NULL,
    bridge    text,
    opened_at timestamptz NOT NULL,
    UNIQUE (bridge, book),
    CHECK (split_part(code, ':', 1) = book AND right(code, 3) = currency),
    CHECK (bridge IS NULL OR (guard = 'none' AND split_part(bridge, ':', 2) = currency
                              AND book = ANY (string_to_array(split_part(bridge, ':', 1), '-'))))
);

-- Only guarded accounts have a row here: a row that every payment changed would let one payment through at
-- a time. The others are folded from the transfers.
CREATE TABLE balances (
    account        bigint      PRIMARY KEY REFERENCES accounts (id),
    guard          text        NOT NULL CHECK (guard <> 'none'),
    debits_posted  bigint      NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    debits_pending bigint      NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    credits_posted bigint      NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    credits_pending bigint     NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    changed_at     timestamptz NOT NULL,
    CONSTRAINT balances_guard
        CHECK (within_guard(guard, debits_posted, debits_pending, credits_posted, credits_pending))
) WITH (fillfactor = 50);

CREATE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO balances (account, guard, changed_at) VALUES (NEW.id, NEW.guard, NEW.opened_at);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_balance AFTER INSERT ON accounts
    FOR EACH ROW WHEN (NEW.guard <> 'none') EXECUTE FUNCTION keep_balance();

-- The wallet of a person: what we owe them, which can never be less than nothing. Opened once.
CREATE FUNCTION open_wallet(person uuid, currency text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    made text := format('wallet:person:%s:%s', person, currency);
BEGIN
    IF EXISTS (SELECT FROM accounts WHERE code = made) THEN
        RETURN made;
    END IF;
    INSERT INTO accounts (code, book, kind, currency, guard, control, opened_at)
    VALUES (made, 'wallet', 'liability', open_wallet.currency, 'debits_must_not_exceed_credits',
            'wallet:persons:' || open_wallet.currency, at)
    ON CONFLICT (code) DO NOTHING;
    RETURN made;
END $$;
