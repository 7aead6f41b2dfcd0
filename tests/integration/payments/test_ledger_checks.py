"""What must hold in the books is looked for anew each minute, and each of it is missed where it is broken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from builders.ledger import COURSES, NOW, WALLET, capture, chain, transfer, wallet_with
from builders.ledger_database import opened
from fixtures.database import Databases
from kit.stores.postgres import Database
from payments.adapters.postgres.ledger import PostgresLedger
from payments.model.ledger import PersonId
from payments.model.ledger_chart import bridge, clearing, revenue

pytestmark = pytest.mark.stores
BEFORE = NOW - timedelta(days=2)
SINCE = NOW - timedelta(days=1)


@dataclass
class Books:
    """Books with an old chain, and a young one of each kind that a check looks at."""

    database: Databases
    db: Database

    def __post_init__(self) -> None:
        ledger = self.ledger = PostgresLedger(self.db)
        self.old = wallet_with(ledger, 500, BEFORE)
        self.wallet = wallet_with(ledger, 100)
        ledger.post(
            chain(
                transfer(self.wallet, bridge(WALLET, COURSES), 60, reference="spent"),
                transfer(bridge(COURSES, WALLET), revenue(COURSES), 60, reference="sold"),
            ),
            NOW,
        )
        ledger.post(chain(taken := capture(90)), NOW)
        back = transfer(revenue(COURSES), clearing(COURSES), 30, reverses=taken.id, reference="back")
        ledger.post(chain(back), NOW)
        ledger.post(chain(capture(70, pending=True)), NOW)

    def spoil(self, command: str) -> None:
        """Run ``command`` as nobody can: the tables' owner, with its triggers off."""
        with self.database.owner(self.db) as owner:
            owner.execute("SET search_path = ledger")
            owner.execute("ALTER TABLE transfers DISABLE TRIGGER ALL")
            assert owner.execute(command.encode()).rowcount == 1

    def wrong(self, since: datetime | None) -> set[str]:
        return {one.what for one in self.ledger.discrepancies(since)}


@pytest.fixture
def books(database: Databases) -> Books:
    """Sound books."""
    return Books(database, opened(database))


BALANCE, GUARD = "a balance is not its postings", "a guard is broken"
HOLD = "a hold is not an open pending transfer"
PLANTED: dict[str, tuple[str, set[str]]] = {
    "another amount on one side of a bridge": (
        "UPDATE transfers SET amount = 61 WHERE reference = 'sold'",
        {"the sides of a bridge differ"},
    ),
    "a side in another book": (
        "UPDATE transfers SET credit = (SELECT min(id) FROM accounts WHERE book = 'courses') WHERE amount = 100",
        {"a book does not sum to zero", "a transfer crosses books or currencies", BALANCE, GUARD},
    ),
    "another currency": (
        "UPDATE transfers SET currency = 'USD' WHERE amount = 90",
        {"a transfer crosses books or currencies"},
    ),
    "a balance that was edited": (
        "UPDATE balances SET credits_posted = credits_posted + 1 WHERE credits_posted = 100",
        {BALANCE},
    ),
    "more spent than there was": (
        "UPDATE transfers SET amount = 59 WHERE reference = 'evt_topup' AND amount = 100",
        {BALANCE, GUARD},
    ),
    "a hold that is gone": ("DELETE FROM holds WHERE amount = 70", {HOLD}),
    "a hold of another amount": ("UPDATE holds SET amount = 71 WHERE amount = 70", {HOLD}),
    "more given back than was taken": (
        "UPDATE transfers SET amount = 91 WHERE reference = 'back'",
        {"reversals exceed what was posted"},
    ),
    "a link that is gone": (
        "DELETE FROM transfers WHERE reference = 'sold'",
        {"a chain is not whole", "the sides of a bridge differ"},
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_broken_in_the_last_day_is_seen_each_minute(books: Books, name: str) -> None:
    assert (books.wrong(SINCE), books.wrong(None)) == (set(), set())
    command, expected = PLANTED[name]
    books.spoil(command)
    assert books.wrong(SINCE) == expected
    assert books.wrong(None) == expected


@pytest.mark.parametrize(
    "edited",
    ["UPDATE transfers SET amount = 501 WHERE amount = 500", "DELETE FROM transfers WHERE amount = 500"],
)
def test_an_older_row_that_was_changed_is_seen_at_night_or_once_its_account_moves(
    books: Books, edited: str
) -> None:
    books.spoil(edited)
    assert books.wrong(SINCE) == set()
    assert BALANCE in books.wrong(None)
    books.ledger.post(chain(transfer(clearing(WALLET), books.old, 1)), NOW)
    assert BALANCE in books.wrong(SINCE)


def test_sound_books_are_sound_from_any_moment(books: Books) -> None:
    assert [books.wrong(one) for one in (BEFORE, NOW, NOW + timedelta(days=1))] == [set(), set(), set()]
    stranger = books.ledger.open_wallet(PersonId("0197f3a0-0000-7000-8000-000000000001"), "INR", NOW)
    assert books.ledger.balance(stranger) is not None
    assert books.wrong(SINCE) == set()
