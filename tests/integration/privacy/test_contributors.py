"""Contributors on PostgreSQL, fed with batches as Kafka's source makes them: repeated, cut off, and for others."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from authorizer.adapters.keys import RedisKeyGate
from authorizer.service.keys import KeyAuthorizer
from builders.partners import Desk, on_postgres
from builders.partners import somebody as owner_of_keys
from builders.privacy import PrivacyDesk, over, somebody
from builders.strikes import Strikes
from builders.two_people import AT
from builders.two_people import HOLDINGS as TWO_PEOPLE
from fixtures.database import Databases, Migrated
from kit import clock, events, failpoint, ids
from kit.errors import Retryable, TreumError
from kit.events import Data, Event
from kit.events.catalogue import ALL
from kit.events.privacy_events import (
    PrivacyErased,
    PrivacyErasureClosing,
    PrivacyErasureDue,
    PrivacyExportRequested,
)
from kit.outbox import Outbox
from kit.privacy.contributing import Contributing, ContributorConsumer
from kit.privacy.tables import TableContributor
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from local.stores import Postgres
from partners import contributor as partners_entry
from partners.adapters.redis import RedisKeyMirror
from partners.bootstrap import contributor as partners_wiring
from privacy.adapters.memory import MemoryArchives
from users import contributor as users_entry
from users.adapters.postgres import PostgresAccounts
from users.adapters.postgres.personal import HOLDINGS
from users.adapters.privacy_letters import MailedPrivacyLetters
from users.bootstrap import contributor as users_wiring
from users.contributor import LETTERS
from users.model import UserId
from users.service.leaving import AccountContributor, Leaving

pytestmark = pytest.mark.stores
_READ = events.Reader({one.TYPE: one for one in ALL}).read


class Left:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def wired(handler: Any) -> ContributorConsumer:
    """Return the consumer behind an entry point, as it was wired."""
    found = handler.__self__
    assert isinstance(found, ContributorConsumer)
    return found


class Mirror:
    """Who is refused since when."""

    def __init__(self) -> None:
        self.refused: dict[str, int] = {}

    def refuse_before(self, user_id: str, second: int) -> None:
        self.refused[user_id] = second


class Users:
    """The users' contributor over one database: bucket in memory, letters in a list."""

    def __init__(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.db, self.offset, self.mirror = db, 0, Mirror()
        self.parts = MemoryArchives()
        self.letters: list[tuple[str, str]] = []
        outbox = Outbox(db, None)
        accounts = PostgresAccounts(db, outbox)
        account = AccountContributor(TableContributor(db, HOLDINGS), accounts, outbox.append)
        contributing = Contributing("users", account, self.parts, outbox)
        monkeypatch.setattr(
            "users.adapters.privacy_letters.send_email",
            lambda to, _subject, text: self.letters.append((to, text)),
        )
        leaving = Leaving(accounts, self.mirror, MailedPrivacyLetters(db, "https://app.example"))  # type: ignore[arg-type]  # what is used of it
        monkeypatch.setattr(users_wiring, "leaving", lambda: leaving)
        self.consumer = ContributorConsumer(
            lambda: contributing, lambda: db, "users", more=LETTERS, after=wired(users_entry.handler)._after
        )

    def register(self) -> str:
        person = ids.uuid7()
        self.db.run(
            "INSERT INTO users (id, email, password_hash, display_name, locale, roles, plan, version, created_at,"
            " updated_at) VALUES (%s, %s, 'hash', 'Asha', 'en', '{user}', 'free', 1, %s, %s)",
            (person, f"{person}@example.com", AT, AT),
        )
        return person

    def take(self, *made: Event[Any]) -> int:
        """Hand a batch over; return how many of it failed."""
        records = []
        for event in made:
            self.offset += 1
            key = base64.b64encode(event.subject.encode()).decode()
            value = base64.b64encode(events.encode(event)).decode()
            records.append(
                {"topic": "privacy-events", "partition": 0, "offset": self.offset, "timestamp": 0, "key": key,
                 "value": value, "headers": []}
            )  # fmt: skip
        batch = {"eventSource": "aws:kafka", "records": {"privacy-events-0": records}}
        return len(self.consumer.handler(batch, Left())["batchItemFailures"])

    def told(self, subject: str) -> list[Event[Data]]:
        rows = self.db.all("SELECT payload FROM outbox WHERE key = %s ORDER BY version, seq", (subject,))
        return [event for row in rows if (event := _READ(bytes(row[0]))) is not None]

    def account(self, person: str) -> tuple[Any, ...]:
        row = self.db.one("SELECT email, password_hash, erased_at FROM users WHERE id = %s", (person,))
        assert row is not None
        return row


@pytest.fixture(scope="module")
def databases(postgres: Postgres, migrated: Migrated) -> Iterator[Databases]:
    made = Databases(postgres, migrated)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Database:
    return databases("users", "vault")


@pytest.fixture
def users(shared: Database, monkeypatch: pytest.MonkeyPatch) -> Users:
    return Users(shared, monkeypatch)


@pytest.fixture
def strikes(monkeypatch: pytest.MonkeyPatch) -> Strikes:
    made = Strikes()
    monkeypatch.setattr(failpoint, "hit", made.hit)
    return made


def asked(person: str, *domains: str) -> Event[PrivacyExportRequested]:
    export = ids.uuid7()
    told = PrivacyExportRequested(
        person=person, export_id=export, domains=domains or ("users", "kyc"), requested_at=clock.now()
    )
    return events.new(told, subject=export, version=1)


def due(person: str, erasure: str, *domains: str, version: int = 3) -> Event[PrivacyErasureDue]:
    told = PrivacyErasureDue(
        person=person, erasure_id=erasure, domains=domains or ("users",), due_at=clock.now()
    )
    return events.new(told, subject=erasure, version=version)


def test_a_part_is_written_and_told_once_however_often_it_is_asked_for(users: Users) -> None:
    person = users.register()
    event = asked(person)
    assert [users.take(event), users.take(event)] == [0, 0]
    (told,) = users.told(event.subject)
    content = users.parts.objects[f"exports/{event.subject}/users.json"]
    assert told.data.sha256 == hashlib.sha256(content).hexdigest()  # type: ignore[attr-defined]  # by its type
    (account,) = json.loads(content)["sections"]["account"]
    assert account["email"] == f"{person}@example.com"


def test_who_is_not_asked_does_nothing(users: Users) -> None:
    person = users.register()
    event, other = asked(person, "kyc"), due(person, ids.uuid7(), "kyc")
    assert users.take(event, other) == 0
    assert (users.told(event.subject), users.told(other.subject)) == ([], [])
    assert users.account(person)[0] is not None
    assert not any(event.subject in key for key in users.parts.objects)


def test_a_domain_that_dies_before_it_told_writes_its_part_again(users: Users, strikes: Strikes) -> None:
    event = asked(users.register())
    strikes.plan = {"privacy.part.written": 1}
    assert users.take(event) == 1
    assert users.told(event.subject) == []
    assert users.take(event) == 0
    assert len(users.told(event.subject)) == 1


@pytest.mark.parametrize("point", ["privacy.erased", "outbox.appended", "consumer.applied"])
def test_a_domain_that_dies_between_erasing_and_answering_does_both_or_neither(
    users: Users, strikes: Strikes, point: str
) -> None:
    person, erasure = users.register(), ids.uuid7()
    event = due(person, erasure)
    strikes.plan = {point: 1}
    assert users.take(event) == 1
    assert users.account(person)[0] is not None, "rolled back with the answer"
    assert users.told(erasure) == []
    assert [users.take(event), users.take(event)] == [0, 0]
    assert users.account(person)[:2] == (None, "")
    (told,) = users.told(erasure)
    assert isinstance(told.data, PrivacyErased)
    assert told.data.removed["account"] == 1
    assert [event.type for event in users.told(person)] == ["user.sessions_revoked"]


def test_who_dies_after_the_commit_tells_the_mirror_when_it_comes_again(
    users: Users, strikes: Strikes
) -> None:
    person, erasure = users.register(), ids.uuid7()
    strikes.plan = {"consumer.committed": 1}
    assert users.take(due(person, erasure)) == 1
    assert (users.account(person)[0], users.mirror.refused) == (None, {})
    row = users.db.one("SELECT payload FROM outbox WHERE key = %s", (erasure,))
    assert row is not None
    again = due(person, erasure)
    assert users.take(again) == 0
    assert users.mirror.refused.keys() == {person}


def test_the_last_letter_goes_before_the_address(users: Users) -> None:
    person, erasure = users.register(), ids.uuid7()
    told = PrivacyErasureClosing(person=person, erasure_id=erasure, closing_at=clock.now())
    closing = events.new(told, subject=erasure, version=3)
    last = due(person, erasure)
    assert users.take(closing, closing, last, last) == 0
    (letter,) = [text for to, text in users.letters if to == f"{person}@example.com"]
    assert "last letter" in letter
    assert users.account(person)[0] is None


def test_an_account_waits_while_its_letter_cannot_go(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    person, erasure = users.register(), ids.uuid7()
    told = PrivacyErasureClosing(person=person, erasure_id=erasure, closing_at=clock.now())
    closing, last = events.new(told, subject=erasure, version=3), due(person, erasure)

    def away(*_: str) -> None:
        raise Retryable("away")

    broken = Users(users.db, monkeypatch)
    monkeypatch.setattr(broken.consumer, "_after", away)
    assert broken.take(closing, last) == 2, "and the erasure behind it is not begun"
    assert users.account(person)[0] is not None


def test_an_erased_account_cannot_be_found_or_reached(users: Users) -> None:
    person = users.register()
    assert users.take(due(person, ids.uuid7())) == 0
    accounts = PostgresAccounts(users.db, Outbox(users.db, None))
    user = accounts.by_id(UserId(person))
    assert user is not None
    assert (user.addresses, user.password_hash, user.roles) == ((), "", ("user",))
    assert user.not_before >= int(clock.unix())


def desk_of(db: Database) -> PrivacyDesk:
    made = over(db)
    made.clock.at = AT
    return made


def test_taking_it_back_and_its_moment_race_and_one_of_them_wins(databases: Databases) -> None:
    """Twenty times at once over two connections: cancelled and nothing told, or begun and refused."""
    first = databases("privacy", "vault")
    other = databases.another(first)
    outcomes = set()
    for _ in range(20):
        one = desk_of(first).erasing.request(somebody())
        begins, takes_back = desk_of(first), desk_of(other)
        begins.clock.forward(hours=48)
        barrier, refused = threading.Barrier(2), list[str]()

        def cancel(
            desk: PrivacyDesk = takes_back, one: Any = one, at: Any = barrier, out: Any = refused
        ) -> None:
            at.wait(10)
            try:
                desk.erasing.cancel(one.id, one.person)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                out.append(type(error).__name__)

        thread = threading.Thread(target=cancel)
        thread.start()
        barrier.wait(10)
        begins.erasing.begin(one.id)
        thread.join(10)
        state = begins.find(one).state
        types = begins.types(one.id)[1:]
        assert (state, types, refused) in (
            ("cancelled", ["privacy.erasure_cancelled"], []),
            ("erasing", ["privacy.erasure_due"], ["ErasureBegun"]),
        )
        outcomes.add(state)
    print(f"outcomes: {sorted(outcomes)}")  # noqa: T201 - which of them it was depends on the machine


def test_the_keys_of_an_erased_owner_open_nothing(
    databases: Databases, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, redis = databases("partners", "vault"), Redis(redis_url, timeout_s=5)
    redis.call("FLUSHDB")
    partners = Desk(on_postgres(db), RedisKeyMirror(redis))
    application, other = (partners.application(owner_of_keys()) for _ in range(2))
    credential, kept = (partners.issue(one).credential for one in (application, other))
    door, outbox = KeyAuthorizer(RedisKeyGate(redis)), Outbox(db, None)
    contributor = TableContributor(db, TWO_PEOPLE["partners"])
    contributing = Contributing("partners", contributor, MemoryArchives(), outbox)
    monkeypatch.setattr(partners_wiring, "mirroring", lambda: partners.mirroring)
    consumer = ContributorConsumer(
        lambda: contributing, lambda: db, "partners", after=wired(partners_entry.handler)._after
    )
    event = due(application.owner, ids.uuid7(), "partners")
    record = {
        "topic": "privacy-events", "partition": 0, "offset": 1, "timestamp": 0, "headers": [],
        "key": base64.b64encode(event.subject.encode()).decode(),
        "value": base64.b64encode(events.encode(event)).decode(),
    }  # fmt: skip

    def caller(one: str) -> str:
        return door.authorize(f"Bearer {one}", "203.0.113.1", "/api/v1/signals", clock.unix()).subject

    assert caller(credential) == application.owner
    batch = {"eventSource": "aws:kafka", "records": {"privacy-events-0": [record]}}
    assert consumer.handler(batch, Left())["batchItemFailures"] == []
    with pytest.raises(TreumError):
        caller(credential)
    assert caller(kept) == other.owner
    redis.close()
