"""Entry: a submission on ``kyc-events`` starts its workflow."""

from kit.events import Event
from kit.events.kyc_events import KycSubmitted
from kit.kafka import Consumer
from kyc.bootstrap.driving import driving
from kyc.bootstrap.stores import database
from kyc.model.application import ApplicationId


def start(event: Event[KycSubmitted]) -> None:
    """Start it under the names of application and round; that it exists already is success."""
    driving().begin(ApplicationId(event.data.application_id), event.data.round)


handler = Consumer("kyc-starter", {KycSubmitted: start}, database).handler
