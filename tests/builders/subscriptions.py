"""Subscriptions, a gateway and its customers for tests of what is paid again and again."""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from builders.orders import OFFERS, SELLER, Desk, offer
from kit.due.upkeep import Upkeep
from payments.adapters.kyc import SettledKyc
from payments.adapters.memory.gateway import Card, MemoryGateway
from payments.adapters.memory.gateway_subscriptions import MemorySubscriptions as GatewaySubscriptions
from payments.adapters.memory.notices import MemoryStates
from payments.adapters.memory.notifying import MemoryNotifier
from payments.adapters.memory.paying_in import MemoryPayingIn
from payments.adapters.memory.payments import MemoryProfiles
from payments.adapters.memory.refunds import MemoryRefunds
from payments.adapters.memory.subscriptions import MemoryPriceNames, MemorySubscriptions
from payments.model.due import DueKind
from payments.model.ledger import PersonId
from payments.model.offer import Catalogue
from payments.model.profile import Profile
from payments.model.subscription import Subscription
from payments.policies import limits
from payments.ports.payments import KycFacts
from payments.service.applying import Applying
from payments.service.capturing import Capturing
from payments.service.customers import Customers
from payments.service.limiting import Limiting
from payments.service.notices import ReadBack
from payments.service.subscriptions.beginning import Pages, Pricing, Subscribing
from payments.service.subscriptions.changing import Changing
from payments.service.subscriptions.dunning import Dunning
from payments.service.subscriptions.following import Following, Recording
from payments.service.subscriptions.looking import Looking
from payments.service.subscriptions.noticing import Noticing

HOME = "https://app.example"


def void(_result: object) -> None:
    """Return nothing, for a work whose result nobody wants."""


def profile(who: PersonId, state: str = SELLER) -> Profile:
    """Return who pays."""
    return Profile(who, f"{who[-12:]}@example.com", "Asha Rao", state)


@dataclass
class Office:
    """What subscribes, in memory."""

    desk: Desk = field(default_factory=Desk)
    refunds: MemoryRefunds = field(default_factory=MemoryRefunds)
    subscriptions: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    names: MemoryPriceNames = field(default_factory=MemoryPriceNames)
    profiles: MemoryProfiles = field(default_factory=MemoryProfiles)
    notifier: MemoryNotifier = field(default_factory=MemoryNotifier)
    states: MemoryStates = field(default_factory=MemoryStates)
    kyc: KycFacts = field(default_factory=lambda: SettledKyc("verified"))
    offers: Catalogue = OFFERS
    gateway: MemoryGateway = field(init=False)
    hand: GatewaySubscriptions = field(init=False)

    def __post_init__(self) -> None:
        self.gateway = MemoryGateway(self.desk.clock.now)
        self.hand = GatewaySubscriptions(self.gateway)

    @property
    def limiting(self) -> Limiting:
        """Return what holds people to the limits of their tiers."""
        paying_in = MemoryPayingIn(self.desk.payments, self.refunds, self.subscriptions)
        return Limiting(self.kyc, paying_in, limits.load(), self.desk.clock.now)

    @property
    def capturing(self) -> Capturing:
        """Return what records captures, and tells what passes a limit."""
        return replace(self.desk.capturing, beyond=self.limiting.beyond)

    @property
    def subscribing(self) -> Subscribing:
        """Return what begins."""
        return Subscribing(
            self.subscriptions,
            Customers(self.profiles, self.gateway),
            self.gateway,
            self.hand,
            Pricing(self.hand, self.names),
            self.limiting,
            nullcontext,
            SELLER,
            "https://app.example/done",
            "https://app.example/back",
            self.desk.clock.now,
        )

    @property
    def recording(self) -> Recording:
        """Return what keeps changes."""
        return Recording(self.subscriptions, self.desk.due, nullcontext, self.desk.clock.now)

    @property
    def following(self) -> Following:
        """Return what follows readings."""
        return Following(
            self.subscriptions,
            self.names,
            self.offers,
            self.profiles,
            self.kyc,
            self.desk.payments,
            self.desk.entitlements,
            self.desk.entitling,
            self.capturing,
            self.recording,
        )

    @property
    def looking(self) -> Looking:
        """Return what looks and follows."""
        applying = Applying(checkouts=(self.pages.follow,), subscriptions=(self.following.follow,))
        return Looking(ReadBack(self.gateway), self.states, nullcontext, applying.apply)

    @property
    def changing(self) -> Changing:
        """Return what changes."""
        pricing = Pricing(self.hand, self.names)
        return Changing(
            self.subscriptions,
            self.profiles,
            self.hand,
            pricing,
            self.looking,
            self.offers,
            self.desk.payments,
            self.limiting,
            nullcontext,
            self.desk.clock.now,
        )

    @property
    def dunning(self) -> Dunning:
        """Return what tries again."""
        return Dunning(
            self.subscriptions,
            self.profiles,
            self.hand,
            self.looking,
            self.recording,
            self.notifier,
            HOME,
            self.desk.clock.now,
        )

    @property
    def noticing(self) -> Noticing:
        """Return what tells before charges."""
        return Noticing(
            self.subscriptions,
            self.profiles,
            self.hand,
            self.recording,
            self.notifier,
            HOME,
            self.desk.clock.now,
        )

    @property
    def upkeep(self) -> Upkeep[DueKind]:
        """Return what does due rows."""
        entitling = self.desk.entitling
        return Upkeep(
            self.desk.due,
            {
                "entitlement.refresh": lambda row: void(entitling.refresh(PersonId(row.subject))),
                "invoice.issue": lambda _row: None,  # papers have tests of their own
                "subscription.notice": self.noticing.notice,
                "subscription.retry": self.dunning.retry,
                "subscription.downgrade": self.dunning.downgrade,
            },
            self.desk.clock.now,
        )

    def begun(self, who: PersonId, sku: str = "premium-monthly", card: Card = "good") -> Subscription:
        """Begin and pay on the page, and let the worker see it; return the subscription."""
        one = self.subscribing.begin(who, offer(sku), profile(who), f"{who}-{sku}")
        self.profiles.put(profile(who))
        assert one.page is not None
        self.hand.subscribe(one.page, card)
        ref = self.gateway.checkouts[one.page].subscription
        assert ref is not None
        self.looking.look(ref)
        return self.now_of(one)

    def now_of(self, one: Subscription) -> Subscription:
        """Return the newest state."""
        found = self.subscriptions.find(one.id)
        assert found is not None
        return found

    def renewed(self, one: Subscription) -> Subscription:
        """Go to the end of the period, let the gateway renew or end, and the worker see it."""
        assert one.ref is not None
        self.desk.clock.at = max(self.desk.clock.at, self.gateway.subscriptions[one.ref].period_end)
        self.hand.renew(one.ref)
        self.looking.look(one.ref)
        return self.now_of(one)

    def work(self) -> int:
        """Do everything that is due; return how many rows were done."""
        total = 0
        while done := self.upkeep.run():
            total += done
        return total

    def told(self, kind: str) -> list[Any]:
        """Return the data of the events of a type, in order."""
        stores = (self.subscriptions.told, self.desk.payments.told, self.desk.entitlements.told)
        return [one.data for store in stores for one in store if one.type == kind]

    @property
    def pages(self) -> Pages:
        """Return what follows hosted pages."""
        return Pages(self.subscriptions)
