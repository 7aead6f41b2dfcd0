"""The limit of a tier when somebody buys in many tabs at once, and what HTTP tells of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from builders.payments_api import Office, containers, customer, wired
from builders.stripe_gateway import Counter, counter
from builders.subscription_year import Year, year
from fixtures.database import Databases
from kit.errors import Retryable
from payments import bootstrap
from payments.adapters.postgres.paying_in import PostgresPayingIn
from payments.errors.limits import TierTooLow
from payments.model.ledger import Book, PersonId
from payments.model.limit import Room
from payments.model.offer import Sku
from payments.model.quote import Order
from payments.model.subscription import Subscription
from payments.service.checking_out import CheckingOut
from payments.service.limiting import Limiting
from payments.service.subscriptions.changing import Changing

pytestmark = pytest.mark.stores
LIMIT = 5_00_000_00
"""Of the tier ``standard``, for which these wirings vouch."""
LAKH = 1_00_000_00


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "stripe") as running:
        yield running


@pytest.fixture
def office(database: Databases, gateway: Counter, monkeypatch: pytest.MonkeyPatch) -> Office:
    return wired(database("payments", "ledger"), gateway, monkeypatch)


def confirmed(_level: int) -> None:
    """Whoever is asked confirms."""


def room(who: PersonId) -> Room:
    return bootstrap.orders.limiting().room(who)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all at the same moment; return what became of each, sorted."""
    start = Barrier(len(acts), timeout=10)

    def act(one: Callable[[], object]) -> str:
        start.wait()
        for _ in range(5):
            try:
                one()
            except TierTooLow:
                return "refused"
            except Retryable:  # somebody else was at the same row: the same call again
                continue
            return "passed"
        return "busy"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(act, acts))


def tabs(who: PersonId, counters: list[CheckingOut]) -> list[Callable[[], object]]:
    """Return one purchase of a lakh for each of them, each under a key of its own."""

    def tab(number: int, one: CheckingOut) -> Callable[[], object]:
        return lambda: one.open(who, Order(top_up=LAKH), f"tab-{number}", confirmed)

    return [tab(number, one) for number, one in enumerate(counters)]


