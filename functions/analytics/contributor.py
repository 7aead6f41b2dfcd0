"""Entry of the consumer of ``privacy-events``: this domain's part of an export, and its erasure."""

from typing import Any

from analytics.bootstrap import contributor as wiring
from kit.events import Event
from kit.privacy.contributing import ContributorConsumer


def publish(event: Event[Any]) -> None:
    """Send the answer: after the commit, and again for an event seen before. Raises ``Retryable``."""
    wiring.relay().publish([event.subject])


handler = ContributorConsumer(wiring.contributing, wiring.database, "analytics", after=publish).handler
