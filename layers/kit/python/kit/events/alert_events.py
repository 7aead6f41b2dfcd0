"""Topic ``alert-events``: alerts that users' own tools send in. Key and subject: the webhook's id."""

from typing import ClassVar

from kit.events import Data, Moment


class AlertReceived(Data, frozen=True, kw_only=True):
    """A webhook was called and the alert is stored; what it says is read by whoever owns the table."""

    TYPE: ClassVar[str] = "alert.received"
    TOPIC: ClassVar[str] = "alert-events"
    SOURCE: ClassVar[str] = "/treum/signals"

    alert_id: str
    hook_id: str
    received_at: Moment
