"""What this domain holds about a person, as a reader and, for the few who are, as an analyst or reviewer."""

from typing import Final

from kit.privacy.tables import Erasure, Holdings, Keeping, Section

_RECORD: Final = (
    "Recommendations and the decisions about them are the record of a research analyst, promised in public"
    " and"
    " never rewritten; they name an id alone"
)
HOLDINGS: Final = Holdings(
    sections=(
        Section(
            "choices",
            ("subscriptions",),
            "SELECT symbols, strategies, changed_at FROM subscriptions WHERE subject = %(person)s",
        ),
        Section(
            "feedback",
            ("feedback",),
            "SELECT signal_id, action, rating, comment, given_at FROM feedback"
            " WHERE subject = %(person)s ORDER BY given_at",
        ),
        Section(
            "backtests",
            ("backtests",),
            "SELECT id, wanted, created_at, updated_at, status, finding FROM backtests"
            " WHERE owner = %(person)s ORDER BY created_at",
        ),
        Section(
            "hooks",
            ("hooks",),
            "SELECT id, name, template, analyst, created_at, rotated_at, revoked_at FROM hooks"
            " WHERE owner = %(person)s::uuid ORDER BY created_at",
        ),
        Section(
            "alerts",
            ("alerts",),
            "SELECT id, hook_id, content, received_at, status, reasons, terms, signal_id, settled_at FROM"
            " alerts"
            " WHERE owner = %(person)s::uuid ORDER BY received_at",
        ),
        Section(
            "signing_account",
            ("signing_accounts",),
            "SELECT analyst, assigned_at FROM signing_accounts WHERE user_id = %(person)s::uuid",
        ),
        Section(
            "drafts",
            ("signals",),
            "SELECT id, symbol, timeframe, terms, drafted_at, status FROM signals"
            " WHERE drafted_by = %(person)s ORDER BY drafted_at",
        ),
        Section(
            "decisions",
            ("decisions",),
            "SELECT signal_id, step, passed, reasons, note, decided_at FROM decisions"
            " WHERE decided_by = %(person)s ORDER BY decided_at",
        ),
        Section(
            "decided_revisions",
            ("revisions",),
            "SELECT signal_id, number, state, made_at, published_at FROM revisions"
            " WHERE decided_by = %(person)s ORDER BY made_at",
        ),
        Section(
            "voids",
            ("voids",),
            "SELECT signal_id, reason, note, voided_at FROM voids WHERE voided_by = %(person)s ORDER BY"
            " voided_at",
        ),
    ),
    erasures=(
        Erasure("choices", "DELETE FROM subscriptions WHERE subject = %(person)s"),
        Erasure("feedback", "DELETE FROM feedback WHERE subject = %(person)s"),
        Erasure(
            "backtest_slices",
            "DELETE FROM backtest_slices s USING backtests b WHERE b.id = s.backtest_id AND b.owner ="
            " %(person)s",
        ),
        Erasure("backtests", "DELETE FROM backtests WHERE owner = %(person)s"),
        Erasure("alerts", "DELETE FROM alerts WHERE owner = %(person)s::uuid AND signal_id IS NULL"),
        Erasure(
            "hooks",
            "UPDATE hooks SET name = '', template = '{}', revoked_at = coalesce(revoked_at, %(at)s)"
            " WHERE owner = %(person)s::uuid AND (revoked_at IS NULL OR name <> '')",
        ),
    ),
    keepings=(
        Keeping(
            "signals",
            _RECORD,
            "SELECT (SELECT count(*) FROM signals WHERE drafted_by = %(person)s)"
            " + (SELECT count(*) FROM decisions WHERE decided_by = %(person)s)"
            " + (SELECT count(*) FROM revisions WHERE decided_by = %(person)s)"
            " + (SELECT count(*) FROM voids WHERE voided_by = %(person)s)"
            " + (SELECT count(*) FROM signing_accounts WHERE user_id = %(person)s::uuid)"
            " + (SELECT count(*) FROM alerts WHERE owner = %(person)s::uuid), NULL::timestamptz",
        ),
    ),
)
