"""Buying over HTTP, the gateway's stand-in, its webhooks and the worker, on PostgreSQL."""

import itertools
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from builders.payments_api import Office, containers, customer, wired
from builders.stripe_gateway import Counter, counter
from builders.webhooks import Unhurried, batch
from fixtures.database import Databases
from kit import failpoint
from kit.events.payment_events import BooksDiffered
from kit.idempotency import InProgress
from local.stripe.controls import books
from payments import bootstrap
from payments.errors.orders import AlreadyOwned
from payments.model import ledger_chart as chart
from payments.model.due import DueRow
from payments.model.entitlement import Standing
from payments.model.ledger import Book, PersonId
from payments.model.offer import Sku
from payments.model.quote import Order
from payments.service.checking_out import CheckingOut
from payments.service.entitling import Entitling
from payments.service.paying import Paying
from payments.service.quoting import Quoting

pytestmark = pytest.mark.stores
SKU = Sku("course-options-basics")
COURSE = {"sku": SKU}
ORDER = Order(SKU)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


@pytest.fixture
def office(database: Databases, gateway: Counter, monkeypatch: pytest.MonkeyPatch) -> Office:
    db = database("payments", "ledger")
    databases_ledger = database.also(db, "ledger")
    databases_ledger.close()
    return wired(db, gateway, monkeypatch)


def clearing() -> int:
    """Return what our books say the gateway holds for us, in paise."""
    found = [bootstrap.stores.ledger().balance(chart.clearing(book)) for book in Book]
    return sum(one.debits_posted - one.credits_posted for one in found if one)


def gateways(office: Office) -> int:
    """Return what the gateway's own books say."""
    totals = office.counter.run(books)["totals"]
    return int(totals["inr"]["net"]) if totals else 0


def sound(office: Office) -> bool:
    """Whether the books balance and are the gateway's to the paisa."""
    ledger = bootstrap.stores.ledger()
    return clearing() == gateways(office) and ledger.discrepancies() == []


def test_a_course_is_paid_after_a_decline_and_usable_at_once(office: Office) -> None:
    asha = office.enrol(customer())
    opened = office.open(asha, COURSE)
    assert (opened.status, opened.json["status"]) == (201, "opened")
    assert opened.json["price"] == {"amount": 249900, "currency": "INR"}
    assert office.pay(opened.json["address"], "4000000000009995") == 402
    office.work()
    shown = office.payment(asha, opened.json["id"])
    assert (shown["status"], shown["problem"]) == ("opened", "insufficient_funds")
    assert office.pay(opened.json["address"]) == 303
    office.work()
    shown = office.payment(asha, opened.json["id"])
    assert (shown["status"], shown["problem"], shown["address"]) == ("captured", None, None)
    assert office.ask("GET", "/entitlements/me", asha).json["items"] == ["course-options-basics"]
    assert [one["amount"] for one in office.events("payment.captured")] == [
        {"net": 211780, "cgst": 0, "sgst": 0, "igst": 38120}
    ]
    assert sound(office)
    assert office.open(asha, COURSE).json["code"] == "ALREADY_OWNED"


def test_three_d_secure_is_passed_or_refused(office: Office) -> None:
    asha = office.enrol(customer())
    opened = office.open(asha, COURSE).json
    for action, status in (("fail_authentication", "opened"), ("authenticate", "captured")):
        office.pay(opened["address"], "4000002760003184")
        office.counter.click(opened["address"], action=action)
        office.work()
        assert office.payment(asha, opened["id"])["status"] == status
    assert sound(office)


@pytest.mark.parametrize(
    "number", ["4000000000000002", "4000000000009987", "4000000000000069", "4000000000000127"]
)
def test_every_refusal_is_shown_and_nothing_is_posted(office: Office, number: str) -> None:
    asha = office.enrol(customer())
    opened = office.open(asha, COURSE).json
    office.pay(opened["address"], number)
    office.work()
    assert office.payment(asha, opened["id"])["problem"]
    assert clearing() == 0


