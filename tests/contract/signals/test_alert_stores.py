"""One suite on hooks and alerts: in memory and on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from builders.signals import NOW, TERMS
from fixtures.database import Databases
from kit import events
from kit.events import Event
from kit.events.alert_events import AlertReceived
from kit.stores.postgres import Database
from signals.adapters.memory.alerts import MemoryAlerts, MemoryHooks
from signals.adapters.postgres.alerts import PostgresAlerts, PostgresHooks
from signals.model.alert import Alert, AlertId, Hook, HookId, Template
from signals.model.signal import AnalystId
from signals.ports.alerts import Alerts, Hooks

OWNER, OTHER = "01936e00-0c00-7c30-ac30-4d8f3f2eb001", "01936e00-0c00-7c30-ac30-4d8f3f2eb002"
LONG_AGO = NOW - timedelta(days=1)
KEY = bytes(range(32))


def hook(number: int = 0, owner: str = OWNER) -> Hook:
    name = HookId(f"01936e00-0c00-7c30-ac30-00000000{number:04d}")
    return Hook(name, owner, "mine", bytes(32), Template(stop_percent=Decimal("2.5")), NOW)


def alert(number: int, of: Hook | None = None, seconds: int = 0) -> Alert:
    of = of or hook()
    name = AlertId(f"01936e00-0c00-7c30-bc30-00000000{number:04d}")
    content = {"ticker": "AAPL", "deep": {"list": [1, 2.5, None, "é"]}}
    return Alert(name, of.id, of.owner, content, NOW + timedelta(seconds=seconds))


def told(one: Alert) -> Event[AlertReceived]:
    fact = AlertReceived(alert_id=one.id, hook_id=one.hook_id, received_at=one.received_at)
    return events.new(fact, subject=one.hook_id, version=1)


@dataclass
class Stores:
    """One implementation of both ports."""

    hooks: Hooks
    alerts: Alerts
    outbox: Callable[[], int]

    def received(self, number: int, seconds: int = 0) -> Alert:
        """Add an alert."""
        made = alert(number, seconds=seconds)
        assert self.alerts.receive(made, told(made), 100, LONG_AGO)
        return made

    def settled(self, one: Alert, **changed: object) -> Alert:
        """Settle an alert and return it."""
        done = replace(one, settled_at=NOW, **changed)  # type: ignore[arg-type]  # fields of an alert
        self.alerts.settle(done)
        return done


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        alerts = MemoryAlerts()
        return Stores(MemoryHooks(), alerts, lambda: len(alerts.events))
    databases: Databases = request.getfixturevalue("database")
    db = databases("signals")

    def outbox() -> int:
        row = db.one("SELECT count(*) FROM outbox WHERE topic = 'alert-events'")
        assert row is not None
        return int(row[0])

    return Stores(PostgresHooks(db), PostgresAlerts(db, None), outbox)


def test_a_hook_reads_back_as_it_was_made_and_only_for_its_owner(stores: Stores) -> None:
    made = replace(hook(), analyst=AnalystId("treum-house"))
    assert stores.hooks.create(made, 5)

    assert stores.hooks.at(made.id) == made
    assert stores.hooks.of(OWNER) == [made]
    assert stores.hooks.of(OTHER) == []
    assert stores.hooks.at(hook(9).id) is None


def test_an_owner_has_at_most_so_many_hooks(stores: Stores) -> None:
    assert stores.hooks.create(hook(1), 2)
    assert stores.hooks.create(replace(hook(2), created_at=NOW + timedelta(seconds=1)), 2)
    assert not stores.hooks.create(hook(3), 2)
    assert stores.hooks.create(hook(4, OTHER), 2)

    assert stores.hooks.save(replace(hook(1), revoked_at=NOW))

    assert stores.hooks.create(hook(3), 2)
    assert {one.id for one in stores.hooks.of(OWNER)} == {hook(2).id, hook(3).id}


def test_a_hook_is_saved_by_its_owner_until_it_is_revoked(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)
    changed = replace(hook(), secret_hash=KEY, template=Template(symbol="s"), rotated_at=NOW)

    assert not stores.hooks.save(replace(changed, owner=OTHER))
    assert stores.hooks.save(changed)
    assert stores.hooks.at(changed.id) == changed
    assert stores.hooks.save(replace(changed, revoked_at=NOW))
    assert stores.hooks.at(changed.id) is None
    assert not stores.hooks.save(changed)


def test_an_alert_is_received_with_its_event(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)

    made = stores.received(1)

    assert stores.alerts.find(made.id) == made
    assert stores.alerts.find(alert(2).id) is None
    assert stores.outbox() == 1


def test_a_hook_that_had_too_many_lately_takes_no_more_and_tells_nothing(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)
    stores.received(1)
    late, later = alert(2, seconds=30), alert(3, seconds=61)

    assert not stores.alerts.receive(late, told(late), 1, late.received_at - timedelta(minutes=1))
    assert stores.alerts.receive(later, told(later), 1, later.received_at - timedelta(minutes=1))

    assert stores.alerts.find(late.id) is None
    assert stores.outbox() == 2


def test_the_first_alert_with_a_fingerprint_keeps_it(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)
    first, second = stores.received(1), stores.received(2)

    assert stores.alerts.claim(first, KEY)
    assert stores.alerts.claim(first, KEY)
    assert not stores.alerts.claim(second, KEY)
    assert stores.alerts.claim(second, bytes(32))


def test_what_became_of_an_alert_is_written_once(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)
    made = stores.received(1)

    done = stores.settled(made, status="accepted", terms=TERMS)
    stores.settled(made, status="refused", reasons=("LATE",))

    assert stores.alerts.find(made.id) == done
    assert stores.alerts.accepted(OWNER, "AAPL", "1d", 10) == [done]
    assert stores.alerts.accepted(OTHER, "AAPL", "1d", 10) == []
    assert stores.alerts.accepted(OWNER, "AAPL", "1h", 10) == []
    assert stores.alerts.accepted(OWNER, "MSFT", "1d", 10) == []


def test_pages_are_the_owners_newest_first_without_a_gap(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)
    made = [stores.received(number, seconds=number // 2) for number in range(5)]
    whole = [*reversed(made)]

    assert stores.alerts.page(OWNER, hook().id, None, 10) == whole
    last = whole[1]
    assert stores.alerts.page(OWNER, hook().id, (last.received_at, last.id), 2) == whole[2:4]
    assert stores.alerts.page(OTHER, hook().id, None, 10) == []
    assert stores.alerts.page(OWNER, hook(9).id, None, 10) == []


def test_a_plan_that_ends_takes_the_private_hooks_only(stores: Stores) -> None:
    analysts = replace(hook(2), analyst=AnalystId("treum-house"))
    for made in (hook(1), analysts, hook(3, OTHER)):
        stores.hooks.create(made, 5)

    assert stores.hooks.revoke_private(OWNER, NOW) == 1
    assert stores.hooks.revoke_private(OWNER, NOW) == 0

    assert stores.hooks.of(OWNER) == [analysts]
    assert len(stores.hooks.of(OTHER)) == 1


def test_a_disabled_person_loses_every_hook_and_nobody_else_does(stores: Stores) -> None:
    analysts = replace(hook(2), analyst=AnalystId("treum-house"))
    for made in (hook(1), analysts, hook(3, OTHER)):
        stores.hooks.create(made, 5)

    assert stores.hooks.revoke_all(OWNER, NOW) == 2
    assert stores.hooks.revoke_all(OWNER, NOW) == 0

    assert stores.hooks.of(OWNER) == []
    assert stores.hooks.at(analysts.id) is None
    assert len(stores.hooks.of(OTHER)) == 1


def test_settled_alerts_are_forgotten_after_their_time(stores: Stores) -> None:
    stores.hooks.create(hook(), 5)
    old, older = stores.received(1), stores.received(2)
    waiting, young = stores.received(3), stores.received(4, seconds=60)
    for one in (old, older, young):
        stores.settled(one, status="accepted", terms=TERMS)
    later = NOW + timedelta(seconds=30)

    assert stores.alerts.forget(hook(9).id, later, 10) == 0
    assert stores.alerts.forget(hook().id, later, 1) == 1
    assert stores.alerts.forget(hook().id, later, 10) == 1
    assert stores.alerts.forget(hook().id, later, 10) == 0

    left = {one.id for one in stores.alerts.page(OWNER, hook().id, None, 10)}
    assert left == {waiting.id, young.id}


@pytest.mark.stores
def test_hooks_made_at_once_never_exceed_the_number(database: Databases) -> None:
    db = database("signals")

    def make(number: int) -> bool:
        return PostgresHooks(database.another(db)).create(hook(number), 3)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(make, range(6))) == 3


@pytest.mark.stores
@pytest.mark.parametrize(
    "command", ["UPDATE alerts SET content = '{}'", "UPDATE hooks SET owner = id", "DELETE FROM hooks"]
)
def test_the_domains_role_cannot_rewrite_what_came(database: Databases, command: str) -> None:
    db: Database = database("signals")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.run(command)
