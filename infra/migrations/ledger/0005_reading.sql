-- What the ledger says, now (``at`` NULL) or as of a time. A pending transfer holds its amount until its end is
-- recorded. A picture of the past is final once its time is older than the longest transaction (five seconds).

CREATE FUNCTION fold(wanted bigint, at timestamptz,
                     OUT debits_posted numeric, OUT debits_pending numeric, OUT credits_posted numeric, OUT credits_pending numeric)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH held AS (
        SELECT p.debit, p.amount FROM transfers p
        WHERE p.kind = 'pending' AND wanted IN (p.debit, p.credit) AND (p.recorded_at <= at) IS NOT FALSE
          AND NOT EXISTS (SELECT FROM transfers r WHERE r.pending_id = p.id AND (r.recorded_at <= at) IS NOT FALSE)
    )
    SELECT (SELECT coalesce(sum(amount), 0) FROM transfers WHERE debit = wanted AND kind IN ('posted', 'post')
                                                            AND (recorded_at <= at) IS NOT FALSE),
           (SELECT coalesce(sum(amount), 0) FROM held WHERE debit = wanted),
           (SELECT coalesce(sum(amount), 0) FROM transfers WHERE credit = wanted AND kind IN ('posted', 'post')
                                                            AND (recorded_at <= at) IS NOT FALSE),
           (SELECT coalesce(sum(amount), 0) FROM held WHERE debit <> wanted)
$$;

