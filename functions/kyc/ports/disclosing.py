"""Who of the staff saw what, and why."""

from collections.abc import Sequence
from typing import Any, Protocol

from kit.events import Event
from kyc.ports.evidence import Disclosure


class Disclosures(Protocol):
    """Written before anything is shown."""

    def note(self, one: Disclosure, events: Sequence[Event[Any]]) -> None:
        """Keep ``one`` and tell ``events``, in one command."""
