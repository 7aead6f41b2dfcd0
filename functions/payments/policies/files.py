"""Policies as data: one JSON file a date from which it is in force, never edited later."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """A policy, in force from ``since``."""

    @property
    def since(self) -> date:
        """Its first day."""


P = TypeVar("P", bound=Dated)


def read(folder: Path, pattern: str, policy_of: Callable[[dict[str, Any]], P]) -> tuple[P, ...]:
    """Return the policies of the files in ``folder``, the oldest first.

    Raises ``ValueError``, which names the file, for what is none.
    """
    found: list[P] = []
    for path in sorted(folder.glob(pattern)):
        try:
            found.append(policy_of(json.loads(path.read_text())))
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(f"{path.name} cannot be read: {error}") from error
    return tuple(sorted(found, key=lambda one: one.since))
