-- What must hold, of what was recorded after ``since``; of everything without it. In sets: a pass over the transfers
-- a check, whatever the number of accounts. A chain is recorded in one moment, so what was recorded after any moment
-- sums to zero by itself; balances and originals are weighed whole where it touched them.
DROP FUNCTION discrepancies();

-- Transfers come nearly in the order of their time: a few pages of index for all of them.
CREATE INDEX transfers_recorded ON transfers USING brin (recorded_at) WITH (pages_per_range = 16);

CREATE FUNCTION discrepancies(since timestamptz DEFAULT NULL) RETURNS TABLE (what text, subject text, expected numeric, found numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH seen AS MATERIALIZED (
        SELECT * FROM transfers WHERE recorded_at > coalesce(since, '-infinity')
    ), sums AS MATERIALIZED (
        SELECT side.account, sum(side.amount) AS amount
        FROM seen s, LATERAL (VALUES (s.debit, s.amount), (s.credit, -s.amount)) side (account, amount)
        WHERE s.kind IN ('posted', 'post') GROUP BY side.account
    ), touched AS MATERIALIZED (
        SELECT a.id, a.code, a.guard FROM accounts a
        WHERE a.guard <> 'none' AND (since IS NULL OR a.id IN (SELECT debit FROM seen UNION SELECT credit FROM seen))
    ), open AS MATERIALIZED (
        SELECT p.* FROM transfers p
        WHERE p.kind = 'pending' AND NOT EXISTS (SELECT FROM transfers r WHERE r.pending_id = p.id)
    ), folded AS MATERIALIZED (
        SELECT t.id, t.code, t.guard, coalesce(dp.amount, 0) AS debits_posted, coalesce(dh.amount, 0) AS debits_pending,
               coalesce(cp.amount, 0) AS credits_posted, coalesce(ch.amount, 0) AS credits_pending
        FROM touched t
        LEFT JOIN (SELECT debit AS account, sum(amount) AS amount FROM transfers
                   WHERE kind IN ('posted', 'post') AND debit IN (SELECT id FROM touched) GROUP BY debit) dp ON dp.account = t.id
        LEFT JOIN (SELECT credit AS account, sum(amount) AS amount FROM transfers
                   WHERE kind IN ('posted', 'post') AND credit IN (SELECT id FROM touched) GROUP BY credit) cp ON cp.account = t.id
        LEFT JOIN (SELECT debit AS account, sum(amount) AS amount FROM open GROUP BY debit) dh ON dh.account = t.id
        LEFT JOIN (SELECT credit AS account, sum(amount) AS amount FROM open GROUP BY credit) ch ON ch.account = t.id
    )
    SELECT 'a book does not sum to zero', a.book || ' ' || a.currency, 0::numeric, sum(s.amount)
    FROM sums s LEFT JOIN accounts a ON a.id = s.account GROUP BY a.book, a.currency HAVING sum(s.amount) <> 0
    UNION ALL
    SELECT 'the sides of a bridge differ', a.bridge, 0, sum(s.amount)
    FROM sums s JOIN accounts a ON a.id = s.account WHERE a.bridge IS NOT NULL GROUP BY a.bridge HAVING sum(s.amount) <> 0
    UNION ALL
    SELECT 'a transfer crosses books or currencies', s.id::text, NULL, s.amount
    FROM seen s JOIN accounts d ON d.id = s.debit JOIN accounts c ON c.id = s.credit
    WHERE d.book <> c.book OR d.currency <> c.currency OR s.currency <> d.currency
    UNION ALL
    SELECT 'a balance is not its postings', f.code || ' ' || v.name, v.folded, v.kept
    FROM folded f JOIN balances b ON b.account = f.id,
         LATERAL (VALUES ('debits_posted', f.debits_posted, b.debits_posted), ('debits_pending', f.debits_pending, b.debits_pending),
                         ('credits_posted', f.credits_posted, b.credits_posted), ('credits_pending', f.credits_pending, b.credits_pending))
             v (name, folded, kept)
    WHERE v.folded <> v.kept
    UNION ALL
    SELECT 'a guard is broken', f.code, f.credits_posted, f.debits_posted + f.debits_pending FROM folded f
    WHERE NOT within_guard(f.guard, f.debits_posted, f.debits_pending, f.credits_posted, f.credits_pending)
    UNION ALL
    SELECT 'a hold is not an open pending transfer', coalesce(h.id, p.id)::text, p.amount, h.amount
    FROM holds h FULL JOIN open p ON p.id = h.id
    WHERE (h.debit, h.credit, h.amount) IS DISTINCT FROM (p.debit, p.credit, p.amount)
    UNION ALL
    SELECT 'reversals exceed what was posted', o.id::text, o.amount, o.reversed
    FROM (SELECT t.id, t.amount, reversed(t.id) AS reversed FROM transfers t
          WHERE t.id IN (SELECT reverses FROM seen WHERE reverses IS NOT NULL)) o
    WHERE o.reversed > o.amount
    UNION ALL
    SELECT 'a chain is not whole', s.chain::text, max(s.links), count(*) FROM seen s GROUP BY s.chain HAVING max(s.links) <> count(*)
$$;
REVOKE ALL ON FUNCTION discrepancies(timestamptz) FROM PUBLIC, ledger_app;
GRANT EXECUTE ON FUNCTION discrepancies(timestamptz) TO payments_app;