def test_the_wallet_is_filled_and_a_course_bought_from_it(office: Office) -> None:
    asha = office.enrol(customer())
    opened = office.open(asha, {"top_up": 300000}).json
    office.pay(opened["address"])
    office.work()
    assert office.ask("GET", "/wallet", asha).json["available"]["amount"] == 300000
    bought = office.ask("POST", "/wallet/purchases", asha, COURSE, key="w")
    again = office.ask("POST", "/wallet/purchases", asha, COURSE, key="w")
    assert (bought.status, again.status, again.json) == (201, 201, bought.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert office.ask("POST", "/wallet/purchases", asha, {"sku": "course-backtesting"}, key="x").json[
        "code"
    ] == ("BALANCE_INSUFFICIENT")
    lines = office.ask("GET", "/wallet/statement?limit=1", asha).json
    rest = office.ask("GET", f"/wallet/statement?cursor={lines['next_cursor']}", asha).json
    shown = [(one["amount"]["amount"], one["balance"]["amount"]) for one in lines["items"] + rest["items"]]
    assert shown == [(300000, 300000), (-249900, 50100)]
    assert office.ask("GET", "/entitlements/me", asha).json["items"] == ["course-options-basics"]
    assert sound(office)


def test_an_abandoned_page_is_closed_and_given_up_on_time(office: Office) -> None:
    asha = office.enrol(customer())
    opened = office.open(asha, COURSE).json
    bootstrap.schedule.upkeep().works["payment.lapse"](_row(opened["id"]))
    assert office.payment(asha, opened["id"])["status"] == "lapsed"
    assert "expired" in office.counter.click(opened["address"], number="4242424242424242")[2]
    office.work()
    assert len(office.events("payment.lapsed")) == 1
    assert clearing() == 0


def _row(subject: str) -> Any:
    return DueRow("payment.lapse", subject, bootstrap.schedule.upkeep().now())


def test_a_page_paid_while_no_webhook_comes_is_found_by_the_schedule(office: Office) -> None:
    asha = office.enrol(customer())
    opened = office.open(asha, COURSE).json
    office.pay(opened["address"])
    bootstrap.schedule.upkeep().works["payment.lapse"](_row(opened["id"]))
    assert office.payment(asha, opened["id"])["status"] == "captured"
    office.work()
    assert sound(office)


def test_a_course_paid_twice_is_given_back_once(office: Office) -> None:
    asha = office.enrol(customer())
    pages = [office.open(asha, COURSE).json for _ in range(2)]
    for page in pages:
        office.pay(page["address"])
    office.work()
    assert [office.payment(asha, one["id"])["status"] for one in pages] == ["captured"] * 2
    assert office.ask("GET", "/entitlements/me", asha).json["items"] == ["course-options-basics"]
    (approved,) = office.events("refund.approved")
    assert approved["payment_id"] in {one["id"] for one in pages}
    assert sound(office)


def test_webhooks_doubled_and_shuffled_between_two_workers_post_once(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten payments of three kinds; every webhook thrice, in any order, to two workers at the same time."""
    chance = random.Random(11)  # noqa: S311 - a seed that replays a failure
    people = [office.enrol(customer(confirmed=2)) for _ in range(10)]
    orders = itertools.cycle([COURSE, {"top_up": 1_000_000}, {"sku": "course-backtesting"}])
    begun = [(who, office.open(who, order).json) for who, order in zip(people, orders, strict=False)]
    for place, (_, page) in enumerate(begun):
        if place % 3 == 0:
            office.pay(page["address"], "4000000000000002")
        office.pay(page["address"])
    sent = office.webhooks() * 3
    chance.shuffle(sent)
    office.receive(sent)
    told = office.told() * 2
    workers = containers(
        office, database, monkeypatch, lambda: Office(bootstrap.stores.database(), office.counter).worker(), 2
    )

    def work(place: int) -> None:
        order = random.Random(place).sample(told, len(told))  # noqa: S311 - as above
        waiting = [batch(order[first : first + 7], first) for first in range(0, len(order), 7)]
        while waiting:
            one = waiting.pop(0)
            if workers[place].handler(one, Unhurried())["batchItemFailures"]:
                waiting.append(one)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    shown = [office.payment(who, page["id"])["status"] for who, page in begun]
    assert shown == ["captured"] * 10
    assert len(office.events("payment.captured")) == 10
    assert sound(office)


def test_another_amount_than_agreed_goes_to_the_payers_wallet_with_an_alarm(office: Office) -> None:
    """Planted: somebody changed what the page takes."""
    asha = office.enrol(customer())
    opened = office.open(asha, COURSE).json

    def cheapen(server: Any) -> None:
        (session,) = server.records.newest("checkout.session")
        server.world.keep(session | {"amount_total": 100})

    office.counter.run(cheapen)
    office.pay(opened["address"])
    office.work()
    shown = office.payment(asha, opened["id"])
    assert (shown["status"], shown["problem"]) == ("lapsed", "amount_differs")
    assert office.ask("GET", "/wallet", asha).json["balance"]["amount"] == 100
    assert office.ask("GET", "/entitlements/me", asha).json["items"] == []
    (alarm,) = office.events(BooksDiffered.TYPE)
    assert (alarm["expected"], alarm["found"]) == (249900, 100)
    assert sound(office)


# ---- one payment, one page ----


class Crashed(BaseException):
    """The process ended there."""


@pytest.mark.parametrize("place", ["checkout.kept", "checkout.paged", "checkout.stored"])
def test_a_crash_at_any_place_and_the_same_key_is_one_payment_and_one_page(
    office: Office, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = office.enrol(customer())

    def hit(name: str) -> None:
        if name == place:
            raise Crashed

    with monkeypatch.context() as crashing:
        crashing.setattr(failpoint, "hit", hit)
        with pytest.raises(Crashed):
            office.open(asha, COURSE, "k")
    opened = office.open(asha, COURSE, "k")
    assert (opened.status, opened.headers["Idempotent-Replayed"]) == (201, "true")
    assert opened.json["address"]
    _one_of_each(office)


@pytest.mark.parametrize("kind", ["lost", "error_after", "timeout", "error"])
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/checkout/sessions"])
def test_a_stumbling_gateway_and_the_same_key_is_one_payment_and_one_page(
    office: Office, kind: str, path: str
) -> None:
    asha = office.enrol(customer())
    office.counter.fault(kind, path=path, method="POST", times=3)
    for _ in range(4):
        opened = office.open(asha, COURSE, "k")
        if opened.status == 201:
            break
        assert opened.status == 503, opened.json
    assert opened.json["address"]
    _one_of_each(office)


def _one_of_each(office: Office) -> None:
    assert office.db.one("SELECT count(*) FROM payments") == (1,)
    sessions = office.counter.run(lambda server: len(list(server.records.newest("checkout.session"))))
    customers = office.counter.run(lambda server: len(list(server.records.newest("customer"))))
    assert (sessions, customers) == (1, 1)
    assert len(office.events("payment.opened")) == 1


def test_the_same_key_with_another_body_is_refused(office: Office) -> None:
    asha = office.enrol(customer())
    office.open(asha, COURSE, "k")
    other = office.open(asha, {"top_up": 10000}, "k")
    assert (other.status, other.json["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    bare = office.ask("POST", "/checkouts", asha, COURSE)
    assert (bare.status, bare.json["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")


def test_twins_get_one_page_or_are_told_to_wait(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight containers at once, the first of which waits for the gateway."""
    asha = office.enrol(customer())
    made = containers(office, database, monkeypatch, lambda: bootstrap.checkouts.checking_out())  # noqa: PLW0108 - made anew
    office.counter.fault("slow", path="/v1/checkout/sessions", method="POST", times=1, hold_s=0.5)

    def ask(one: CheckingOut) -> str | None:
        try:
            return one.open(PersonId(asha.subject), ORDER, "k", _confirmed).address
        except InProgress:
            return "wait"

    with ThreadPoolExecutor(len(made)) as pool:
        answers = set(pool.map(ask, made))
    assert len(answers - {"wait"}) == 1
    assert None not in answers
    _one_of_each(office)


def test_eight_purchases_from_one_wallet_at_once_buy_once(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = office.enrol(customer(confirmed=2))
    office.pay(office.open(asha, {"top_up": 5_000_000}).json["address"])
    office.work()
    made = containers(office, database, monkeypatch, lambda: bootstrap.orders.paying())  # noqa: PLW0108 - made anew
    together = Barrier(len(made), timeout=10)

    def buy(one: Paying) -> str:
        together.wait()
        try:
            return one.buy(PersonId(asha.subject), SKU, _confirmed).status
        except AlreadyOwned:
            return "owned"

    with ThreadPoolExecutor(len(made)) as pool:
        answers = sorted(pool.map(buy, made))
    assert answers == ["captured", *["owned"] * 7]
    assert office.ask("GET", "/wallet", asha).json["balance"]["amount"] == 5_000_000 - 249900
    assert sound(office)


def test_the_two_purchases_would_both_pass_without_the_lock(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the second look comes before the person's lock, as the first one does."""
    asha = office.enrol(customer(confirmed=2))
    office.pay(office.open(asha, {"top_up": 5_000_000}).json["address"])
    office.work()
    made = containers(office, database, monkeypatch, lambda: bootstrap.orders.paying())  # noqa: PLW0108 - made anew
    monkeypatch.setattr(Entitling, "refresh", lambda _self, _person: Standing())
    looked = Barrier(len(made), timeout=10)
    owns = Quoting.owns

    def slowly(quoting: Quoting, who: PersonId, sku: Sku) -> bool:
        found = owns(quoting, who, sku)
        looked.wait()
        return found

    monkeypatch.setattr(Quoting, "owns", slowly)
    with ThreadPoolExecutor(len(made)) as pool:
        bought = list(pool.map(lambda one: one.buy(PersonId(asha.subject), SKU, _confirmed), made))
    assert len({one.id for one in bought}) == len(made)


def _confirmed(_level: int) -> None:
    """Whoever is asked confirms."""
