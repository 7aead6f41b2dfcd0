"""Entry: alerts of people's own tools from ``alert-events``; what ends them, from ``user-events``."""

from kit import telemetry
from kit.events import Event
from kit.events.alert_events import AlertReceived
from kit.events.user_events import UserDisabled, UserPlanChanged
from kit.kafka import Consumer
from signals.bootstrap.stores import database
from signals.bootstrap.webhooks import alerting
from signals.model.alert import AlertId


def settle(event: Event[AlertReceived]) -> None:
    """Read one alert, in the transaction that claims its event."""
    settled = alerting().settle(AlertId(event.data.alert_id))
    if settled is not None:
        telemetry.count("AlertsSettled", status=settled.status)


def end_plan(event: Event[UserPlanChanged]) -> None:
    """Take the webhooks of somebody whose plan has none."""
    if event.data.plan == "free":
        alerting().end_plan(event.data.user_id)


def close(event: Event[UserDisabled]) -> None:
    """Take the webhooks of somebody who is disabled."""
    alerting().close(event.data.user_id)


handler = Consumer(
    "signals-alerts", {AlertReceived: settle, UserPlanChanged: end_plan, UserDisabled: close}, database
).handler