-- The balance of one account; of a guarded one, now, from its row.
CREATE FUNCTION balance(wanted text, at timestamptz) RETURNS TABLE (
    code text, book text, kind text, currency text, guard text,
    debits_posted bigint, debits_pending bigint, credits_posted bigint, credits_pending bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    IF at IS NULL THEN
        RETURN QUERY SELECT a.code, a.book, a.kind, a.currency, a.guard, b.debits_posted, b.debits_pending,
                            b.credits_posted, b.credits_pending
                     FROM accounts a JOIN balances b ON b.account = a.id WHERE a.code = wanted;
        IF FOUND THEN RETURN; END IF;
    END IF;
    RETURN QUERY SELECT a.code, a.book, a.kind, a.currency, a.guard, f.debits_posted::bigint, f.debits_pending::bigint,
                        f.credits_posted::bigint, f.credits_pending::bigint
                 FROM accounts a, LATERAL fold(a.id, at) f WHERE a.code = wanted;
END $$;

-- Postings of one account in the order of their recording, after ``since`` (time and number of the last one seen);
-- ``running`` is debits minus credits up to and with the line.
CREATE FUNCTION statement(wanted text, at timestamptz, since_at timestamptz, since_seq bigint, at_most integer) RETURNS TABLE (
    seq bigint, transfer uuid, counterpart text, amount bigint, running bigint, reason text, reference text, recorded_at timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH mine AS (
        SELECT id FROM accounts WHERE code = wanted
    ), opening AS (
        SELECT coalesce(sum(p.amount), 0) AS amount FROM postings p
        WHERE p.account = (SELECT id FROM mine) AND (p.recorded_at, p.seq) <= (since_at, since_seq)
    ), lines AS (
        SELECT p.* FROM postings p
        WHERE p.account = (SELECT id FROM mine) AND p.recorded_at <= at
          AND ((p.recorded_at, p.seq) > (since_at, since_seq)) IS NOT FALSE
        ORDER BY p.recorded_at, p.seq LIMIT at_most
    )
    SELECT l.seq, l.transfer, other.code, l.amount,
           ((SELECT amount FROM opening) + sum(l.amount) OVER (ORDER BY l.recorded_at, l.seq))::bigint,
           t.reason, t.reference, l.recorded_at
    FROM lines l JOIN transfers t ON t.id = l.transfer
    JOIN accounts other ON other.id = CASE l.account WHEN t.debit THEN t.credit ELSE t.debit END
    ORDER BY l.recorded_at, l.seq
$$;

-- Transfers as they were recorded, by id or by reference; ``ended`` says how a pending one ended.
CREATE FUNCTION transfers_of(ids uuid[], wanted text) RETURNS TABLE (
    id uuid, kind text, debit text, credit text, amount bigint, currency text, pending_id uuid, reverses uuid,
    timeout_s integer, reason text, reference text, chain uuid, recorded_at timestamptz, expires_at timestamptz, ended text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT t.id, t.kind, d.code, c.code, t.amount, t.currency, t.pending_id, t.reverses, t.timeout_s, t.reason,
           t.reference, t.chain, t.recorded_at, t.expires_at, r.kind
    FROM (SELECT * FROM transfers WHERE transfers.id = ANY (ids)
          UNION SELECT * FROM transfers WHERE transfers.reference = wanted) t
    JOIN accounts d ON d.id = t.debit JOIN accounts c ON c.id = t.credit
    LEFT JOIN transfers r ON r.pending_id = t.id
    ORDER BY t.seq LIMIT 1000
$$;

-- Debits and credits of each control account up to ``at``; the two columns have one sum, in every book.
CREATE FUNCTION trial_balance(at timestamptz, wanted text) RETURNS TABLE (
    book text, control text, kind text, currency text, debits bigint, credits bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT a.book, a.control, a.kind, a.currency, sum(greatest(p.amount, 0))::bigint, sum(greatest(-p.amount, 0))::bigint
    FROM postings p JOIN accounts a ON a.id = p.account
    WHERE p.recorded_at <= at AND (a.book = wanted) IS NOT FALSE
    GROUP BY a.book, a.control, a.kind, a.currency ORDER BY a.book, a.control
$$;

-- Everything that must hold, told where it does not: no rows where all is well.
CREATE FUNCTION discrepancies() RETURNS TABLE (what text, subject text, expected numeric, found numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT 'a book does not sum to zero', a.book || ' ' || a.currency, 0::numeric, sum(p.amount)
    FROM postings p LEFT JOIN accounts a ON a.id = p.account GROUP BY a.book, a.currency HAVING sum(p.amount) <> 0
    UNION ALL
    SELECT 'the sides of a bridge differ', a.bridge, 0, sum(p.amount)
    FROM postings p JOIN accounts a ON a.id = p.account WHERE a.bridge IS NOT NULL GROUP BY a.bridge HAVING sum(p.amount) <> 0
    UNION ALL
    SELECT 'a transfer crosses books or currencies', t.id::text, NULL, t.amount
    FROM transfers t JOIN accounts d ON d.id = t.debit JOIN accounts c ON c.id = t.credit
    WHERE d.book <> c.book OR d.currency <> c.currency OR t.currency <> d.currency
    UNION ALL
    SELECT 'a balance is not its postings', a.code || ' ' || v.name, v.folded, v.kept
    FROM balances b JOIN accounts a ON a.id = b.account, LATERAL fold(a.id, NULL) f,
         LATERAL (VALUES ('debits_posted', f.debits_posted, b.debits_posted), ('debits_pending', f.debits_pending, b.debits_pending),
                         ('credits_posted', f.credits_posted, b.credits_posted), ('credits_pending', f.credits_pending, b.credits_pending))
             v (name, folded, kept)
    WHERE v.folded <> v.kept
    UNION ALL
    SELECT 'a guard is broken', a.code, f.credits_posted, f.debits_posted + f.debits_pending
    FROM accounts a, LATERAL fold(a.id, NULL) f
    WHERE (a.guard = 'debits_must_not_exceed_credits' AND f.debits_posted + f.debits_pending > f.credits_posted)
       OR (a.guard = 'credits_must_not_exceed_debits' AND f.credits_posted + f.credits_pending > f.debits_posted)
    UNION ALL
    SELECT 'a hold is not an open pending transfer', coalesce(h.id, p.id)::text, p.amount, h.amount
    FROM holds h FULL JOIN (SELECT t.* FROM transfers t WHERE t.kind = 'pending'
                            AND NOT EXISTS (SELECT FROM transfers r WHERE r.pending_id = t.id)) p ON p.id = h.id
    WHERE (h.debit, h.credit, h.amount) IS DISTINCT FROM (p.debit, p.credit, p.amount)
    UNION ALL
    SELECT 'reversals exceed what was posted', o.id::text, o.amount, sum(r.amount)
    FROM transfers o JOIN transfers r ON r.reverses = o.id
    WHERE r.kind IN ('posted', 'post') OR EXISTS (SELECT FROM holds h WHERE h.id = r.id)
    GROUP BY o.id, o.amount HAVING sum(r.amount) > o.amount
    UNION ALL
    SELECT 'a chain is not whole', t.chain::text, max(t.links), count(*) FROM transfers t GROUP BY t.chain HAVING max(t.links) <> count(*)
$$;
