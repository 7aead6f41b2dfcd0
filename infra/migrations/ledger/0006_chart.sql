-- The chart of accounts in rupees; `payments.model.ledger_chart` names the same ones, and a test compares.
WITH books (book) AS (VALUES ('courses'), ('research'), ('wallet')),
made (book, what, kind, bridge) AS (
    SELECT book, what, kind, NULL FROM books, (VALUES ('clearing', 'asset'), ('bank', 'asset'), ('fees', 'expense')) v (what, kind)
    UNION ALL
    SELECT book, what, kind, NULL FROM books, (VALUES ('revenue', 'income'), ('refunds', 'expense'), ('gst:cgst', 'liability'),
                                                      ('gst:sgst', 'liability'), ('gst:igst', 'liability')) v (what, kind)
    WHERE book <> 'wallet'
    UNION ALL
    -- what a wallet pays for: owed by its book, owed to the other
    SELECT 'wallet', 'bridge:' || book, 'liability', book || '-wallet:INR' FROM books WHERE book <> 'wallet'
    UNION ALL
    SELECT book, 'bridge:wallet', 'asset', book || '-wallet:INR' FROM books WHERE book <> 'wallet'
)
INSERT INTO accounts (code, book, kind, currency, guard, control, bridge, opened_at)
SELECT code, book, kind, 'INR', 'none', code, bridge, '2026-01-01 00:00+00'
FROM made, LATERAL (SELECT book || ':' || what || ':INR') c (code) ORDER BY code;
