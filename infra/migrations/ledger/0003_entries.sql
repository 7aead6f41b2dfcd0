-- What a caller asks for, read and judged without a lock. Refusals have an SQLSTATE of class LG each, a sentence
-- as their message and the place in the chain as their detail.

CREATE TYPE instruction AS (
    id uuid, kind text, debit text, credit text, amount bigint, currency text, pending_id uuid, reverses uuid,
    timeout_s integer, reason text, reference text
);
-- ``held``: what the end of a pending transfer releases; 0 for one that ends nothing.
CREATE TYPE entry AS (
    place integer, id uuid, kind text, debit bigint, credit bigint, amount bigint, currency text, pending_id uuid,
    reverses uuid, timeout_s integer, reason text, reference text, held bigint,
    debit_guarded boolean, credit_guarded boolean, debit_bridge text, credit_bridge text
);

CREATE FUNCTION refuse(code text, what text, place integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', what USING ERRCODE = code, DETAIL = place::text;
END $$;

-- A new transfer: both accounts known, of one book, of its currency.
CREATE FUNCTION read_transfer(given instruction, place integer) RETURNS entry
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    d accounts;
    c accounts;
    o transfers;
BEGIN
    SELECT * INTO d FROM accounts WHERE code = given.debit;
    SELECT * INTO c FROM accounts WHERE code = given.credit;
    IF d.id IS NULL OR c.id IS NULL THEN
        PERFORM refuse('LG002', format('no account %s', CASE WHEN d.id IS NULL THEN given.debit ELSE given.credit END), place);
    ELSIF given.amount IS NULL OR given.amount <= 0 OR d.id = c.id THEN
        PERFORM refuse('LG001', 'an amount above nothing moves between two accounts', place);
    ELSIF d.currency <> c.currency OR d.currency IS DISTINCT FROM given.currency THEN
        PERFORM refuse('LG003', format('%s, %s and %s do not mix', d.currency, c.currency, given.currency), place);
    ELSIF d.book <> c.book THEN
        PERFORM refuse('LG004', format('%s and %s meet only through their bridge', d.book, c.book), place);
    END IF;
    IF given.reverses IS NOT NULL THEN
        SELECT t.* INTO o FROM transfers t WHERE t.id = given.reverses AND t.kind IN ('posted', 'post');
        IF o.id IS NULL THEN
            PERFORM refuse('LG010', format('nothing posted has the id %s', given.reverses), place);
        ELSIF o.currency <> d.currency OR d.book <> (SELECT book FROM accounts WHERE id = o.debit) THEN
            PERFORM refuse('LG010', 'a reversal stays in the book and the currency of what it reverses', place);
        END IF;
    END IF;
    RETURN ROW(place, given.id, given.kind, d.id, c.id, given.amount, given.currency, NULL, given.reverses,
               given.timeout_s, given.reason, given.reference, 0,
               d.guard <> 'none', c.guard <> 'none', d.bridge, c.bridge)::entry;
END $$;

-- The end of a pending transfer, between its accounts: posted with all of its amount or a part, or voided.
CREATE FUNCTION read_resolution(given instruction, place integer) RETURNS entry
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    p transfers;
    d accounts;
    c accounts;
BEGIN
    SELECT * INTO p FROM transfers WHERE id = given.pending_id AND kind = 'pending';
    IF p.id IS NULL THEN
        PERFORM refuse('LG006', format('no pending transfer %s', given.pending_id), place);
    ELSIF given.amount IS NOT NULL AND (given.kind = 'void' OR given.amount <= 0) THEN
        PERFORM refuse('LG001', 'a void gives back all, a post moves more than nothing', place);
    ELSIF given.amount > p.amount THEN
        PERFORM refuse('LG009', format('%s is more than the pending %s', given.amount, p.amount), place);
    ELSIF given.currency IS NOT NULL AND given.currency <> p.currency THEN
        PERFORM refuse('LG003', format('%s and %s do not mix', given.currency, p.currency), place);
    END IF;
    SELECT * INTO d FROM accounts WHERE id = p.debit;
    SELECT * INTO c FROM accounts WHERE id = p.credit;
    RETURN ROW(place, given.id, given.kind, p.debit, p.credit, coalesce(given.amount, p.amount), p.currency, p.id,
               CASE given.kind WHEN 'post' THEN p.reverses END, NULL, given.reason, given.reference, p.amount,
               d.guard <> 'none', c.guard <> 'none', d.bridge, c.bridge)::entry;
END $$;

-- The whole chain. Of a bridge, both sides move alike: what one book is owed the other owes.
CREATE FUNCTION read_entries(batch jsonb) RETURNS entry[]
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    given   instruction;
    one     entry;
    entries entry[] := '{}';
    bridged boolean := false;
BEGIN
    IF jsonb_typeof(batch) IS DISTINCT FROM 'array' OR jsonb_array_length(batch) NOT BETWEEN 1 AND 100 THEN
        PERFORM refuse('LG001', 'a chain has 1 to 100 transfers', 0);
    END IF;
    FOR given IN SELECT * FROM jsonb_populate_recordset(NULL::instruction, batch) LOOP
        IF given.kind IN ('posted', 'pending') THEN
            one := read_transfer(given, cardinality(entries) + 1);
        ELSIF given.kind IN ('post', 'void') THEN
            one := read_resolution(given, cardinality(entries) + 1);
        ELSE
            PERFORM refuse('LG001', 'a transfer is posted or pending, a pending one is posted or voided',
                           cardinality(entries) + 1);
        END IF;
        bridged := bridged OR one.debit_bridge IS NOT NULL OR one.credit_bridge IS NOT NULL;
        entries := entries || one;
    END LOOP;
    IF bridged AND EXISTS (
        SELECT FROM unnest(entries) e, LATERAL (VALUES (e.debit_bridge, e.amount), (e.credit_bridge, -e.amount)) side (bridge, amount)
        WHERE side.bridge IS NOT NULL AND e.kind <> 'void'
        GROUP BY side.bridge, e.kind = 'pending' HAVING sum(side.amount) <> 0
    ) THEN
        PERFORM refuse('LG005', 'both sides of a bridge move by the same amount in one chain', 0);
    END IF;
    RETURN entries;
END $$;
