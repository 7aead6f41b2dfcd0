"""For a contributor whose domain has no relay: it publishes its answers itself."""

from collections.abc import Callable
from typing import Any

from kit.events import Event
from kit.relay import Relay


def after(relay: Callable[[], Relay]) -> Callable[[Event[Any]], None]:
    """Return what sends an answer: after its commit, and again for an event seen before."""

    def publish(event: Event[Any]) -> None:
        """Send. Raises ``Retryable``."""
        relay().publish([event.subject])

    return publish
