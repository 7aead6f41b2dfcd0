"""Two at once, and deaths in between: one payment a period, one plan, whatever met whatever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from builders.payments_api import containers, customer, wired
from builders.stripe_gateway import counter
from builders.subscription_year import BAD, GOOD, Year, days, year
from fixtures.database import Databases
from kit import failpoint
from kit.errors import Retryable
from payments import bootstrap
from payments.model.due import DueRow
from payments.model.gateway import SubscriptionRef
from payments.model.ledger import PersonId
from payments.service.subscriptions.looking import Looking

pytestmark = pytest.mark.stores
START = datetime(2027, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def running(database: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    db = database("payments", "ledger")
    with (
        counter(tmp_path / "stripe") as gateway,
        year(wired(db, gateway, monkeypatch), tmp_path, monkeypatch, START) as made,
    ):
        yield made


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment; return results, refusals among them."""
    start = Barrier(len(acts))

    def act(one: Callable[[], object]) -> object:
        start.wait()
        try:
            return one()
        except Retryable as later:
            return later

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def test_eight_workers_read_one_renewal_as_one(
    running: Year, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = running.subscribe("enterprise-monthly")
    running.forward(31 * 86_400)
    made: list[Looking] = containers(
        running.office,
        database,
        monkeypatch,
        lambda: bootstrap.subscriptions.looking(),  # noqa: PLW0108 - another one in each container
    )
    ref = SubscriptionRef(str(one.ref))
    at_once(*((lambda looking=looking: looking.look(ref)) for looking in made))
    running.settle()
    running.hold()
    assert running.paid(one) == [999900] * 2
    assert len(running.office.events("subscription.renewed")) == 1
    assert len(running.office.events("entitlement.changed")) == 2


def test_a_cancellation_that_meets_a_renewal_ends_one_period_or_the_next(
    running: Year, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = running.subscribe("enterprise-monthly")
    running.forward(31 * 86_400)
    looking, changing = containers(
        running.office,
        database,
        monkeypatch,
        lambda: (bootstrap.subscriptions.looking(), bootstrap.subscriptions.changing()),
        2,
    )
    ref = SubscriptionRef(str(one.ref))
    at_once(lambda: looking[0].look(ref), lambda: changing[1].cancel(one.person, one.id))
    running.settle()
    running.hold()
    found = running.now_of(one)
    assert found.period is not None
    assert (found.life, found.ends_at) == ("active", found.period.end)
    running.until(found.period.end + days(2))
    assert running.now_of(one).life == "ended"
    assert len(running.paid(one)) == 2


def test_a_try_that_meets_a_cancellation_charges_nobody_without_a_plan(
    running: Year, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = running.subscribe("enterprise-monthly")
    running.bank(one, BAD)
    running.until(START + days(31))
    running.bank(one, GOOD)
    running.forward(86_400)
    dunning, changing = containers(
        running.office,
        database,
        monkeypatch,
        lambda: (bootstrap.dunning.dunning(), bootstrap.subscriptions.changing()),
        2,
    )
    row = DueRow("subscription.retry", one.id, START)
    at_once(lambda: dunning[0].retry(row), lambda: changing[1].cancel(one.person, one.id))
    for _ in range(3):
        running.forward(120)
        running.settle()
    running.hold()
    found, invoices = running.held(one)
    paid = len([bill for bill in invoices if bill.paid.amount])
    assert len(running.paid(one)) == paid
    assert (running.standing(one).plan == "enterprise") == (paid == 2), found.status


class _Killed(BaseException):
    """The process ends here; no edge of ours may go on."""


def _dies_at(name: str) -> Callable[[str], None]:
    left = [1]

    def hit(found: str) -> None:
        if found == name and left[0]:
            left[0] = 0
            raise _Killed

    return hit


MODULES = ("beginning", "following", "changing", "dunning")


@pytest.mark.parametrize(
    "name",
    [
        "subscription.kept",
        "subscription.customer",
        "subscription.opened",
        "subscription.entitled",
        "subscription.changed",
        "subscription.cancelled",
        "dunning.told",
        "dunning.tried",
        "dunning.ended",
    ],
)
def test_a_death_anywhere_is_made_good_by_doing_it_again(
    running: Year, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    deaths: list[str] = []

    def twice(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except _Killed:
            deaths.append(name)
            running.forward(61)  # the lease of a due row, the redelivery of a batch
            return act()

    hit = _dies_at(name)
    for module in MODULES:
        monkeypatch.setattr(f"payments.service.subscriptions.{module}.hit", hit)
    assert failpoint.hit is not hit
    caller = running.office.enrol(customer(confirmed=2))
    who, offer = PersonId(caller.subject), bootstrap.orders.offers().named("premium-plus-monthly@299900")
    profile = bootstrap.orders.profiles().find(who)
    assert offer is not None
    assert profile is not None
    begun = twice(lambda: bootstrap.subscriptions.subscribing().begin(who, offer, profile, "k"))
    running.people[begun.id] = caller
    running.office.pay(begun.address)
    look = bootstrap.subscriptions.looking().look
    page = running.office.counter.reader.checkout(begun.page)
    assert page is not None
    assert page.subscription is not None
    ref = page.subscription
    twice(lambda: look(ref))
    changing = bootstrap.subscriptions.changing()
    running.forward(3_600)
    twice(lambda: changing.change(begun.person, begun.id, "enterprise-monthly", "c", lambda _level: None))
    one = running.now_of(begun)
    running.bank(one, BAD)
    for step in (30.5, *(1 for _ in range(10))):
        running.forward(step * 86_400)
        running.office.work()
        twice(running.schedule)
        running.office.work()
    assert running.now_of(one).life == "ended"
    twice(lambda: changing.cancel(begun.person, begun.id))
    if not deaths:
        other = running.subscribe("premium-monthly")
        twice(lambda: changing.cancel(other.person, other.id))
        assert running.now_of(other).ends_at is not None
    assert deaths == [name]
    running.settle()
    running.hold()
    assert len(running.office.events("payment.captured")) == len(running.paid(one)) == 2
    failed = [letter for letter in running.letters.letters.values() if ":failed:" in letter.key]
    assert len(failed) == 5


def test_a_subscription_is_its_persons(running: Year) -> None:
    one = running.subscribe("premium-monthly")
    other = customer("support", "admin", confirmed=2)
    absent = {"SUBSCRIPTION_UNKNOWN"}
    for caller, status in ((running.people[one.id], 200), (other, 404), (None, 401)):
        assert running.office.ask("GET", "/subscriptions/{id}", caller, id=one.id).status == status
        for what, body in (("quotes", {"sku": "premium-yearly"}), ("cancel", None), ("resume", None)):
            answer = running.office.ask("POST", f"/subscriptions/{{id}}/{what}", caller, body, id=one.id)
            assert answer.status == status, what
            assert status != 404 or {answer.json["code"]} == absent
        if status != 200:
            body = {"sku": "premium-yearly"}
            answer = running.office.ask(
                "POST", "/subscriptions/{id}/change", caller, body, key="k", id=one.id
            )
            assert answer.status == status
    assert running.office.ask("GET", "/subscriptions", other).json == {"items": []}
    mine = running.office.ask("GET", "/subscriptions", running.people[one.id]).json["items"]
    assert [each["id"] for each in mine] == [one.id]
    found = running.office.ask("POST", "/subscriptions/{id}/change", other, {"sku": "x"}, id=one.id)
    assert found.json["code"] == "IDEMPOTENCY_KEY_MISSING"
