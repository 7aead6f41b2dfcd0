"""What every new password must be, wherever it is set."""

from collections.abc import Iterable
from dataclasses import dataclass

from users import model
from users.errors import BreachedPassword, WeakPassword
from users.model import Address
from users.ports import LeakedPasswords


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Length, no address in it, not leaked: NIST SP 800-63B (5.1.1.2) without rules of composition."""

    leaked: LeakedPasswords

    def demand(self, password: str, addresses: Iterable[Address], pointer: str = "/password") -> None:
        """Let a good password of whoever has ``addresses`` pass. ``WeakPassword``, ``BreachedPassword``."""
        weakness = model.password_weakness(password, addresses)
        if weakness is not None:
            raise WeakPassword(weakness, pointer)
        if password in self.leaked:
            raise BreachedPassword(pointer)
