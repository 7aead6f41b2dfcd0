"""Subscriptions and the names of prices: one contract in memory and in PostgreSQL."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from builders.orders import NOW, SELLER, offer, person
from fixtures.database import Databases
from kit import ids
from payments.adapters.memory.subscriptions import MemoryPriceNames, MemorySubscriptions
from payments.adapters.postgres.subscriptions import PostgresPriceNames, PostgresSubscriptions
from payments.model.gateway import CheckoutRef, CustomerRef, InvoiceRef, PriceRef, SubscriptionRef
from payments.model.ledger import Book, PersonId
from payments.model.payment import Period, SubscriptionId
from payments.model.subscription import Arrears, Ordered, Subscription, terms_of
from payments.ports.subscriptions import PriceNames, Subscriptions


@dataclass
class Stores:
    subscriptions: Subscriptions
    names: PriceNames


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(MemorySubscriptions(), MemoryPriceNames())
    databases: Databases = request.getfixturevalue("database")
    db = databases("payments")
    return Stores(PostgresSubscriptions(db, None), PostgresPriceNames(db))


def pending(who: PersonId, sku: str = "premium-monthly") -> Subscription:
    wanted = offer(sku)
    terms = terms_of(wanted, SELLER, "KA")
    return Subscription(SubscriptionId(ids.uuid7()), who, wanted.line, terms, "pending", NOW, trial_days=7)


def test_a_subscription_is_kept_whole_and_found_by_its_names(stores: Stores) -> None:
    one = pending(person())
    assert stores.subscriptions.put(one, 0)
    full = replace(
        one,
        life="past_due",
        version=2,
        customer=CustomerRef("cus_1"),
        page=CheckoutRef("cs_1"),
        ref=SubscriptionRef(f"sub_{one.id}"),
        following=terms_of(offer("premium-yearly"), SELLER, "KA"),
        started_at=NOW,
        period=Period(NOW, NOW + timedelta(days=30)),
        arrears=Arrears(InvoiceRef("in_1"), 99900, NOW, NOW + timedelta(days=8), 2, asks=True),
        noticed=NOW,
        ordered=Ordered("premium-yearly@999900", 9_999_00),
    )
    assert stores.subscriptions.put(full, 1)
    assert stores.subscriptions.find(one.id) == full
    assert stores.subscriptions.of_ref(SubscriptionRef(f"sub_{one.id}")) == full
    assert stores.subscriptions.of_ref(SubscriptionRef("sub_absent")) is None
    assert stores.subscriptions.live(one.person, Book.RESEARCH) == full
    assert stores.subscriptions.live(one.person, Book.COURSES) is None


def test_an_older_version_is_refused(stores: Stores) -> None:
    one = pending(person())
    assert stores.subscriptions.put(one, 0)
    assert not stores.subscriptions.put(one, 0)
    assert not stores.subscriptions.put(replace(one, life="ended", version=3), 2)
    assert stores.subscriptions.find(one.id) == one


def test_a_person_has_one_live_subscription_a_line(stores: Stores) -> None:
    one, other = pending(person()), pending(person())
    assert stores.subscriptions.put(one, 0)
    second = replace(pending(one.person), opened_at=NOW + timedelta(hours=1))
    assert not stores.subscriptions.put(second, 0)
    assert stores.subscriptions.put(other, 0)
    assert stores.subscriptions.put(replace(one, life="abandoned", version=2), 1)
    assert stores.subscriptions.put(second, 0)
    assert [each.id for each in stores.subscriptions.of_person(one.person)] == [second.id, one.id]


def test_the_name_of_a_price_never_changes(stores: Stores) -> None:
    stores.names.keep(PriceRef("price_1"), "premium-monthly@99900")
    stores.names.keep(PriceRef("price_1"), "other@1")
    assert stores.names.name_of(PriceRef("price_1")) == "premium-monthly@99900"
    assert stores.names.name_of(PriceRef("price_2")) is None
