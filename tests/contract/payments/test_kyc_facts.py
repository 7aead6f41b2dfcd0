"""What KYC tells: kept by version, on both kinds of store; it decides what may be bought, and gives what waited."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from builders.orders import NOW, person
from builders.refund_database import DatabaseDesk
from builders.refunds import RefundDesk
from payments.adapters.memory.kyc import MemoryKyc
from payments.adapters.postgres.kyc import PostgresKyc
from payments.model.entitlement import Cause, Entitlement, Kyc
from payments.model.kyc import KycFact
from payments.service.knowing import Knowing

UNTIL = NOW + timedelta(days=730)


@dataclass
class Known:
    """The facts, and what follows them."""

    desk: RefundDesk

    def book(self, otherwise: Kyc = "awaited") -> MemoryKyc | PostgresKyc:
        if isinstance(self.desk, DatabaseDesk):
            return PostgresKyc(self.desk.db, otherwise, self.desk.clock.now)
        return MemoryKyc(otherwise, self.desk.clock.now)


@pytest.fixture
def known(desk: RefundDesk) -> Known:
    return Known(desk)


def fact(**changed: object) -> KycFact:
    return replace(KycFact(person(), "basic", UNTIL, 1, NOW), **changed)  # type: ignore[arg-type] # by name


def test_the_newest_fact_stands(known: Known) -> None:
    book, first = known.book(), fact()
    assert book.of(first.person) == "awaited"
    assert book.put(first)
    assert book.of(first.person) == "verified"
    gone = replace(first, tier="none", valid_until=None, version=2)
    assert book.put(gone)
    assert not book.put(first), "an older one that comes late"
    assert not book.put(gone), "and one that comes twice"
    assert book.of(first.person) == "awaited"


def test_a_fact_ends_with_its_time(known: Known) -> None:
    book, first = known.book(), fact()
    book.put(first)
    known.desk.clock.forward(days=729)
    assert book.tier(first.person) == "basic"
    known.desk.clock.forward(days=1)
    assert book.of(first.person) == "awaited", "also before somebody tells"
    assert book.tier(first.person) == "none"


def test_the_tier_is_that_of_the_fact_and_else_what_the_setting_gives(known: Known) -> None:
    strict, vouching = known.book(), known.book("local_grant")
    assert (strict.tier(person()), vouching.tier(person())) == ("none", "standard")
    for tier in ("basic", "standard", "unlimited"):
        for book in (strict, vouching):
            one = fact(tier=tier)
            book.put(one)
            assert book.tier(one.person) == tier
    gone = fact(tier="none", valid_until=None)
    vouching.put(gone)
    assert vouching.tier(gone.person) == "none", "KYC's word, where a laptop would vouch"


def test_a_fact_wins_over_what_a_laptop_vouches_for(known: Known) -> None:
    book, first = known.book("local_grant"), fact()
    assert book.of(first.person) == "local_grant"
    book.put(first)
    assert book.of(first.person) == "verified"
    book.put(replace(first, tier="none", valid_until=None, version=2))
    assert book.of(first.person) == "awaited"


def test_what_was_paid_and_waited_is_given_and_stays(known: Known) -> None:
    desk, book, first = known.desk, known.book(), fact()
    knowing = Knowing(book, desk.entitlements, desk.entitling, desk.together)
    cause = Cause(person())
    paid = Entitlement(cause, first.person, NOW, plan="premium", kyc="awaited")
    desk.entitling.grant(paid)
    assert not paid.holds(NOW)
    knowing.follow(replace(first, tier="none", valid_until=None))
    assert desk.entitlements.find(cause) == paid, "that there is no tier gives nothing"
    knowing.follow(replace(first, version=2))
    knowing.follow(replace(first, version=2))
    assert desk.entitlements.find(cause) == replace(paid, kyc="verified")
    assert desk.entitling.refresh(first.person).plan == "premium"
    knowing.follow(replace(first, tier="none", valid_until=None, version=3))
    assert desk.entitling.refresh(first.person).plan == "premium", (
        "what is paid stays; what is next is refused"
    )
    assert book.of(first.person) == "awaited"
