"""Facts of money and of signals as the bus tells them, and whole lives of people, for tests of figures."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from analytics.adapters.memory import MemoryEventStore
from builders import facts as signal_facts
from kit import events
from kit.events import Event
from kit.events.payment_events import (
    EntitlementChanged,
    Line,
    Parts,
    PaymentCaptured,
    PaymentDisputeEnded,
    RefundCompleted,
    SubscriptionEnded,
    SubscriptionPastDue,
    SubscriptionRecovered,
    SubscriptionRenewed,
    SubscriptionRepriced,
    SubscriptionStarted,
)
from kit.events.reader_events import ReaderSignalsChosen
from kit.ids import uuid7

START: Final = datetime(2026, 1, 10, 9, 30, tzinfo=UTC)
MONTH: Final = timedelta(days=30)
PREMIUM: Final = 99_900
ENTERPRISE: Final = 999_900
Told = tuple[int, Event[Any]]
"""An event and its partition."""


def seeded(seed: int) -> random.Random:
    """Return chance that a seed repeats."""
    return random.Random(seed)  # noqa: S311 - a repeatable story, no secret


def parts(net: int) -> Parts:
    """Return ``net`` with 18 % integrated tax."""
    return Parts(net=net, igst=net * 18 // 100)


def captured(
    user: str, net: int, at: datetime, line: Line = "courses", **more: Any
) -> Event[PaymentCaptured]:
    """Return that ``user`` paid ``net`` paise and tax."""
    payment = uuid7()
    data = PaymentCaptured(
        payment_id=payment,
        user_id=user,
        purpose="top_up" if line == "wallet" else "course",
        sku="course-options-basics",
        line=line,
        amount=Parts(net=net) if line == "wallet" else parts(net),
        currency="INR",
        source="gateway",
        state="KA",
        captured_at=at,
        **more,
    )
    return events.new(data, subject=payment, version=2)


def refunded(of: Event[PaymentCaptured], net: int, at: datetime) -> Event[RefundCompleted]:
    """Return that ``net`` paise and their tax of a payment went back."""
    paid = of.data
    data = RefundCompleted(
        refund_id=uuid7(),
        payment_id=paid.payment_id,
        user_id=paid.user_id,
        sku=paid.sku,
        line=paid.line,
        amount=Parts(net=net) if paid.line == "wallet" else parts(net),
        currency="INR",
        completed_at=at,
    )
    return events.new(data, subject=data.refund_id, version=5)


def disputed(
    of: Event[PaymentCaptured], outcome: str, at: datetime, left: int | None = None
) -> Event[PaymentDisputeEnded]:
    """Return how the dispute of a payment ended, of which ``left`` paise and their tax were not refunded."""
    paid = of.data
    data = PaymentDisputeEnded(
        payment_id=paid.payment_id,
        user_id=paid.user_id,
        purpose=paid.purpose,
        sku=paid.sku,
        line=paid.line,
        amount=paid.amount,
        currency="INR",
        left=parts(left) if left is not None else None,
        outcome=outcome,  # type: ignore[arg-type]  # one of the two
        ended_at=at,
    )
    return events.new(data, subject=paid.payment_id, version=4)


def entitled(user: str, plan: str, at: datetime, version: int = 1) -> Event[EntitlementChanged]:
    """Return the plan of a person from now on."""
    data = EntitlementChanged(
        user_id=user,
        plan=plan,  # type: ignore[arg-type]  # one of the three
        valid_until=at + MONTH,
        items=(),
        cause="c",
        changed_at=at,
    )
    return events.new(data, subject=user, version=version)


def chose(user: str, at: datetime, version: int = 1) -> Event[ReaderSignalsChosen]:
    """Return what a reader follows from now on."""
    data = ReaderSignalsChosen(user_id=user, symbols=("AAPL",), strategies=("ema-trend-1",), chosen_at=at)
    return events.new(data, subject=user, version=version)


@dataclass
class Life:
    """A subscription that tells what becomes of it, version by version."""

    user: str
    id: str = field(default_factory=uuid7)
    plan: str = "premium"
    monthly: int = PREMIUM
    interval: str = "month"
    version: int = 0

    def started(self, at: datetime, *, trial: bool = False) -> Event[Any]:
        """Begin."""
        return self._told(SubscriptionStarted, started_at=at, trial=trial, period_end=at + MONTH)

    def renewed(self, at: datetime, *, from_trial: bool = False) -> Event[Any]:
        """Pay on."""
        return self._told(SubscriptionRenewed, renewed_at=at, from_trial=from_trial, period_end=at + MONTH)

    def repriced(self, at: datetime, plan: str, monthly: int) -> Event[Any]:
        """Change to another offer."""
        before = {"previous_sku": "s", "previous_plan": self.plan, "previous_monthly": self.monthly}
        self.plan, self.monthly = plan, monthly
        return self._told(SubscriptionRepriced, repriced_at=at, **before)

    def late(self, at: datetime) -> Event[Any]:
        """Fail to pay."""
        grace = at + timedelta(days=7)
        return self._told(SubscriptionPastDue, failed_at=at, tries=1, next_try_at=grace, grace_until=grace)

    def recovered(self, at: datetime, *, reactivated: bool = False) -> Event[Any]:
        """Pay late."""
        return self._told(SubscriptionRecovered, recovered_at=at, reactivated=reactivated)

    def ended(self, at: datetime, reason: str = "cancelled") -> Event[Any]:
        """End."""
        return self._told(SubscriptionEnded, ended_at=at, reason=reason)

    def _told(self, kind: type[Any], **more: Any) -> Event[Any]:
        self.version += 1
        data = kind(
            subscription_id=self.id,
            user_id=self.user,
            sku=f"{self.plan}-{self.interval}",
            plan=self.plan,
            interval=self.interval,
            monthly=self.monthly,
            currency="INR",
            **more,
        )
        return events.new(data, subject=self.id, version=self.version)


def lives(chance: random.Random, people: int, steps: int = 12) -> list[list[Event[Any]]]:
    """Return random lives: each list is the events of one thing, which come in this order only."""
    found: list[list[Event[Any]]] = []
    for _ in range(people):
        user = uuid7()
        found += [[*_subscription(chance, user, steps)] for _ in range(chance.randint(1, 2))]
        found += [[one] for one in _money(chance, user)]
        found.append([entitled(user, chance.choice(["premium", "free"]), _when(chance), n) for n in (1, 2)])
        found.append([chose(user, _when(chance), version) for version in (1, 2)])
    return found + [_signal(chance) for _ in range(people)]


def shuffled(chance: random.Random, streams: list[list[Event[Any]]], partitions: int = 3) -> list[Told]:
    """Return the events of all ``streams`` in a random order that keeps each stream's own."""
    left = [(chance.randrange(partitions), list(stream)) for stream in streams]
    told: list[Told] = []
    while left:
        place = chance.randrange(len(left))
        partition, stream = left[place]
        told.append((partition, stream.pop(0)))
        if not stream:
            left.pop(place)
    return told


