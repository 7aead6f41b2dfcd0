"""Subscriptions, a gateway and its customers for tests of what is paid again and again."""

from dataclasses import dataclass, field

from builders.orders import SELLER, Desk
from payments.adapters.memory.gateway import MemoryGateway
from payments.adapters.memory.gateway_subscriptions import MemorySubscriptions as GatewaySubscriptions
from payments.adapters.memory.payments import MemoryProfiles
from payments.adapters.memory.subscriptions import MemoryPriceNames, MemorySubscriptions
from payments.model.ledger import PersonId
from payments.model.profile import Profile
from payments.service.subscriptions.beginning import Pages, Pricing, Subscribing


def profile(who: PersonId, state: str = SELLER) -> Profile:
    """Return who pays."""
    return Profile(who, f"{who[-12:]}@example.com", "Asha Rao", state)


@dataclass
class Office:
    """What subscribes, in memory."""

    desk: Desk = field(default_factory=Desk)
    subscriptions: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    names: MemoryPriceNames = field(default_factory=MemoryPriceNames)
    profiles: MemoryProfiles = field(default_factory=MemoryProfiles)
    gateway: MemoryGateway = field(init=False)
    hand: GatewaySubscriptions = field(init=False)

    def __post_init__(self) -> None:
        self.gateway = MemoryGateway(self.desk.clock.now)
        self.hand = GatewaySubscriptions(self.gateway)

    @property
    def subscribing(self) -> Subscribing:
        """Return what begins."""
        return Subscribing(
            self.subscriptions,
            self.profiles,
            self.gateway,
            self.hand,
            Pricing(self.hand, self.names),
            SELLER,
            "https://app.example/done",
            "https://app.example/back",
            self.desk.clock.now,
        )

    @property
    def pages(self) -> Pages:
        """Return what follows hosted pages."""
        return Pages(self.subscriptions)