@pytest.mark.parametrize("turn", range(3))
def test_eight_tabs_at_once_open_no_more_pages_than_the_limit_allows(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    asha = PersonId(office.enrol(customer(confirmed=2)).subject)
    made = containers(office, database, monkeypatch, lambda: bootstrap.checkouts.checking_out())  # noqa: PLW0108 - made anew
    assert at_once(*tabs(asha, made)) == [*["passed"] * 5, *["refused"] * 3], turn
    assert (room(asha).waiting, room(asha).left_for(Book.WALLET)) == (LIMIT, 0)


def test_without_the_lock_all_eight_would_pass(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: nobody waits, and each has looked before the first is kept."""
    asha = PersonId(office.enrol(customer(confirmed=2)).subject)
    made = containers(office, database, monkeypatch, lambda: bootstrap.checkouts.checking_out())  # noqa: PLW0108 - made anew
    monkeypatch.setattr(PostgresPayingIn, "lock", lambda _self, _person: None)
    looked, demand = Barrier(len(made), timeout=10), Limiting.demand

    def slowly(limiting: Limiting, who: PersonId, line: Book, weight: int) -> None:
        demand(limiting, who, line, weight)
        looked.wait()

    monkeypatch.setattr(Limiting, "demand", slowly)
    assert at_once(*tabs(asha, made)) == ["passed"] * 8
    assert room(asha).waiting == 8 * LAKH > LIMIT


def test_a_subscription_and_a_page_at_once_pass_one_of_them(
    office: Office, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year of Premium is one charge, whenever this runs."""
    people = [office.enrol(customer(confirmed=2)) for _ in range(4)]
    for who in people:
        assert office.open(who, {"top_up": LIMIT - 15_000_00}).status == 201
    made = containers(office, database, monkeypatch, lambda: bootstrap.checkouts.checking_out(), 2)  # noqa: PLW0108 - made anew
    orders = Order(Sku("premium-yearly")), Order(top_up=10_000_00)
    for asha in (PersonId(one.subject) for one in people):

        def buy(place: int, who: PersonId = asha) -> Callable[[], object]:
            return lambda: made[place].open(who, orders[place], f"tab-{place}", confirmed)

        assert at_once(buy(0), buy(1)) == ["passed", "refused"]
        assert room(asha).used <= LIMIT


@pytest.fixture
def running(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    with year(office, tmp_path, monkeypatch, datetime(2027, 3, 1, 10, tzinfo=UTC)) as made:
        yield made


def dearer(
    running: Year, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> tuple[PersonId, list[Callable[[], object]]]:
    """Return a change to a year that costs some 7,000, and a page of 10,000, of which one has room."""
    one = running.subscribe("premium-plus-monthly")
    who = running.people[one.id]
    assert running.office.open(who, {"top_up": LIMIT - 15_000_00}).status == 201
    changing: Changing
    (changing, _), (_, checking) = containers(
        running.office,
        database,
        monkeypatch,
        lambda: (bootstrap.subscriptions.changing(), bootstrap.checkouts.checking_out()),
        2,
    )
    return PersonId(who.subject), [
        lambda: changing.change(one.person, one.id, "premium-yearly", "k", confirmed),
        lambda: checking.open(one.person, Order(top_up=10_000_00), "tab", confirmed),
    ]


def test_a_dearer_plan_and_a_page_at_once_pass_one_of_them(
    running: Year, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, acts = dearer(running, database, monkeypatch)
    assert at_once(*acts) == ["passed", "refused"]
    running.settle()
    running.hold()
    assert room(who).used <= LIMIT


@pytest.mark.parametrize("kept", [True, False])
def test_a_page_that_opens_before_the_gateway_answered_a_change_finds_its_room_taken(
    running: Year,
    database: Databases,
    monkeypatch: pytest.MonkeyPatch,
    kept: bool,  # noqa: FBT001 - by name
) -> None:
    """Planted: the change is demanded and nothing is kept of it; then the page passes too."""
    who, (change, page) = dearer(running, database, monkeypatch)
    reserve, answers = Changing._reserve, []

    def then_a_page(changing: Changing, one: Subscription, name: str, weight: int) -> Subscription:
        if kept:
            one = reserve(changing, one, name, weight)
        else:
            changing.limiting.demand(one.person, one.line, weight)
        answers.extend(at_once(page))
        return one

    monkeypatch.setattr(Changing, "_reserve", then_a_page)
    change()
    assert answers == ["refused" if kept else "passed"]
    assert (room(who).used <= LIMIT) is kept


# ---- over HTTP ----


def test_a_refusal_says_how_much_is_left_and_which_tier_would_do(office: Office) -> None:
    asha = office.enrol(customer(confirmed=2))
    office.pay(office.open(asha, {"top_up": LAKH}).json["address"])
    office.work()
    office.open(asha, {"top_up": LAKH})
    refused = office.open(asha, {"top_up": 3 * LAKH + 1})
    shown: dict[str, Any] = refused.json
    assert (refused.status, shown["code"]) == (403, "KYC_TIER_TOO_LOW")
    assert (shown["left"], shown["tier"]) == (str(3 * LAKH), "unlimited")
    assert "₹3,00,000.00" in shown["detail"]
    assert "POST /kyc/applications" in shown["detail"]
    quote = office.ask("POST", "/quotes", asha, {"top_up": 3 * LAKH + 1}).json
    assert (quote["counts"]["amount"], quote["limit_left"]["amount"]) == (3 * LAKH + 1, 3 * LAKH)
    assert not quote["within_limit"]


def test_what_is_used_of_the_limit_is_ones_own(office: Office) -> None:
    asha, ravi = office.enrol(customer(confirmed=2)), customer()
    office.pay(office.open(asha, {"top_up": LAKH}).json["address"])
    office.work()
    office.open(asha, {"top_up": 2 * LAKH})
    office.open(asha, {"sku": "premium-yearly"})
    shown = office.ask("GET", "/billing/limit", asha).json
    amounts = {name: shown[name]["amount"] for name in ("limit", "used", "left", "paid", "waiting", "coming")}
    assert amounts == {
        "limit": LIMIT,
        "used": 3 * LAKH + 9_999_00,
        "left": 2 * LAKH - 9_999_00,
        "paid": LAKH,
        "waiting": 2 * LAKH,
        "coming": 9_999_00,
    }
    assert (shown["tier"], shown["since"][4:], shown["until"][4:]) == ("standard", "-04-01", "-04-01")
    other = office.ask("GET", "/billing/limit", ravi).json
    assert (other["used"]["amount"], other["left"]["amount"]) == (0, LIMIT)
    assert office.ask("GET", "/billing/limit").status == 401


def test_money_beyond_the_limit_is_taken_and_told(office: Office) -> None:
    """A page was given up and another one paid; then the gateway tells that the first had been paid too."""
    asha = office.enrol(customer(confirmed=2))
    pages = [office.open(asha, {"top_up": LIMIT}).json]
    office.db.run("UPDATE payments SET status = 'lapsed' WHERE id = %s", (pages[0]["id"],))
    pages.append(office.open(asha, {"top_up": LIMIT}).json)
    for page in pages:
        office.pay(page["address"])
    office.work()
    (told,) = office.events("books.differed")
    assert (told["what"], told["expected"], told["found"]) == ("kyc.limit", LIMIT, 2 * LIMIT)
    assert told["about"] in {page["id"] for page in pages}
    assert office.ask("GET", "/wallet", asha).json["balance"]["amount"] == 2 * LIMIT
    assert office.ask("GET", "/billing/limit", asha).json["left"]["amount"] == 0
