"""What is for sale today, what it costs somebody, and what it asks of them first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit import clock
from payments.errors.orders import AlreadyOwned, FeeCapReached, KycRequired, OfferUnknown, ProfileMissing
from payments.model.ledger import Book, PersonId
from payments.model.limit import price_of
from payments.model.offer import Catalogue, Offer, Purpose, Sku, day_of
from payments.model.payment import CAP_WINDOW, RESEARCH_CAP, Payment
from payments.model.quote import WALLET, Order, Quote
from payments.model.sale import sold_within, untaxed
from payments.ports.entitlements import Entitlements
from payments.ports.payments import KycFacts, Payments, Profiles
from payments.service.limiting import Limiting

_TOP_UP: Final = "Money into your wallet"


@dataclass(frozen=True, slots=True)
class Quoting:
    """Prices are those of the day in India."""

    catalogue: Catalogue
    profiles: Profiles
    payments: Payments
    entitlements: Entitlements
    kyc: KycFacts
    limiting: Limiting
    now: Callable[[], datetime] = clock.now

    def offers(self, purpose: Purpose) -> tuple[Offer, ...]:
        """Return what is for sale now, the cheapest first."""
        found = (one for one in self.catalogue.on(day_of(self.now())) if one.purpose == purpose)
        return tuple(sorted(found, key=lambda one: (one.price, one.sku)))

    def quote(self, person: PersonId, order: Order, state: str | None = None) -> Quote:
        """Return what ``order`` costs in ``state``, else in that of the person's profile.

        Raises ``OfferUnknown``, and ``ProfileMissing`` where nobody said a state.
        """
        supply = state or self._state(person)
        if order.sku is None:
            sale = untaxed(order.top_up or 0)
            left = self._limit_left(person, Book.WALLET)
            return Quote(
                WALLET,
                _TOP_UP,
                "top_up",
                Book.WALLET,
                sale,
                supply,
                weight=sale.gross,
                limit_left=left,
            )
        offer = self.catalogue.find(order.sku, day_of(self.now()))
        if offer is None:
            raise OfferUnknown
        research = offer.line is Book.RESEARCH
        return Quote(
            offer.sku,
            offer.title,
            offer.purpose,
            offer.line,
            sold_within(offer.price, self.catalogue.seller, supply),
            supply,
            kyc=self.kyc.of(person) if research else "not_needed",
            cap_left=self._cap_left(person) if research else None,
            weight=price_of(offer, self.now()) if research else 0,
            limit_left=self._limit_left(person, offer.line) if research else None,
            owned=self.owns(person, offer.sku),
            offer=offer,
        )

    def title(self, one: Payment) -> str:
        """Return what ``one`` was called on the day it was opened: the same at every retry."""
        offer = self.catalogue.find(one.sku, day_of(one.opened_at))
        return offer.title if offer else _TOP_UP

    def demand(self, person: PersonId, quote: Quote) -> None:
        """Let pass what ``person`` may buy.

        Raises ``AlreadyOwned``, ``KycRequired``, ``FeeCapReached``, ``TierTooLow``.
        """
        if quote.owned:
            raise AlreadyOwned
        if quote.kyc == "awaited":
            raise KycRequired
        if not quote.within_cap:
            raise FeeCapReached
        if not quote.within_limit:
            self.limiting.demand(person, quote.line, quote.weight)

    def owns(self, person: PersonId, sku: Sku) -> bool:
        """Whether ``person`` has ``sku`` now."""
        at = self.now()
        return any(one.item == sku and one.holds(at) for one in self.entitlements.of(person))

    def _state(self, person: PersonId) -> str:
        profile = self.profiles.find(person)
        if profile is None:
            raise ProfileMissing
        return profile.state

    def _cap_left(self, person: PersonId) -> int:
        return max(0, RESEARCH_CAP - self.payments.research_paid(person, self.now() - CAP_WINDOW))

    def _limit_left(self, person: PersonId, line: Book) -> int | None:
        return self.limiting.room(person).left_for(line)
