"""Tell of a charge before it comes: one letter a period."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kit import clock, telemetry
from payments.model import subscription_letters as letters
from payments.model.due import DueRow
from payments.model.payment import SubscriptionId
from payments.model.subscription import renews
from payments.ports.gateway import SubscriptionGateway
from payments.ports.notifying import Notifier
from payments.ports.payments import Profiles
from payments.ports.subscriptions import Subscriptions
from payments.service.subscriptions.following import Recording

AT_LEAST: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Noticing:
    """What is charged is asked of the gateway, so that the letter and the charge agree to the paisa."""

    subscriptions: Subscriptions
    profiles: Profiles
    gateway: SubscriptionGateway
    recording: Recording
    notifier: Notifier
    home: str
    now: Callable[[], datetime] = clock.now

    def notice(self, row: DueRow) -> None:
        """Send the notice of the coming charge; a renewal that costs nothing needs none."""
        one = self.subscriptions.find(SubscriptionId(row.subject))
        if one is None or one.ref is None or one.period is None or not renews(one):
            return
        if one.noticed == one.period.end:
            return
        forecast, profile = self.gateway.preview(one.ref), self.profiles.find(one.person)
        if forecast is not None and forecast.total.amount > 0 and profile is not None:
            self.notifier.tell(letters.renewal(one, forecast.total.amount, profile.email, self.home))
            if one.period.end - self.now() < AT_LEAST:
                telemetry.count("RenewalNoticesLate")
        self.recording.record(one, replace(one, noticed=one.period.end))
