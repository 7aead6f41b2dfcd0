-- What was reversed can come back: a bank that refuses a refund, a dispute that is won. Such a restoration reverses
-- the reversal, and what it restores may be reversed anew: reversals less their restorations stay within the original.

-- What of transfer ``original`` is reversed: posted reversals less what was restored of them, and what is held.
CREATE FUNCTION reversed(original uuid) RETURNS numeric LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT (SELECT coalesce(sum(r.amount), 0) FROM transfers r WHERE r.reverses = original AND r.kind IN ('posted', 'post'))
         - (SELECT coalesce(sum(b.amount), 0) FROM transfers r JOIN transfers b ON b.reverses = r.id AND b.kind IN ('posted', 'post')
            WHERE r.reverses = original AND r.kind IN ('posted', 'post'))
         + (SELECT coalesce(sum(h.amount), 0) FROM holds h WHERE h.reverses = original)
$$;
REVOKE ALL ON FUNCTION reversed(uuid) FROM PUBLIC, ledger_app;

CREATE OR REPLACE FUNCTION demand_within_originals(originals uuid[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM transfers o JOIN transfers r ON r.id = o.reverses
               WHERE o.id = ANY (originals) AND r.reverses IS NOT NULL) THEN
        PERFORM refuse('LG010', 'a restoration is not reversed: reverse the original again', 0);
    END IF;
    IF EXISTS (SELECT FROM transfers o WHERE o.id = ANY (originals) AND o.amount < reversed(o.id)) THEN
        PERFORM refuse('LG012', 'reversals would exceed what was posted', 0);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION discrepancies() RETURNS TABLE (what text, subject text, expected numeric, found numeric)
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
    SELECT 'reversals exceed what was posted', o.id::text, o.amount, reversed(o.id)
    FROM transfers o WHERE EXISTS (SELECT FROM transfers r WHERE r.reverses = o.id) AND reversed(o.id) > o.amount
    UNION ALL
    SELECT 'a chain is not whole', t.chain::text, max(t.links), count(*) FROM transfers t GROUP BY t.chain HAVING max(t.links) <> count(*)
$$;

-- Disputes: what the customer's bank took back while it decides, what it kept, what it charges for asking.
INSERT INTO accounts (code, book, kind, currency, guard, control, opened_at)
SELECT code, book, kind, 'INR', 'none', code, '2026-01-01 00:00+00'
FROM (VALUES ('courses'), ('research'), ('wallet')) books (book),
     (VALUES ('disputed', 'asset'), ('chargebacks', 'expense')) made (what, kind),
     LATERAL (SELECT book || ':' || what || ':INR') c (code) ORDER BY code;
