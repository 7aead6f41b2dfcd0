"""What a password must be. Whether it was leaked, a list knows (:class:`users.ports.LeakedPasswords`)."""

from collections.abc import Iterable

from users.model.accounts import Address

PASSWORD_LENGTH = (10, 128)
_FEWEST_CHARACTERS = 4  # "aaaaaaaaaa" and its like
_OUR_NAME = "treum"
_SHORTEST_NAME = 4
"""A shorter local part, such as ``a@``, stands in too many passwords by accident."""


def password_weakness(password: str, addresses: Iterable[Address]) -> str | None:
    """Return what is wrong with ``password`` for whoever has ``addresses``, in one sentence, or None."""
    shortest, longest = PASSWORD_LENGTH
    lowered = password.lower()
    if not shortest <= len(password) <= longest:
        return f"A password has {shortest} to {longest} characters"
    if len(set(lowered)) < _FEWEST_CHARACTERS or lowered.startswith(_OUR_NAME):
        return "This password is among the first that are guessed: take another"
    names = (address.value.partition("@")[0].lstrip("+") for address in addresses)
    if any(name in lowered for name in names if len(name) >= _SHORTEST_NAME):
        return "A password must not contain your address"
    return None
