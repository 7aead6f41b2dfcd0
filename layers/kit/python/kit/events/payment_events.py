"""Topic ``payment-events``: money. Key and subject: the gateway's id of what changed, or our payment's id."""

from typing import ClassVar, Literal

from kit.events import Data, Moment


class GatewayNotified(Data, frozen=True, kw_only=True):
    """The payment gateway told, authentically, that something changed; its state is to be read back."""

    TYPE: ClassVar[str] = "gateway.notified"
    TOPIC: ClassVar[str] = "payment-events"
    SOURCE: ClassVar[str] = "/treum/payments"

    notice_id: str
    kind: Literal["payment", "checkout", "subscription"]
    ref: str
    about: str
    occurred_at: Moment
