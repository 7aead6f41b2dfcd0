"""Entry of the consumer of ``privacy-events``: this domain's part of an export, and its erasure."""

from typing import Any

from kit.events import Event
from kit.events.privacy_events import PrivacyErasureDue
from kit.privacy.contributing import ContributorConsumer
from partners.bootstrap import contributor as wiring
from partners.model.application import OwnerId


def tell_mirror(event: Event[Any]) -> None:
    """Let the keys of an erased owner open nothing from now on. Raises ``Retryable``."""
    if isinstance(event.data, PrivacyErasureDue):
        wiring.mirroring().tell_owner(OwnerId(event.data.person))


handler = ContributorConsumer(wiring.contributing, wiring.database, "partners", after=tell_mirror).handler
