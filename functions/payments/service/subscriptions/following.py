"""Follow what the gateway holds of a subscription: all that it means for us, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kit import clock, telemetry
from kit.errors import Poison, Retryable
from kit.failpoint import hit
from payments.model.due import DueKind
from payments.model.entitlement import Cause, Entitlement, Kyc
from payments.model.gateway import GatewayInvoice, GatewaySubscription, PriceRef
from payments.model.ledger import Book, PersonId
from payments.model.notice import SubscriptionState
from payments.model.offer import Catalogue
from payments.model.payment import Payment, Period
from payments.model.sale import Sale, sold_within
from payments.model.subscription import (
    EndReason,
    Subscription,
    Terms,
    payment_id,
    subscription_of,
    terms_of,
)
from payments.model.subscription_course import Bill, Course, advance
from payments.model.subscription_due import rows_of
from payments.ports.due import DueRows
from payments.ports.entitlements import Entitlements
from payments.ports.payments import KycFacts, Payments, Profiles, Together
from payments.ports.subscriptions import PriceNames, Subscriptions
from payments.service.capturing import Capturing
from payments.service.entitling import Entitling
from payments.service.subscriptions import facts

_TAKEN: Final[dict[str, EndReason]] = {"refund": "refunded", "dispute": "disputed"}


@dataclass(frozen=True, slots=True)
class Recording:
    """Keeps a changed subscription with what is told and due of it."""

    subscriptions: Subscriptions
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now

    def record(self, was: Subscription, one: Subscription, course: Course | None = None) -> Subscription:
        """Keep ``one`` in place of ``was``, where they differ.

        Raises ``Retryable`` when it changed meanwhile.
        """
        if one == was:
            return was
        kept = replace(one, version=was.version + 1)
        before, after = rows_of(was), rows_of(kept)
        with self.together():
            if not self.subscriptions.put(kept, was.version, facts.told(was, kept, self.now(), course)):
                raise Retryable("The subscription is being changed by others: try again")
            for kind in before.keys() | after.keys():
                self._plan(kind, kept.id, before.get(kind), after.get(kind))
        return kept

    def _plan(self, kind: DueKind, subject: str, before: datetime | None, after: datetime | None) -> None:
        if after is None:
            self.due.drop(kind, subject)
        elif after != before:
            self.due.plan(kind, subject, after)


@dataclass(frozen=True, slots=True)
class Following:
    """Any order, repetition and concurrency of readings ends in the same state."""

    subscriptions: Subscriptions
    names: PriceNames
    offers: Catalogue
    profiles: Profiles
    kyc: KycFacts
    payments: Payments
    entitlements: Entitlements
    entitling: Entitling
    capturing: Capturing
    recording: Recording

    def follow(self, state: SubscriptionState) -> None:
        """Make ours what ``state`` says.

        Raises ``Retryable``, ``Poison`` for a price that is none of ours, and
        what the ledger refuses.
        """
        known = self._known(state.subscription)
        if known is None:
            telemetry.count("SubscriptionsUnknown", 1)
            return
        with self.recording.together():
            fact = self.entitlements.find(Cause(known.id))
            seller, place = self.offers.seller, self._place(known.person)
            course = self._course(state, known, place, _taken(fact))
            one = self.recording.record(known, advance(known, course, self.recording.now()), course)
            fresh = self._unrecorded(one, course)
            self._entitle(one, fact, paid_anew=bool(fresh))
            hit("subscription.entitled")
            for bill in fresh:
                sale = sold_within(bill.paid, seller, place)
                self.capturing.capture(_payment(one, bill, place, sale=sale), bill.payment, bill.paid_at)

    def _known(self, found: GatewaySubscription) -> Subscription | None:
        by_ref = self.subscriptions.of_ref(found.ref)
        if by_ref is not None:
            return by_ref
        own = subscription_of(found.subscription_id)
        return self.subscriptions.find(own) if own else None

    def _place(self, person: PersonId) -> str:
        """Return the place of supply: the address on record, else the supplier's (IGST Act, s. 12(2)(b))."""
        profile = self.profiles.find(person)
        return profile.state if profile else self.offers.seller

    def _course(
        self, state: SubscriptionState, known: Subscription, place: str, taken: EndReason | None
    ) -> Course:
        found = state.subscription
        return Course(
            found.ref,
            found.status,
            self._terms(found.price, known, place),
            found.ends,
            tuple(self._bill(each, known, place) for each in reversed(state.invoices)),
            taken,
        )

    def _bill(self, found: GatewayInvoice, known: Subscription, place: str) -> Bill:
        return Bill(
            found.ref,
            self._terms(found.price, known, place) if found.price else known.terms,
            found.status,
            found.due.amount,
            found.paid.amount,
            Period(found.period_start, found.period_end),
            found.payment,
            found.paid_at,
            found.address,
            found.credit.amount if found.credit else 0,
        )

    def _terms(self, price: PriceRef, known: Subscription, place: str) -> Terms:
        """Return the terms behind a price: as they were agreed, where they are known."""
        name = self.names.name_of(price)
        for agreed in (known.terms, known.following):
            if agreed is not None and agreed.name == name:
                return agreed
        offer = self.offers.named(name) if name else None
        if offer is None:
            raise Poison(f"no offer has the gateway's price {price}")
        return terms_of(offer, self.offers.seller, place)

    def _unrecorded(self, one: Subscription, course: Course) -> list[Bill]:
        known = {payment.id for payment in self.payments.of_subscription(one.id) if payment.captured_at}
        paid = [bill for bill in course.paid if bill.paid and bill.payment]
        return [bill for bill in paid if payment_id(bill.ref) not in known]

    def _entitle(self, one: Subscription, known: Entitlement | None, *, paid_anew: bool) -> None:
        """Grant what is paid for. What a refund or a dispute took comes back with the next payment."""
        if one.started_at is None:
            return
        fact = Entitlement(
            Cause(one.id),
            one.person,
            one.started_at,
            plan=one.terms.plan,
            ends_at=one.covered_until,
            kyc=self._kyc(one, known),
            revoked_for=known.revoked_for if known and not paid_anew else None,
        )
        if fact != known:
            self.entitling.grant(fact)

    def _kyc(self, one: Subscription, known: Entitlement | None) -> Kyc:
        """Return whether the client is known: who was when it was given keeps it while it runs (ADR 186)."""
        if one.line is not Book.RESEARCH:
            return "not_needed"
        return "verified" if known and known.kyc == "verified" else self.kyc.of(one.person)


def _taken(fact: Entitlement | None) -> EndReason | None:
    """Return what took the plan: the reason names a refund or a dispute."""
    reason = fact.revoked_for if fact else None
    return _TAKEN.get(reason.partition(":")[0]) if reason else None


def _payment(one: Subscription, bill: Bill, place: str, *, sale: Sale) -> Payment:
    """Return the payment that a paid invoice is."""
    assert bill.paid_at is not None, "what was paid knows when"
    return Payment(
        id=payment_id(bill.ref),
        person=one.person,
        purpose="subscription",
        sku=bill.terms.sku,
        line=one.line,
        sale=sale,
        state=place,
        source="gateway",
        status="opened",
        opened_at=bill.paid_at,
        subscription=one.id,
        period=bill.period,
    )
