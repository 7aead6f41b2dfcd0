"""Entry of the consumer of ``kyc-events``: how well a client is known decides what they may buy."""

from kit.events import Event
from kit.events.kyc_events import KycTierChanged
from kit.kafka import Consumer
from payments.bootstrap.orders import knowing
from payments.bootstrap.stores import database
from payments.model.kyc import KycFact
from payments.model.ledger import PersonId


def follow(event: Event[KycTierChanged]) -> None:
    """Take over the fact."""
    data = event.data
    fact = KycFact(PersonId(data.user_id), data.tier, data.valid_until, event.version, data.changed_at)
    knowing().follow(fact)


handler = Consumer("payments-kyc", {KycTierChanged: follow}, database).handler
