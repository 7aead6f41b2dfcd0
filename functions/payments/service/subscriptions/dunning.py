"""A renewal that was not paid: told, tried again after 1, 3, 5 and 7 days, and ended after the grace.

Each step may be cut off anywhere and is done again: a letter is sent once by its key, a charge is tried once
by the number of the try, and what came of it is read back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock, telemetry
from kit.failpoint import hit
from payments.errors.gateway import CustomerNeeded, PaymentDeclined, PaymentNotOpen
from payments.model import subscription_letters as letters
from payments.model.due import DueRow
from payments.model.payment import SubscriptionId
from payments.model.subscription import Arrears, Subscription
from payments.model.subscription_course import next_try
from payments.ports.gateway import SubscriptionGateway
from payments.ports.notifying import Notifier
from payments.ports.payments import Profiles
from payments.ports.subscriptions import Subscriptions
from payments.service.subscriptions.following import Recording
from payments.service.subscriptions.looking import Looking


@dataclass(frozen=True, slots=True)
class Dunning:
    """``home`` is the address of the pages on which people see and pay their subscriptions."""

    subscriptions: Subscriptions
    profiles: Profiles
    gateway: SubscriptionGateway
    looking: Looking
    recording: Recording
    notifier: Notifier
    home: str
    now: Callable[[], datetime] = clock.now

    def retry(self, row: DueRow) -> None:
        """Tell of the last try, or try again: whichever is due."""
        one = self.subscriptions.find(SubscriptionId(row.subject))
        if one is None or one.arrears is None:
            return
        if one.arrears.told < one.arrears.tries:
            self._tell(one, one.arrears)
        elif one.arrears.next_try_at is not None and one.arrears.next_try_at <= self.now():
            self._try(one, one.arrears)

    def _tell(self, one: Subscription, arrears: Arrears) -> None:
        profile = self.profiles.find(one.person)
        if profile is not None:
            self.notifier.tell(letters.failed(one, arrears, profile.email, self.home))
        hit("dunning.told")
        self.recording.record(one, replace(one, arrears=replace(arrears, told=arrears.tries)))

    def _try(self, one: Subscription, arrears: Arrears) -> None:
        assert one.ref is not None, "what is owed is owed to the gateway"
        try:
            self.gateway.pay_invoice(arrears.invoice, key=f"{arrears.invoice}:try:{arrears.tries}")
        except PaymentDeclined as refused:
            hit("dunning.tried")
            failed = replace(
                arrears,
                tries=arrears.tries + 1,
                next_try_at=next_try(arrears.since, self.now()),
                asks=isinstance(refused, CustomerNeeded),
            )
            self.recording.record(one, replace(one, arrears=failed))
            telemetry.count("DunningTriesFailed")
            return
        except PaymentNotOpen:
            pass  # it was settled in another way: the gateway knows how
        hit("dunning.tried")
        self.looking.look(one.ref)

    def downgrade(self, row: DueRow) -> None:
        """Look what became of it; what is still owed after the grace ends now, at the gateway first."""
        one = self._looked(row)
        if one is None or one.ref is None or one.arrears is None or one.arrears.grace_until > self.now():
            return
        self.gateway.end_subscription(one.ref, at_once=True, key=f"{one.id}:{one.arrears.invoice}:end")
        hit("dunning.ended")
        gone = self._looked(row)
        profile = self.profiles.find(one.person)
        if gone is not None and gone.life == "ended" and profile is not None:
            self.notifier.tell(letters.ended(gone, profile.email, self.home))

    def _looked(self, row: DueRow) -> Subscription | None:
        own = SubscriptionId(row.subject)
        one = self.subscriptions.find(own)
        if one is not None and one.ref is not None:
            self.looking.look(one.ref)
        return self.subscriptions.find(own)
