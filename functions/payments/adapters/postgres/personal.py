"""What this domain holds about a person: what was bought is kept for the tax office, under an id alone."""

from typing import Final

from kit.privacy.tables import Erasure, Holdings, Keeping, Section

_TAX: Final = "Invoices are kept for 72 months after their year's annual return (CGST Act, 2017, section 36)"
_BOOKS: Final = "The books are append-only and must balance; they name an id alone"
HOLDINGS: Final = Holdings(
    sections=(
        Section(
            "billing_profile",
            ("billing_profiles",),
            "SELECT email, name, state, gstin, customer_ref, updated_at FROM billing_profiles"
            " WHERE person = %(person)s::uuid",
        ),
        Section(
            "payments",
            ("payments",),
            "SELECT id, purpose, sku, net, cgst, sgst, igst, state, source, status, opened_at, captured_at,"
            " subscription, period_start, period_end, dispute FROM payments"
            " WHERE person = %(person)s::uuid ORDER BY opened_at",
        ),
        Section(
            "entitlements",
            ("entitlements",),
            "SELECT cause, plan, item, starts_at, ends_at, revoked_for FROM entitlements"
            " WHERE person = %(person)s::uuid ORDER BY starts_at",
        ),
        Section(
            "standing",
            ("standings",),
            "SELECT plan, valid_until, items, told_at FROM standings WHERE person = %(person)s::uuid",
        ),
        Section(
            "subscriptions",
            ("subscriptions",),
            "SELECT id, line, life, opened_at, state, changed_at FROM subscriptions"
            " WHERE person = %(person)s::uuid ORDER BY opened_at",
        ),
        Section(
            "refunds",
            ("refunds",),
            "SELECT id, payment, sku, net, cgst, sgst, igst, reason, requested_at, status, decided_at,"
            " decision"
            " FROM refunds WHERE person = %(person)s::uuid ORDER BY requested_at",
        ),
        Section(
            "papers",
            ("papers",),
            "SELECT serial, kind, title, net, cgst, sgst, igst, place, buyer, issued_at, period_start,"
            " period_end"
            " FROM papers WHERE person = %(person)s::uuid ORDER BY issued_at",
        ),
        Section(
            "kyc_tier",
            ("kyc_facts",),
            "SELECT tier, valid_until, changed_at FROM kyc_facts WHERE person = %(person)s::uuid",
        ),
    ),
    erasures=(
        Erasure("billing_profile", "DELETE FROM billing_profiles WHERE person = %(person)s::uuid"),
        Erasure(
            "checkout_addresses",
            "UPDATE payments SET address = NULL WHERE person = %(person)s::uuid AND address IS NOT NULL",
        ),
    ),
    keepings=(
        Keeping(
            "papers",
            _TAX,
            "SELECT count(*), max(make_timestamptz(year + 8, 1, 1, 0, 0, 0, 'Asia/Kolkata'))"
            " FROM papers WHERE person = %(person)s::uuid",
        ),
        Keeping(
            "payments",
            _BOOKS,
            "SELECT (SELECT count(*) FROM payments WHERE person = %(person)s::uuid)"
            " + (SELECT count(*) FROM entitlements WHERE person = %(person)s::uuid)"
            " + (SELECT count(*) FROM subscriptions WHERE person = %(person)s::uuid)"
            " + (SELECT count(*) FROM refunds WHERE person = %(person)s::uuid), NULL::timestamptz",
        ),
    ),
    apart=(
        (
            "gateway_notices",
            "the subject is the gateway's own id; a body is emptied once its state was read back",
        ),
    ),
)
