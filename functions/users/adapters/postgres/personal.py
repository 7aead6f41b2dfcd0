"""What this domain holds about a person, and what of it goes: the account becomes a row that names nobody.

Digests of passwords and codes, and the app's secret, are no part of an export: they let others in.
"""

from typing import Final

from kit.privacy.tables import Erasure, Holdings, Keeping, Section

_CONSENT: Final = (
    "We must be able to show that consent was given (DPDP Act, 2023, section 6(10)), by an id alone"
)
HOLDINGS: Final = Holdings(
    sections=(
        Section(
            "account",
            ("users",),
            "SELECT id, email, phone, display_name, locale, roles, plan, valid_until, granted_plan,"
            " granted_until,"
            " paid_plan, paid_until, disabled_at, disabled_for, created_at, updated_at FROM users"
            " WHERE id = %(person)s::uuid",
        ),
        Section(
            "consents",
            ("consents",),
            "SELECT purpose, version, digest, given, locale, at FROM consents"
            " WHERE user_id = %(person)s::uuid ORDER BY seq",
        ),
        Section(
            "identities",
            ("identities",),
            "SELECT issuer, subject, linked_at FROM identities"
            " WHERE user_id = %(person)s::uuid ORDER BY linked_at",
        ),
        Section(
            "devices",
            ("devices",),
            "SELECT device_id, name, created_at, last_seen_at, revoked_at, revoked_for FROM devices"
            " WHERE user_id = %(person)s::uuid ORDER BY created_at",
        ),
        Section(
            "sessions",
            ("refresh_tokens",),
            "SELECT issued_at, expires_at, used_at FROM refresh_tokens"
            " WHERE user_id = %(person)s::uuid ORDER BY issued_at",
        ),
        Section(
            "confirmations",
            ("confirmations",),
            "SELECT purpose, method, created_at, expires_at, consumed_at FROM confirmations"
            " WHERE user_id = %(person)s::uuid ORDER BY created_at",
        ),
        Section(
            "second_factor",
            ("second_factors",),
            "SELECT created_at, confirmed_at FROM second_factors WHERE user_id = %(person)s::uuid",
        ),
        Section(
            "backup_codes",
            ("backup_codes",),
            "SELECT created_at, used_at FROM backup_codes WHERE user_id = %(person)s::uuid ORDER BY"
            " created_at",
        ),
        Section(
            "address_changes",
            ("address_changes",),
            "SELECT channel, address, created_at, due_at, ended_at, ended_as FROM address_changes"
            " WHERE user_id = %(person)s::uuid ORDER BY created_at",
        ),
        Section(
            "password_resets",
            ("password_resets",),
            "SELECT created_at, expires_at, consumed_at FROM password_resets"
            " WHERE user_id = %(person)s::uuid ORDER BY created_at",
        ),
        Section(
            "failed_sign_ins",
            ("login_attempts",),
            "SELECT failed_at, locked_at FROM login_attempts WHERE user_id = %(person)s::uuid",
        ),
        Section(
            "registrations",
            ("otp_verifications",),
            "SELECT o.channel, o.address, o.display_name, o.locale, o.created_at, o.consumed_at"
            " FROM otp_verifications o JOIN users u ON o.address IN (u.email, u.phone)"
            " WHERE u.id = %(person)s::uuid ORDER BY o.created_at",
        ),
    ),
    # the account last: what is found by its addresses goes before them
    erasures=(
        Erasure(
            "registrations",
            "DELETE FROM otp_verifications o USING users u"
            " WHERE u.id = %(person)s::uuid AND o.address IN (u.email, u.phone)",
        ),
        Erasure("identities", "DELETE FROM identities WHERE user_id = %(person)s::uuid"),
        Erasure("devices", "DELETE FROM devices WHERE user_id = %(person)s::uuid"),
        Erasure("confirmations", "DELETE FROM confirmations WHERE user_id = %(person)s::uuid"),
        Erasure("backup_codes", "DELETE FROM backup_codes WHERE user_id = %(person)s::uuid"),
        Erasure("second_factors", "DELETE FROM second_factors WHERE user_id = %(person)s::uuid"),
        Erasure("address_changes", "DELETE FROM address_changes WHERE user_id = %(person)s::uuid"),
        Erasure("password_resets", "DELETE FROM password_resets WHERE user_id = %(person)s::uuid"),
        Erasure("failed_sign_ins", "DELETE FROM login_attempts WHERE user_id = %(person)s::uuid"),
        Erasure(
            "account",
            "UPDATE users SET email = NULL, phone = NULL, password_hash = '', display_name = '', roles ="
            " '{user}',"
            " plan = 'free', valid_until = NULL, granted_plan = 'free', granted_until = NULL,"
            " not_before = greatest(not_before, floor(extract(epoch FROM %(at)s::timestamptz))::bigint) + 1,"
            " disabled_at = NULL, disabled_for = NULL, disabled_case = NULL,"
            " version = version + 1, updated_at = %(at)s, erased_at = %(at)s"
            " WHERE id = %(person)s::uuid AND erased_at IS NULL",
        ),
    ),
    keepings=(
        Keeping(
            "consents",
            _CONSENT,
            "SELECT count(*), NULL::timestamptz FROM consents WHERE user_id = %(person)s::uuid",
        ),
        Keeping(
            "account",
            "An empty row keeps the id from being given again; it has no name, address or password",
            "SELECT count(*), NULL::timestamptz FROM users WHERE id = %(person)s::uuid",
        ),
    ),
)
