"""Give and take what is paid for: every change folds all facts of a person anew; due rows stand for time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock
from kit.events import Event
from kit.events.payment_events import EntitlementChanged
from payments.model.entitlement import Cause, Entitlement, Standing, next_change, restored, revoked
from payments.model.ledger import PersonId
from payments.ports.due import DueRows
from payments.ports.entitlements import Entitlements
from payments.ports.payments import Together
from payments.service import facts


@dataclass(frozen=True, slots=True)
class Entitling:
    """What changes and when it changes next are kept together, in a caller's transaction if there is one."""

    entitlements: Entitlements
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now

    def grant(self, fact: Entitlement) -> Standing:
        """Put ``fact`` in place of what followed from its cause before."""
        return self._change(fact.person, fact.cause, fact)

    def prolong(self, cause: Cause, ends_at: datetime | None) -> bool:
        """Let what follows from ``cause`` end at ``ends_at``; False when there is nothing."""
        fact = self.entitlements.find(cause)
        if fact is None:
            return False
        self._change(fact.person, cause, replace(fact, ends_at=ends_at))
        return True

    def revoke(self, cause: Cause, reason: str) -> bool:
        """Take what follows from ``cause``; taking twice is taking once. False when there is nothing."""
        fact = self.entitlements.find(cause)
        if fact is None:
            return False
        self._change(fact.person, cause, revoked(fact, reason))
        return True

    def restore(self, cause: Cause) -> bool:
        """Give back what was taken; False when there is nothing."""
        fact = self.entitlements.find(cause)
        if fact is None:
            return False
        self._change(fact.person, cause, restored(fact))
        return True

    def refresh(self, person: PersonId) -> Standing:
        """Look again, because time went on; whoever is told nothing new is told nothing."""
        return self._change(person, Cause(person))

    def _change(self, person: PersonId, cause: Cause, *changed: Entitlement) -> Standing:
        at = self.now()

        def tell(now: Standing, version: int) -> Event[EntitlementChanged]:
            return facts.entitled(person, now, version, cause)

        with self.together():
            standing = self.entitlements.change(person, changed, at, tell)
            following = next_change(self.entitlements.of(person), at)
            if following is None:
                self.due.drop("entitlement.refresh", person)
            else:
                self.due.plan("entitlement.refresh", person, following)
        return standing
