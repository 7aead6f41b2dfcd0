"""A counter that sells, in memory: quotes, pages, wallets, and what follows the gateway."""

from dataclasses import dataclass, field, replace

from builders.orders import OFFERS, Desk
from builders.subscriptions import Office
from payments.adapters.kyc import SettledKyc
from payments.adapters.memory.notices import MemoryStates
from payments.model.gateway import CheckoutRef
from payments.model.ledger import PersonId
from payments.model.notice import GatewayState
from payments.model.payment import Payment, PaymentId
from payments.model.profile import Profile
from payments.ports.payments import KycFacts
from payments.service.applying import Applying
from payments.service.capturing import Capturing, fees_in
from payments.service.checking_out import CheckingOut, Paging
from payments.service.customers import Customers
from payments.service.following import Following
from payments.service.lapsing import Lapsing, LookingAgain
from payments.service.limiting import Limiting
from payments.service.notices import ReadBack
from payments.service.paying import Paying
from payments.service.quoting import Quoting

HOME = "https://app.example"


@dataclass
class Counter:
    """``confirmed`` are the second factors that were demanded."""

    office: Office = field(default_factory=Office)
    kyc: KycFacts = field(default_factory=lambda: SettledKyc("verified"))
    states: MemoryStates = field(default_factory=MemoryStates)
    confirmed: list[int] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        """Return the stores."""
        return self.office.desk

    def confirm(self, level: int) -> None:
        """Note what was demanded."""
        self.confirmed.append(level)

    @property
    def capturing(self) -> Capturing:
        """Return what records captures, with their fees."""
        desk = self.desk
        return Capturing(
            desk.payments,
            desk.ledger,
            desk.entitling,
            desk.payments.together,
            desk.clock.now,
            fees_in(self.states),
            self.limiting.beyond,
        )

    @property
    def limiting(self) -> Limiting:
        """Return what holds people to the limits of their tiers."""
        return replace(self.office.limiting, kyc=self.kyc)

    @property
    def quoting(self) -> Quoting:
        """Return what prices."""
        desk = self.desk
        return Quoting(
            OFFERS,
            self.office.profiles,
            desk.payments,
            desk.entitlements,
            self.kyc,
            self.limiting,
            desk.clock.now,
        )

    @property
    def paging(self) -> Paging:
        """Return what keeps payments and opens their pages."""
        desk, gateway = self.desk, self.office.gateway
        return Paging(
            desk.payments,
            desk.due,
            desk.payments.together,
            gateway,
            Customers(self.office.profiles, gateway),
            self.limiting,
            HOME,
            desk.clock.now,
        )

    @property
    def checking_out(self) -> CheckingOut:
        """Return what opens pages."""
        return CheckingOut(self.quoting, self.office.profiles, self.paging, self.office.subscribing)

    @property
    def following(self) -> Following:
        """Return what follows the gateway."""
        desk = self.desk
        return Following(desk.payments, desk.due, self.capturing)

    @property
    def applying(self) -> Applying:
        """Return who follows which state."""
        return Applying(
            checkouts=(self.office.pages.follow, self.following.page), payments=(self.following.payment,)
        )

    @property
    def lapsing(self) -> Lapsing:
        """Return what gives payments up."""
        desk, gateway = self.desk, self.office.gateway
        again = LookingAgain(ReadBack(gateway), self.states, self.applying, desk.payments.together)
        return Lapsing(
            desk.payments,
            desk.due,
            gateway,
            self.following,
            again.page,
            desk.payments.together,
            desk.clock.now,
        )

    @property
    def paying(self) -> Paying:
        """Return what buys from wallets."""
        desk = self.desk
        return Paying(
            self.quoting,
            self.office.profiles,
            desk.payments,
            self.capturing,
            desk.payments.together,
            desk.clock.now,
        )

    def enrol(self, who: PersonId, state: str = "KA") -> PersonId:
        """Keep a profile."""
        self.office.profiles.put(Profile(who, f"{who}@example.com", "Asha Rao", state))
        return who

    def payment(self, payment_id: str) -> Payment:
        """Return what is kept."""
        found = self.desk.payments.find(PaymentId(payment_id))
        assert found is not None, "it was kept"
        return found

    def page_of(self, payment_id: str) -> CheckoutRef:
        """Return the page of a payment."""
        page = self.payment(payment_id).checkout
        assert page is not None, "it has a page"
        return page

    def read(self, page: CheckoutRef) -> tuple[GatewayState, ...]:
        """Return what the gateway says of a page and what was bought on it."""
        return ReadBack(self.office.gateway).read("checkout", page)

    def hear(self, *states: GatewayState) -> None:
        """Keep and follow states as the worker does."""
        for state in states:
            if self.states.keep(state, self.states.next_reading()):
                self.applying.apply(state)
