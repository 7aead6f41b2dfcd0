"""Money balances and nothing is lost: a storm of a minute, and bugs planted under its judge."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import psycopg
import pytest

from builders.customers import sign_up
from builders.faults import Faults
from builders.money_books import Connection
from builders.money_storm import Bought, Storm
from builders.money_verdict import agree, found
from builders.stripe_gateway import click
from demo.people import Client
from fixtures.platform import own_platform
from kit import ids
from kit.due.postgres import PostgresDueRows
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from local.stores import ports
from payments.adapters.postgres.entitlements import PostgresEntitlements
from payments.adapters.postgres.ledger import PostgresLedger
from payments.adapters.postgres.payments import PostgresPayments
from payments.model.gateway import PaymentRef
from payments.model.payment import Payment, PaymentId
from payments.service.capturing import Capturing
from payments.service.entitling import Entitling
from payments.service.ledger_chains import captured

pytestmark = pytest.mark.platform
_SEED: Final = 20260401
_PEOPLE, _PAGES = 3, 5
_DELIVERIES = 150
_OUTAGE_S = 2.0


class Rollback(Exception):  # noqa: N818 - it undoes what was planted
    """Ends a transaction whose effect was seen."""


@pytest.fixture(scope="module")
def faults() -> Iterator[Faults]:
    """A platform of this module's own: what is broken here disturbs nobody."""
    options = ["--no-tape", "--port", str(ports.free())]
    with own_platform(options) as running:
        yield Faults(running, options, _OUTAGE_S)


@pytest.fixture(scope="module")
def storm(faults: Faults) -> Storm:
    """The storm of this module, when it is over."""
    made = Storm(faults, _PEOPLE, _PAGES, _SEED)
    worker, door = made.kill("payments-worker"), made.kill("payments-api", "payments-relay")
    made.run(
        [worker, faults.away("kafka"), door, faults.away("postgres"), made.kill("payments-tasks"), worker]
    )
    made.settle()
    return made


@pytest.fixture
def ours(faults: Faults) -> Iterator[Connection]:
    """A connection to the platform's database as its superuser."""
    with psycopg.connect(faults.running.stores["postgres"], autocommit=True) as connection:
        yield connection


def test_both_books_and_what_people_have_agree_with_what_people_were_told(
    storm: Storm, ours: Connection
) -> None:
    figures = agree(storm, ours)
    print(figures)  # noqa: T201 - the figures it is about
    assert figures["webhooks"] >= _DELIVERIES
    assert figures["refunds"] > 0
    assert {page.fate for page in storm.history} >= {"paid", "paid after a decline"}


def test_a_webhook_that_never_came_would_be_found(storm: Storm, ours: Connection) -> None:
    one = sign_up(storm.faults.running)
    manner = Client(storm.faults.running.api)
    manner.post("/_local/stripe/deliveries", {"paused": True})
    try:
        opened = one.insist("POST", "/checkouts", {"top_up": 50_000}, **{"Idempotency-Key": "lost"}).json()
        click(opened["address"], number="4242424242424242")
        page = Bought(one.id, "wallet", 50_000, opened["id"], "paid")
        wrong = found([*storm.history, page], storm, ours)
    finally:
        manner.post("/_local/stripe/deliveries", {"paused": False})
    assert any("it is opened for 50000" in line for line in wrong), wrong
    assert any(line.startswith("clearing and the gateway's net") for line in wrong), wrong
    storm.history.append(page)
    agree(storm, ours)


class Forgetful(Capturing):
    """What captures again whatever was captured: the planted bug."""

    def capture(self, one: Payment, ref: PaymentRef | None = None, at: datetime | None = None) -> bool:
        """Post without a look at what is known, under a name of its own."""
        del ref
        self.ledger.post(captured(f"payment:{one.id}:{ids.uuid7()}", one.line, one.sale), at or self.now())
        return True


def test_a_capture_that_is_not_idempotent_would_be_found(storm: Storm, ours: Connection) -> None:
    page = next(page for page in storm.history if page.paid and page.sku != "wallet")
    wrong: list[str] = []
    url = storm.faults.running.stores["postgres"]
    with Bounded.connect(url, autocommit=True, options="-c search_path=payments") as connection:
        database = Database(DatabaseSettings("", 0, "", ""), lambda _settings: connection)
        payments = PostgresPayments(database, None)
        entitling = Entitling(
            PostgresEntitlements(database, None), PostgresDueRows(database), payments.together
        )
        broken = Forgetful(payments, PostgresLedger(database), entitling, payments.together)
        one = payments.find(PaymentId(page.id))
        assert one is not None
        with contextlib.suppress(Rollback), database.transaction():
            broken.capture(one)
            wrong = found(storm.history, storm, connection)
            raise Rollback
    assert any(line.startswith("clearing and the gateway's net") for line in wrong), wrong
    assert any(line.startswith("sales with tax") for line in wrong), wrong
    agree(storm, ours)
