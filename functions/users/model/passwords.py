"""What a password must be."""

from users.model.accounts import Address

PASSWORD_LENGTH = (10, 128)
# fmt: off
_COMMON_PASSWORDS = frozenset({
    "password123", "password1234", "1234567890", "0123456789", "12345678910", "qwertyuiop", "qwerty12345",
    "qwerty123456", "iloveyou123", "1q2w3e4r5t", "1qaz2wsx3edc", "passw0rd123", "welcome12345",
    "admin123456", "letmein12345", "india12345", "zerodha123", "trading123", "abcdefghij", "abcd123456",
    "9876543210", "password@123", "welcome@123", "admin@12345", "india@12345", "qwerty@123", "treum12345",
})
# fmt: on


def password_weakness(password: str, address: Address) -> str | None:
    """Return what is wrong with ``password`` in one sentence, or None."""
    shortest, longest = PASSWORD_LENGTH
    lowered = password.lower()
    if not shortest <= len(password) <= longest:
        return f"A password has {shortest} to {longest} characters"
    if lowered in _COMMON_PASSWORDS or len(set(lowered)) < 4:  # noqa: PLR2004 - "aaaaaaaaaa" and its like
        return "This password is among the first that are guessed: take another"
    if address.value.partition("@")[0].lstrip("+") in lowered:
        return "A password must not contain your address"
    return None
