"""Entry: an approved refund on ``payment-events`` starts its saga."""

from kit.events import Event
from kit.events.payment_events import RefundApproved
from kit.kafka import Consumer
from payments.bootstrap.refunds import driving
from payments.bootstrap.stores import database
from payments.model.refund import RefundId


def start(event: Event[RefundApproved]) -> None:
    """Start it under the refund's name; that it exists already is success."""
    driving().begin(RefundId(event.data.refund_id))


handler = Consumer("payments-starter", {RefundApproved: start}, database).handler
