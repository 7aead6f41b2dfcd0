-- Posting: one call records a chain, all of it or none. Locks are taken in one order everywhere, so that no two
-- calls wait for each other: balances by account, reversed transfers by id, holds by id, new transfers by id.

-- The guarded accounts among those of ``entries``.
CREATE FUNCTION guarded_of(entries entry[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
    SELECT coalesce(array_agg(DISTINCT side.account), '{}')
    FROM unnest(entries) e,
         LATERAL (VALUES (e.debit, e.debit_guarded), (e.credit, e.credit_guarded)) side (account, guarded)
    WHERE side.guarded
$$;

-- Ends ``due`` holds whose accounts' balances the caller has locked. What was held is free again.
CREATE FUNCTION release(due uuid[], at timestamptz) RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    released integer;
    moment   timestamptz;
BEGIN
    PERFORM FROM holds WHERE id = ANY (due) ORDER BY id FOR UPDATE;
    SELECT greatest(at, max(b.changed_at)) INTO moment
    FROM holds h JOIN balances b ON b.account IN (h.debit, h.credit) WHERE h.id = ANY (due);
    UPDATE balances b SET debits_pending = b.debits_pending - s.debits, credits_pending = b.credits_pending - s.credits,
                          changed_at = moment
    FROM (SELECT side.account, sum(side.debit) AS debits, sum(side.credit) AS credits
          FROM holds h, LATERAL (VALUES (h.debit, h.amount, 0), (h.credit, 0, h.amount)) side (account, debit, credit)
          WHERE h.id = ANY (due) GROUP BY side.account) s
    WHERE b.account = s.account;
    INSERT INTO transfers (id, seq, chain, links, kind, debit, credit, amount, currency, pending_id, reason, reference, recorded_at)
    SELECT made, nextval('transfers_seq'), made, 1, 'expire', p.debit, p.credit, p.amount, p.currency, p.id,
           'expired', p.reference, moment
    FROM holds h JOIN transfers p ON p.id = h.id, LATERAL (SELECT md5('expire:' || p.id)::uuid) m (made)
    WHERE h.id = ANY (due);
    DELETE FROM holds WHERE id = ANY (due);
    GET DIAGNOSTICS released = ROW_COUNT;
    RETURN released;
END $$;

-- Locks the balances of ``touched`` and of whatever the ``due`` holds touch, in order.
CREATE FUNCTION lock_balances(touched bigint[], due uuid[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF due <> '{}' THEN
        touched := touched || ARRAY(SELECT debit FROM holds WHERE id = ANY (due) UNION SELECT credit FROM holds WHERE id = ANY (due));
    END IF;
    PERFORM FROM balances WHERE account = ANY (touched) ORDER BY account FOR NO KEY UPDATE;
END $$;

-- Ends up to ``at_most`` holds that are due at ``at``; returns how many.
CREATE FUNCTION expire(at timestamptz, at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    due uuid[] := ARRAY(SELECT id FROM holds WHERE expires_at <= at ORDER BY expires_at, id LIMIT at_most);
BEGIN
    PERFORM lock_balances('{}', due);
    RETURN release(due, at);
END $$;

-- A chain that is recorded already: the earlier result where each transfer is the same, a refusal otherwise.
CREATE FUNCTION replay(entries entry[]) RETURNS timestamptz LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    same integer;
    moment timestamptz;
BEGIN
    SELECT count(*), max(t.recorded_at) INTO same, moment
    FROM unnest(entries) e JOIN transfers t ON t.id = e.id
    WHERE (t.chain, t.links, t.kind, t.debit, t.credit, t.amount, t.currency, t.reason, t.reference)
          = (entries[1].id, cardinality(entries), e.kind, e.debit, e.credit, e.amount, e.currency, e.reason, e.reference)
      AND (t.pending_id, t.reverses, t.timeout_s) IS NOT DISTINCT FROM (e.pending_id, e.reverses, e.timeout_s);
    IF same <> cardinality(entries) THEN
        PERFORM refuse('LG011', 'a transfer with this id was recorded with other content', 0);
    END IF;
    RETURN moment;
END $$;

-- Says why a pending transfer cannot end: it did already, or its time is over.
CREATE FUNCTION refuse_resolution(entries entry[], moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    one entry;
    how text;
BEGIN
    FOREACH one IN ARRAY entries LOOP
        SELECT kind INTO how FROM transfers WHERE pending_id = one.pending_id;
        IF how IN ('post', 'void') THEN
            PERFORM refuse('LG007', format('the pending transfer was %s', CASE how WHEN 'post' THEN 'posted' ELSE 'voided' END), one.place);
        ELSIF how = 'expire' OR EXISTS (SELECT FROM holds WHERE id = one.pending_id AND expires_at <= moment) THEN
            PERFORM refuse('LG008', 'the pending transfer expired', one.place);
        END IF;
    END LOOP;
    PERFORM refuse('LG007', 'the pending transfer ended already', 0);
END $$;

-- Refunds stay within what was captured: posted and pending reversals of a transfer never exceed its amount.
CREATE FUNCTION demand_within_originals(originals uuid[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM transfers o WHERE o.id = ANY (originals) AND o.amount
            < (SELECT coalesce(sum(r.amount), 0) FROM transfers r WHERE r.reverses = o.id AND r.kind IN ('posted', 'post'))
            + (SELECT coalesce(sum(h.amount), 0) FROM holds h WHERE h.reverses = o.id)
    ) THEN
        PERFORM refuse('LG012', 'reversals would exceed what was posted', 0);
    END IF;
END $$;

-- Changes the balances of the guarded accounts by the chain as a whole, and refuses what breaks a guard.
CREATE FUNCTION move(entries entry[], guarded bigint[], moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    passed bigint[];
BEGIN
    WITH sums AS (
        SELECT side.account, sum(side.debit_posted) AS dpo, sum(side.debit_held) AS dpe,
               sum(side.credit_posted) AS cpo, sum(side.credit_held) AS cpe
        FROM unnest(entries) e,
             LATERAL (SELECT CASE WHEN e.kind IN ('posted', 'post') THEN e.amount ELSE 0 END AS posted,
                             CASE e.kind WHEN 'pending' THEN e.amount ELSE -e.held END AS held) v,
             LATERAL (VALUES (e.debit, v.posted, v.held, 0, 0), (e.credit, 0, 0, v.posted, v.held))
                 side (account, debit_posted, debit_held, credit_posted, credit_held)
        WHERE side.account = ANY (guarded) GROUP BY side.account
    ), changed AS (
        UPDATE balances b SET debits_posted = debits_posted + dpo, debits_pending = debits_pending + dpe,
               credits_posted = credits_posted + cpo, credits_pending = credits_pending + cpe, changed_at = moment
        FROM sums s
        WHERE b.account = s.account AND within_guard(b.guard, debits_posted + dpo, debits_pending + dpe,
                                                     credits_posted + cpo, credits_pending + cpe)
        RETURNING b.account
    )
    SELECT array_agg(account) INTO passed FROM changed;
    IF cardinality(guarded) <> coalesce(cardinality(passed), 0) THEN
        PERFORM refuse('LG013', format('the balance of %s does not allow it',
            (SELECT string_agg(code, ', ' ORDER BY code) FROM accounts WHERE id = ANY (guarded) AND id <> ALL (coalesce(passed, '{}')))), 0);
    END IF;
END $$;

-- Records ``batch`` (an array of instructions) at ``at``, or tells when it was recorded before. Times of one guarded account never run backwards, whatever callers' clocks say.
--
-- Generic plans: arrays make the planner believe that planning anew each time pays, and it takes a third of the call.
CREATE FUNCTION post(batch jsonb, at timestamptz, OUT replayed boolean, OUT recorded_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    entries   entry[] := read_entries(batch);
    guarded   bigint[] := guarded_of(entries);
    one       entry;
    originals uuid[] := '{}';
    ending    uuid[] := '{}';
    due       uuid[] := '{}';
    pending   boolean := false;
    moment    timestamptz := at;
    places    bigint[];
    made      integer;
BEGIN
    FOREACH one IN ARRAY entries LOOP
        pending := pending OR one.kind = 'pending';
        IF one.pending_id IS NOT NULL THEN ending := ending || one.pending_id; END IF;
        IF one.reverses IS NOT NULL THEN originals := originals || one.reverses; END IF;
    END LOOP;
    IF guarded <> '{}' OR originals <> '{}' THEN
        due := ARRAY(SELECT id FROM holds WHERE expires_at <= at AND id <> ALL (ending)
                     AND (debit = ANY (guarded) OR credit = ANY (guarded) OR reverses = ANY (originals)));
        IF due <> '{}' AND EXISTS (SELECT FROM transfers t JOIN unnest(entries) e ON t.id = e.id) THEN
            due := '{}';  -- recorded before: nothing is done now
        END IF;
        PERFORM lock_balances(guarded, due);
        moment := greatest(at, (SELECT max(changed_at) FROM balances WHERE account = ANY (guarded)));
    END IF;
    IF originals <> '{}' THEN
        PERFORM FROM transfers WHERE id = ANY (originals) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF ending <> '{}' OR due <> '{}' THEN
        PERFORM FROM holds WHERE id = ANY (ending || due) ORDER BY id FOR UPDATE;
        PERFORM release(due, moment);
        SELECT count(*) INTO made FROM holds WHERE id = ANY (ending) AND (expires_at IS NULL OR expires_at > moment);
        IF made < cardinality(ending) THEN
            SELECT count(*) INTO made FROM transfers t JOIN unnest(entries) e ON t.id = e.id;
            IF made = 0 THEN
                PERFORM refuse_resolution(entries, moment);
            ELSIF made < cardinality(entries) THEN
                PERFORM refuse('LG011', 'a part of this chain was recorded before, in another chain', 0);
            END IF;
        END IF;
    END IF;
    places := ARRAY(SELECT nextval('transfers_seq') FROM generate_series(1, cardinality(entries)));
    INSERT INTO transfers (id, seq, chain, links, kind, debit, credit, amount, currency, pending_id, reverses,
                           timeout_s, expires_at, reason, reference, recorded_at)
    SELECT e.id, places[e.place], entries[1].id, cardinality(entries), e.kind, e.debit, e.credit, e.amount, e.currency,
           e.pending_id, e.reverses, e.timeout_s, moment + make_interval(secs => e.timeout_s), e.reason, e.reference, moment
    FROM unnest(entries) e ORDER BY e.id
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    IF made = 0 THEN
        replayed := true;
        recorded_at := replay(entries);
        RETURN;
    ELSIF made < cardinality(entries) THEN
        PERFORM refuse('LG011', 'a part of this chain was recorded before, in another chain', 0);
    END IF;
    IF pending THEN
        INSERT INTO holds SELECT e.id, e.debit, e.credit, e.amount, e.reverses, moment + make_interval(secs => e.timeout_s)
        FROM unnest(entries) e WHERE e.kind = 'pending';
    END IF;
    IF ending <> '{}' THEN
        DELETE FROM holds WHERE id = ANY (ending);
    END IF;
    IF originals <> '{}' THEN
        PERFORM demand_within_originals(originals);
    END IF;
    IF guarded <> '{}' THEN
        PERFORM move(entries, guarded, moment);
    END IF;
    replayed := false;
    recorded_at := moment;
END $$;
