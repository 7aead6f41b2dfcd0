"""Entry of the consumer of ``privacy-events``: the account's part of an export, its end, and letters."""

from collections.abc import Callable
from typing import Any, Final

from kit.events import Data, Event
from kit.events.privacy_events import (
    PrivacyErasureCancelled,
    PrivacyErasureClosing,
    PrivacyErasureHeld,
    PrivacyErasureRequested,
    PrivacyExportReady,
)
from kit.privacy.contributing import ContributorConsumer
from users.bootstrap import contributor as wiring


def claim(_event: Event[Any]) -> None:
    """Take note of what only a letter follows from."""


LETTERS: Final[dict[type[Data], Callable[[Any], None]]] = {
    PrivacyExportReady: claim,
    PrivacyErasureRequested: claim,
    PrivacyErasureCancelled: claim,
    PrivacyErasureHeld: claim,
    PrivacyErasureClosing: claim,
}
handler = ContributorConsumer(
    wiring.contributing,
    wiring.database,
    "users",
    more=LETTERS,
    after=lambda event: wiring.leaving().after(event),
).handler
