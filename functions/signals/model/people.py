"""Who acts: an account and the roles it holds."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """The account ``user`` and its roles; an admin holds every role."""

    user: str
    roles: frozenset[str] = frozenset()

    def is_any(self, roles: Iterable[str]) -> bool:
        """Whether the person holds one of ``roles``."""
        return "admin" in self.roles or not self.roles.isdisjoint(roles)
