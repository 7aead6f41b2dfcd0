"""Numbers without holes: many at once, clients that die, and the database that refuses anything else."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from builders.ledger_kills import settle
from builders.orders import NOW, course, person
from builders.paper_victim import Victim
from builders.papers import Office, issued, office_on
from fixtures.database import Databases
from kit import clock
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kit.mailings import LEASE
from kit.stores.postgres import Database
from payments.adapters.mail import MailNotifier
from payments.model.letter import Letter
from payments.model.payment import Payment

pytestmark = pytest.mark.stores


@pytest.fixture
def db(database: Databases) -> Database:
    return database("payments", "ledger")


def opened(office: Office, count: int) -> list[Payment]:
    made = [course(person()) for _ in range(count)]
    for one in made:
        office.payments.put(one, 0)
    return made


def numbers(db: Database) -> list[int]:
    return [row[0] for row in db.all("SELECT number FROM papers ORDER BY number")]


def unbroken(db: Database, count: int) -> None:
    assert numbers(db) == list(range(1, count + 1))
    assert db.one("SELECT last FROM paper_numbers") == (count,)
    dates = [row[0] for row in db.all("SELECT issued_at FROM papers ORDER BY number")]
    assert dates == sorted(dates)


def test_many_at_once_leave_no_hole_and_issue_each_payment_once(db: Database, database: Databases) -> None:
    seed = 20261121
    chance = random.Random(seed)  # noqa: S311 - a seed replays it
    payments = opened(office_on(db), 60)
    wanted = payments * 3
    chance.shuffle(wanted)
    offices = [office_on(database.another(db)) for _ in range(6)]

    def drive(number: int) -> None:
        for at, one in enumerate(wanted[number::6]):
            issued(offices[number].papers, one, at=NOW + timedelta(seconds=chance.random() + at))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(drive, range(6)))
    unbroken(db, 60)


@pytest.mark.parametrize("where", ["papers.numbered", "papers.inserted"])
def test_a_client_that_dies_leaves_no_hole(
    db: Database, database: Databases, tmp_path: Path, where: str
) -> None:
    office = office_on(db)
    payments = opened(office, 6)
    issued(office.papers, payments[0])
    for number, one in enumerate(payments[1:4]):
        victim = Victim(db, one.id, tmp_path / f"{number}.json", stand_at=where)
        victim.kill_at(where)
    with database.owner(db) as owner:
        settle(owner)
    for one in payments[1:]:
        issued(office.papers, one)
    unbroken(db, 6)


def test_what_is_rolled_back_leaves_no_hole(db: Database) -> None:
    office = office_on(db)
    first, second = opened(office, 2)
    with pytest.raises(RuntimeError, match="changed my mind"), db.transaction():
        issued(office.papers, first)
        raise RuntimeError("changed my mind")
    issued(office.papers, second)
    unbroken(db, 1)


def test_a_number_that_is_not_the_next_is_refused_whoever_inserts_it(
    db: Database, database: Databases
) -> None:
    office = office_on(db)
    one, other = opened(office, 2)
    issued(office.papers, one)
    for wrong in (1, 3, 99):
        with pytest.raises(psycopg.Error, match=r"next of its series|duplicate key"):
            issued(office.papers, other, changed=lambda paper, wrong=wrong: replace(paper, number=wrong))  # type: ignore[misc]
    copy = (
        "INSERT INTO payments.papers (id, kind, series, year, number, cause, payment, person, line, title, net,"
        " cgst, sgst, igst, place, seller, buyer, booked_at, issued_at) SELECT gen_random_uuid(), kind, series,"
        " year, 7, gen_random_uuid(), payment, person, line, title, net, cgst, sgst, igst, place, seller, buyer,"
        " booked_at, issued_at FROM payments.papers"
    )
    with database.owner(db) as owner, pytest.raises(psycopg.Error, match="next of its series"):
        owner.execute(copy)
    unbroken(db, 1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments.papers SET title = 'cheaper'",
        "DELETE FROM payments.papers",
        "TRUNCATE payments.papers CASCADE",
    ],
)
def test_nobody_changes_or_deletes_a_paper(db: Database, database: Databases, change: str) -> None:
    office = office_on(db)
    issued(office.papers, *opened(office, 1))
    with pytest.raises(psycopg.Error, match="permission denied"):
        db.run(change)
    with database.owner(db) as owner, pytest.raises(psycopg.Error, match="append-only: issue a credit note"):
        owner.execute(change)
    unbroken(db, 1)


def test_the_role_of_payments_cannot_move_a_counter(db: Database) -> None:
    office = office_on(db)
    issued(office.papers, *opened(office, 1))
    for change in (
        "UPDATE paper_numbers SET last = 9",
        "INSERT INTO paper_numbers VALUES ('XX', 1, 1, now())",
    ):
        with pytest.raises(psycopg.Error, match="permission denied"):
            db.run(change)


@contextmanager
def without_the_lock(db: Database, database: Databases) -> Iterator[None]:
    """Plant a counter that is read without being locked, and that nobody checks."""
    with database.owner(db) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION payments.next_number(of_series text, of_year integer, at timestamptz)"
            " RETURNS TABLE (number bigint, issued_at timestamptz) LANGUAGE sql SECURITY DEFINER AS"
            " $$ SELECT coalesce(max(last), 0) + 1, at FROM payments.paper_numbers $$;"
            "INSERT INTO payments.paper_numbers VALUES ('TC', 2026, 0, '2020-01-01Z')"
        )
    yield


def test_without_the_lock_two_take_one_number_and_the_second_is_refused(
    db: Database, database: Databases
) -> None:
    """The lock keeps people from waiting for nothing; the check keeps the numbers right without it."""
    office = office_on(db)
    first, second = opened(office, 2)
    with without_the_lock(db, database):
        other = office_on(database.another(db))
        with pytest.raises(psycopg.Error, match=r"next of its series|duplicate key"), db.transaction():
            # both read the counter before either inserts
            issued(office.papers, first, changed=lambda paper: (issued(other.papers, second), paper)[1])
    assert numbers(db) == [1]


def letter(key: str = "paper:1") -> Letter:
    return Letter(key, "asha@example.com", "Tax invoice", "text")


def test_a_letter_is_claimed_before_it_is_sent_and_goes_out_once(db: Database, database: Databases) -> None:
    sent: list[str] = []
    start = threading.Barrier(4)
    hands = [MailNotifier(database.another(db), lambda to, *_: sent.append(to)) for _ in range(4)]

    def tell(hand: MailNotifier) -> str:
        start.wait(10)
        try:
            return str(hand.tell(letter()))
        except Exception as error:  # noqa: BLE001 - the name is what the test compares
            return type(error).__name__

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(tell, hands))
    assert sent == ["asha@example.com"]
    assert answers.count("True") == 1
    assert set(answers) <= {"True", "False", "Retryable"}
    assert hands[0].sent("paper:1")


def test_a_letter_whose_outcome_is_unknown_waits_for_its_lease(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:

    at = [NOW]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    tries: list[str] = []

    def lost(to: str, *_: str) -> None:
        tries.append(to)
        if len(tries) == 1:
            raise Retryable("no answer")

    notifier = MailNotifier(db, lost)
    for _ in range(2):
        with pytest.raises(Retryable):
            notifier.tell(letter())
    assert len(tries) == 1, "within the lease nobody sends again"
    at[0] += LEASE
    assert notifier.tell(letter())
    assert (notifier.tell(letter()), len(tries)) == (False, 2)


def test_a_letter_that_was_refused_may_be_tried_at_once(db: Database) -> None:

    def refuse(*_: str) -> None:
        raise AwsError("ses", 400, "MessageRejected", "no such address")

    with pytest.raises(AwsError):
        MailNotifier(db, refuse).tell(letter())
    assert MailNotifier(db, lambda *_: None).tell(letter())


def test_no_letter_is_sent_within_a_transaction(db: Database) -> None:
    with pytest.raises(RuntimeError, match="transaction of its own"), db.transaction():
        MailNotifier(db, lambda *_: None).tell(letter())