def store_of(told: Iterable[Told]) -> MemoryEventStore:
    """Return an event store with what was told."""
    store = MemoryEventStore()
    for partition, event in told:
        store.tell(event, partition)
    return store


def _when(chance: random.Random) -> datetime:
    return START + timedelta(hours=chance.randrange(24 * 365))


def _subscription(chance: random.Random, user: str, steps: int) -> Iterator[Event[Any]]:
    plan, monthly = chance.choice([("premium", PREMIUM), ("enterprise", ENTERPRISE)])
    one, at = Life(user, plan=plan, monthly=monthly), _when(chance)
    trial = chance.random() < 0.4
    yield one.started(at, trial=trial)
    for _ in range(chance.randrange(steps)):
        at += timedelta(hours=chance.randrange(24 * 40))
        step = chance.randrange(6)
        if step == 0:
            yield one.repriced(at, *chance.choice([("premium", PREMIUM), ("enterprise", ENTERPRISE)]))
        elif step == 1:
            yield one.late(at)
        elif step == 2:
            yield one.ended(at, chance.choice(["cancelled", "unpaid", "refunded"]))
        elif step == 3:
            yield one.recovered(at, reactivated=chance.random() < 0.5)
        else:
            yield one.renewed(at, from_trial=trial)


def _money(chance: random.Random, user: str) -> Iterator[Event[Any]]:
    for _ in range(chance.randrange(4)):
        line: Line = chance.choice(["courses", "research", "wallet"])
        paid = captured(user, chance.randrange(1, 500_000), _when(chance), line)
        yield paid
        if chance.random() < 0.3:
            yield refunded(paid, chance.randrange(1, paid.data.amount.net + 1), _when(chance))
        elif chance.random() < 0.2:
            yield disputed(paid, chance.choice(["won", "lost"]), _when(chance))


def _signal(chance: random.Random) -> list[Event[Any]]:
    strategy = chance.choice(["ema-trend-1", "donchian-breakout-1"])
    if chance.random() < 0.15:
        return [signal_facts.voided(_when(chance), strategy=strategy)]
    side = chance.choice(["buy", "sell"])
    stop = Decimal(95 if side == "buy" else 105)
    told: list[Event[Any]] = [
        signal_facts.published(strategy=strategy, side=side, stop=stop, published_at=_when(chance))
    ]
    if chance.random() < 0.7:
        told.append(signal_facts.closed(told[0], str(chance.randrange(90, 112))))
    elif chance.random() < 0.5:
        told.append(signal_facts.cancelled(told[0], chance.choice([None, "101"])))
    if chance.random() < 0.2:
        told.append(signal_facts.recalled(told[0]))
    return told
