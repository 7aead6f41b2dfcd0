"""Payments, entitlements and due rows: one contract in memory and in PostgreSQL."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from builders.orders import NOW, Clock, course, person, top_up
from fixtures.database import Databases
from kit.due.memory import MemoryDueRows
from kit.due.postgres import PostgresDueRows
from kit.errors import Poison
from kit.money import Money
from kit.stores.postgres import Database
from payments.adapters.memory.entitlements import MemoryEntitlements
from payments.adapters.memory.ledger import MemoryLedger
from payments.adapters.memory.payments import MemoryPayments, MemoryProfiles
from payments.adapters.postgres.entitlements import PostgresEntitlements
from payments.adapters.postgres.ledger import PostgresLedger
from payments.adapters.postgres.payments import PostgresPayments, PostgresProfiles
from payments.model import ledger_chart as chart
from payments.model.due import DueRow
from payments.model.entitlement import Cause, Entitlement, Standing
from payments.model.gateway import CheckoutRef, CustomerRef, PaymentRef
from payments.model.ledger import AccountCode, Book, PersonId
from payments.model.payment import Period, SubscriptionId
from payments.model.profile import Profile
from payments.ports.due import DueRows
from payments.ports.entitlements import Entitlements
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments, Profiles, Together
from payments.service import facts
from payments.service.capturing import Capturing
from payments.service.entitling import Entitling


@dataclass
class Shop:
    """The ports over one kind of store; ``told`` counts the events of a type that were told."""

    payments: Payments
    profiles: Profiles
    entitlements: Entitlements
    due: DueRows
    ledger: Ledger
    together: Together
    db: Database | None
    clock: Clock
    fees: dict[PaymentRef, Money] = field(default_factory=dict)

    def told(self, kind: str) -> int:
        if self.db is not None:
            query = "SELECT count(*) FROM outbox WHERE convert_from(payload, 'UTF8')::jsonb ->> 'type' = %s"
            row = self.db.one(query, (kind,))
            assert row is not None
            return int(row[0])
        assert isinstance(self.payments, MemoryPayments)
        assert isinstance(self.entitlements, MemoryEntitlements)
        return sum(one.type == kind for one in (*self.payments.told, *self.entitlements.told))

    @property
    def entitling(self) -> Entitling:
        return Entitling(self.entitlements, self.due, self.together, self.clock.now)

    @property
    def capturing(self) -> Capturing:
        return Capturing(
            self.payments, self.ledger, self.entitling, self.together, self.clock.now, self.fees.get
        )

    def balance(self, account: str) -> tuple[int, int]:
        found = self.ledger.balance(AccountCode(account))
        assert found is not None
        return found.debits_posted, found.credits_posted


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def shop(request: pytest.FixtureRequest) -> Shop:
    clock = Clock()
    if request.param == "memory":
        kept = MemoryPayments()
        return Shop(
            kept,
            MemoryProfiles(),
            MemoryEntitlements(),
            MemoryDueRows(),
            MemoryLedger(),
            kept.together,
            None,
            clock,
        )
    databases: Databases = request.getfixturevalue("database")
    db = databases("payments", "ledger")
    stored = PostgresPayments(db, None)
    return Shop(
        stored,
        PostgresProfiles(db),
        PostgresEntitlements(db, None),
        PostgresDueRows(db),
        PostgresLedger(db),
        stored.together,
        db,
        clock,
    )


def test_a_payment_is_kept_whole_and_found_by_its_names(shop: Shop) -> None:
    one = course(person(), state="KA")
    assert shop.payments.put(one, 0, (facts.opened(one),))
    paged = replace(
        one, version=2, checkout=CheckoutRef("cs_1"), address="https://pay.example/1", decline="lost_card"
    )
    assert shop.payments.put(paged, 1)
    assert shop.payments.find(one.id) == paged
    assert shop.payments.of_checkout(CheckoutRef("cs_1")) == paged
    assert shop.payments.of_ref(PaymentRef("pi_1")) is None
    assert shop.payments.of_person(one.person, None, 5) == [paged]
    assert shop.payments.of_person(one.person, (one.opened_at, one.id), 5) == []
    assert shop.told("payment.opened") == 1


def test_an_older_version_is_refused_and_tells_nothing(shop: Shop) -> None:
    one = course(person())
    assert shop.payments.put(one, 0)
    assert not shop.payments.put(one, 0, (facts.opened(one),))
    assert not shop.payments.put(replace(one, version=3), 2, (facts.opened(one),))
    assert shop.told("payment.opened") == 0


def test_a_captured_course_is_posted_granted_and_told_once(shop: Shop) -> None:
    one = course(person())
    shop.payments.put(one, 0)
    for _ in range(2):
        shop.capturing.capture(one, PaymentRef("pi_1"))
    kept = shop.payments.find(one.id)
    assert kept is not None
    assert (kept.status, kept.ref, kept.captured_at) == ("captured", "pi_1", NOW)
    assert shop.balance(chart.clearing(Book.COURSES)) == (2_499_00, 0)
    assert shop.balance(chart.revenue(Book.COURSES)) == (0, one.sale.net)
    assert shop.entitlements.of(one.person) == [Entitlement(Cause(one.id), one.person, NOW, item=one.sku)]
    assert (shop.told("payment.captured"), shop.told("entitlement.changed")) == (1, 1)


def test_what_the_gateway_keeps_is_posted_with_the_capture_or_once_it_is_known(shop: Shop) -> None:
    early, late = course(person()), course(person())
    shop.fees[PaymentRef("pi_1")] = Money(58_98)
    shop.capturing.capture(early, PaymentRef("pi_1"))
    assert shop.balance(chart.fees(Book.COURSES)) == (58_98, 0)
    shop.capturing.capture(late, PaymentRef("pi_2"))
    kept = shop.payments.find(late.id)
    assert kept is not None
    assert not shop.capturing.charge_fee(kept)
    shop.fees[PaymentRef("pi_2")] = Money(58_97)
    assert [shop.capturing.charge_fee(kept) for _ in range(2)] == [True, False]
    known = shop.payments.find(early.id)
    assert known is not None
    assert not shop.capturing.charge_fee(known)
    assert shop.balance(chart.clearing(Book.COURSES)) == (2 * 2_499_00, 58_98 + 58_97)


def test_a_fee_in_another_currency_has_no_account(shop: Shop) -> None:
    shop.fees[PaymentRef("pi_1")] = Money(1_00, "USD")
    with pytest.raises(Poison):
        shop.capturing.capture(course(person()), PaymentRef("pi_1"))


def test_money_into_a_wallet_opens_it_and_pays_no_tax(shop: Shop) -> None:
    one = top_up(person(), 500_00)
    shop.capturing.capture(one)
    assert shop.balance(chart.wallet(one.person)) == (0, 500_00)
    assert shop.entitlements.of(one.person) == []


def test_a_payment_that_lapsed_is_honoured_when_its_money_comes(shop: Shop) -> None:
    one = course(person())
    shop.payments.put(one, 0)
    shop.payments.put(replace(one, status="lapsed", version=2), 1)
    assert shop.capturing.capture(one)
    kept = shop.payments.find(one.id)
    assert kept is not None
    assert (kept.status, kept.version) == ("captured", 3)


def test_research_paid_counts_a_year_without_tax(shop: Shop) -> None:
    one = replace(course(person()), line=Book.RESEARCH, purpose="subscription")
    period = Period(NOW, NOW + timedelta(days=30))
    shop.capturing.capture(replace(one, period=period, subscription=SubscriptionId(one.id)))
    assert shop.payments.research_paid(one.person, NOW - timedelta(days=365)) == one.sale.net
    assert shop.payments.research_paid(one.person, NOW) == 0
    assert [each.id for each in shop.payments.of_subscription(SubscriptionId(one.id))] == [one.id]


def test_the_largest_plan_counts_until_it_ends(shop: Shop) -> None:
    who, long, short = person(), NOW + timedelta(days=30), NOW + timedelta(days=3)
    cheap = Entitlement(Cause(person()), who, NOW, plan="premium", ends_at=long, kyc="verified")
    dear = Entitlement(Cause(person()), who, NOW, plan="enterprise", ends_at=short, kyc="verified")
    assert shop.entitling.grant(cheap) == Standing("premium", long)
    assert shop.entitling.grant(dear) == Standing("enterprise", short)
    (row,) = shop.due.take(short, 5)
    assert row == DueRow("entitlement.refresh", who, short, 1)
    shop.clock.at = short
    assert shop.entitling.refresh(who) == Standing("premium", long)
    assert shop.told("entitlement.changed") == 3


def test_what_is_revoked_or_waits_for_kyc_does_not_count(shop: Shop) -> None:
    who = person()
    fact = Entitlement(Cause(person()), who, NOW, plan="premium", kyc="awaited")
    assert shop.entitling.grant(fact) == Standing()
    assert shop.entitling.grant(replace(fact, kyc="local_grant")) == Standing("premium")
    assert shop.entitling.revoke(fact.cause, "refunded")
    assert shop.entitling.revoke(fact.cause, "again")
    found = shop.entitlements.find(fact.cause)
    assert found is not None
    assert found.revoked_for == "refunded"
    assert shop.entitling.restore(fact.cause)
    assert shop.entitling.prolong(fact.cause, NOW + timedelta(days=1))
    assert shop.told("entitlement.changed") == 4


def test_nobody_changes_what_follows_from_anothers_payment(shop: Shop) -> None:
    fact = Entitlement(Cause(person()), person(), NOW, plan="premium", kyc="verified")
    shop.entitling.grant(fact)
    shop.entitling.grant(replace(fact, person=person(), plan="enterprise"))
    assert shop.entitlements.find(fact.cause) == fact


def test_nothing_follows_from_what_is_unknown(shop: Shop) -> None:
    cause = Cause(person())
    assert not shop.entitling.revoke(cause, "refunded")
    assert not shop.entitling.restore(cause)
    assert not shop.entitling.prolong(cause, None)


def test_a_due_row_is_leased_to_one_and_comes_again(shop: Shop) -> None:
    shop.due.plan("payment.lapse", "p1", NOW)
    shop.due.plan("payment.lapse", "p2", NOW + timedelta(seconds=1))
    assert [row.subject for row in shop.due.take(NOW, 5)] == ["p1"]
    assert shop.due.take(NOW, 5) == []
    again = shop.due.take(NOW + timedelta(minutes=1), 1)
    assert [(row.subject, row.attempt) for row in again] == [("p1", 2)]
    shop.due.plan("payment.lapse", "p1", NOW + timedelta(hours=1))
    shop.due.done(again[0])
    (later,) = [row for row in shop.due.take(NOW + timedelta(hours=1), 5) if row.subject == "p1"]
    assert later.attempt == 1
    shop.due.done(later)
    shop.due.drop("payment.lapse", "p2")
    assert shop.due.take(NOW + timedelta(days=1), 5) == []


def test_a_profile_is_kept_and_replaced(shop: Shop) -> None:
    who = PersonId(person())
    assert shop.profiles.find(who) is None
    shop.profiles.put(Profile(who, "a@example.com", "Asha Rao", "KA"))
    known = Profile(
        who,
        "a@example.com",
        "Asha Rao",
        "MH",
        "27AAPFU0939F1ZV",
        CustomerRef("cus_1"),
        "7 Marine Drive\nMumbai 400020",
    )
    shop.profiles.put(known)
    assert shop.profiles.find(who) == known


def test_a_profile_changed_by_its_person_keeps_the_gateways_customer(shop: Shop) -> None:
    who = PersonId(person())
    shop.profiles.note_customer(who, CustomerRef("cus_0"))
    assert shop.profiles.find(who) is None
    shop.profiles.put(Profile(who, "a@example.com", "Asha Rao", "KA"))
    shop.profiles.note_customer(who, CustomerRef("cus_1"))
    shop.profiles.put(Profile(who, "b@example.com", "Asha Rao", "MH"))
    assert shop.profiles.find(who) == Profile(
        who, "b@example.com", "Asha Rao", "MH", customer=CustomerRef("cus_1")
    )
