"""Who pays in is held to the limit of their KYC tier: early at a quote, for good under a lock (ADR 250).

Money that came is never refused: a renewal, or a page paid late, that passes the limit is recorded and told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit import clock, telemetry
from kit.events import Event
from kit.events.payment_events import BooksDiffered
from payments.errors.limits import TierTooLow
from payments.model.ledger import Book, PersonId
from payments.model.limit import REGULATED, Room, coming, year_of
from payments.model.offer import day_of
from payments.model.payment import Payment
from payments.model.words import figures
from payments.policies.limits import LimitPolicies
from payments.ports.limits import PayingIn
from payments.ports.payments import KycFacts
from payments.service import facts

PASSED: Final = "kyc.limit"
"""What ``books.differed`` says differs: what was paid in a year, and what the tier allows."""


@dataclass(frozen=True, slots=True)
class Limiting:
    """Limits are those of the day in India, tiers those that hold now."""

    kyc: KycFacts
    paying_in: PayingIn
    policies: LimitPolicies
    now: Callable[[], datetime] = clock.now

    def room(self, person: PersonId) -> Room:
        """Return what the tier of ``person`` allows this year, and what of it is used."""
        now, tier = self.now(), self.kyc.tier(person)
        found = self.paying_in.of(person, year := year_of(now))
        limit = self.policies.on(day_of(now)).limits[tier]
        return Room(tier, limit, year, found.paid, found.waiting, coming(found.subscription, now))

    def demand(self, person: PersonId, line: Book, weight: int) -> None:
        """Let pass what counts as ``weight`` paise of ``line``. Raises ``TierTooLow``.

        It binds after :meth:`take_turn`, in the transaction that keeps what is bought; before, it only saves
        people a way in vain.
        """
        if line not in REGULATED:
            return
        room = self.room(person)
        left = room.left_for(line)
        if left is not None and weight > left:
            enough = self.policies.on(day_of(self.now())).enough_for(room.used_beside(line) + weight)
            raise TierTooLow(
                f"Your verification leaves ₹{figures(left)} until 31 March, and this counts as "
                f"₹{figures(weight)}: be verified for the tier {enough} by POST /kyc/applications",
                left,
                enough,
            )

    def take_turn(self, person: PersonId, line: Book) -> None:
        """Let whoever else buys of a regulated line for ``person`` wait until the open transaction is over.

        So that two at once cannot pass together.
        """
        if line in REGULATED:
            self.paying_in.lock(person)

    def beyond(self, one: Payment) -> tuple[Event[BooksDiffered], ...]:
        """Return what is told when ``one``, captured but not kept yet, passes the limit."""
        if one.line not in REGULATED or one.source != "gateway":
            return ()
        assert one.captured_at is not None, "a captured payment knows when"
        limit = self.policies.on(day_of(one.captured_at)).limits[self.kyc.tier(one.person)]
        if limit is None:
            return ()
        paid = self.paying_in.of(one.person, year_of(one.captured_at)).paid + one.sale.gross
        if paid <= limit:
            return ()
        telemetry.count("TierLimitsPassed")
        return (facts.differed(one, limit, paid, PASSED),)
