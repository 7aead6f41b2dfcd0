"""Entry: a captured payment and a credit note on ``payment-events`` start their fulfilment."""

from kit.events import Event
from kit.events.payment_events import CreditNoteIssued, PaymentCaptured
from kit.kafka.consumer import Consumer
from payments.bootstrap.fulfilment_starter import database, driving
from payments.model.paper import PaperCause

NAME = "payments-fulfilment"


def captured(event: Event[PaymentCaptured]) -> None:
    """Start it under the payment's name; that it exists already is success."""
    driving().begin(PaperCause(event.data.payment_id))


def credited(event: Event[CreditNoteIssued]) -> None:
    """Start it under the refund's name: the note is issued, its PDF and its mail are not."""
    driving().begin(PaperCause(event.data.refund_id))


handler = Consumer(NAME, {PaymentCaptured: captured, CreditNoteIssued: credited}, database).handler
