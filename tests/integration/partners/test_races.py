"""Several at once over PostgreSQL and Redis: one delivery is claimed once, limits hold, keys end when they end."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from authorizer.adapters.keys import RedisKeyGate
from authorizer.service.keys import KeyAuthorizer
from builders.partners import URL, Desk, a_message, on_postgres, somebody
from fixtures.database import Databases, settings_of
from kit import clock, ids
from kit.errors import Unauthenticated
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from partners.adapters.postgres import PostgresUsageBook
from partners.adapters.redis import RedisCounters, RedisKeyMirror
from partners.errors import KeyEnded, TooMany
from partners.model.key import MOST_KEYS
from partners.ports import LogQuery
from partners.service.usage import UsageKeeping

pytestmark = pytest.mark.stores
RESOURCE = "/api/v1/signals"
ALL = LogQuery(None, None, 100)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    found = Redis(redis_url, timeout_s=5)
    found.call("FLUSHDB")
    yield found
    found.close()


def at_once(what: Callable[[int], object], times: int) -> list[object]:
    """Return what ``times`` threads got that begin together."""
    gate = threading.Barrier(times)

    def one(number: int) -> object:
        gate.wait(10)
        return what(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def publish(desk: Desk) -> None:
    one = a_message()
    late = one.created_at + timedelta(minutes=15)
    desk.stores.outgoing.publish(one, ids.uuid7(), one.created_at.date(), late, 5)


def test_many_senders_claim_each_delivery_once(db: Database, databases: Databases) -> None:
    desk = Desk(on_postgres(db))
    endpoints = [desk.endpoint(desk.application(somebody()))[0] for _ in range(20)]
    for _ in range(2):
        publish(desk)
    desks = [Desk(on_postgres(databases.another(db))) for _ in range(4)]
    claimed = at_once(lambda number: desks[number].sending.claim(100), 4)

    seen = Counter(one.delivery for got in claimed for one in got)  # type: ignore[attr-defined]  # lists of claims
    assert set(seen.values()) == {1}
    assert len(seen) == 2 * len(endpoints)
    assert desk.sending.claim(100) == []


def test_publications_of_one_day_are_ranked_without_a_tie(db: Database, databases: Databases) -> None:
    desks = [Desk(on_postgres(databases.another(db))) for _ in range(4)]
    day = (clock.now() + timedelta(days=400)).date()

    def rank(number: int) -> None:
        for _ in range(5):
            one = a_message()
            desks[number].stores.outgoing.publish(one, ids.uuid7(), day, one.created_at, 5)

    at_once(rank, 4)
    rows = db.all("SELECT rank FROM publications WHERE day = %s ORDER BY rank", (day,))
    assert [row[0] for row in rows] == list(range(1, 21))


def test_no_more_keys_than_there_may_be_however_many_are_asked_for_at_once(
    db: Database, databases: Databases
) -> None:
    desk = Desk(on_postgres(db))
    made = desk.application(somebody())
    desks = [Desk(on_postgres(databases.another(db))) for _ in range(4)]

    def issue(number: int) -> int:
        got = 0
        for at in range(5):
            with suppress(TooMany):
                desks[number].issue(made, f"key {number} {at}")
                got += 1
        return got

    assert sum(at_once(issue, 4)) == MOST_KEYS  # type: ignore[arg-type]  # numbers
    assert len(desk.keys.list(made.owner, made.id)) == MOST_KEYS


def test_a_key_that_is_rotated_twice_at_once_has_one_successor(db: Database, databases: Databases) -> None:
    desk = Desk(on_postgres(db))
    made = desk.application(somebody())
    old = desk.issue(made).key
    desks = [Desk(on_postgres(databases.another(db))) for _ in range(4)]

    def rotate(number: int) -> str | None:
        try:
            return desks[number].keys.rotate(made.owner, made.id, old.id, timedelta(hours=1)).key.id
        except KeyEnded:
            return None

    (successor,) = [one for one in at_once(rotate, 4) if one]
    kept = {one.id: one for one in desk.keys.list(made.owner, made.id)}
    assert set(kept) == {old.id, successor}
    assert kept[old.id].replaced_by == successor


def test_who_uses_a_key_while_it_is_rotated_and_revoked_is_refused_from_then_on_only(
    db: Database, databases: Databases, redis: Redis, redis_url: str
) -> None:
    desk = Desk(on_postgres(db), RedisKeyMirror(redis))
    made = desk.application(somebody())
    issued = desk.issue(made, "used", "203.0.113.0/24")
    over, revoked = threading.Event(), threading.Event()

    def use() -> Counter[str]:
        client = Redis(redis_url, timeout_s=5)
        door, seen = KeyAuthorizer(RedisKeyGate(client)), Counter[str]()
        while not over.is_set():
            known_ended = revoked.is_set()
            try:
                caller = door.authorize(f"Bearer {issued.credential}", "203.0.113.9", RESOURCE, clock.unix())
                seen["after" if known_ended else "in"] += caller.limit is not None
            except Unauthenticated:
                seen["refused" if known_ended else "early" if not over.is_set() else "late"] += 1
        client.close()
        return seen

    def rebuild() -> None:
        mine = Desk(
            on_postgres(databases.another(db)), RedisKeyMirror(client := Redis(redis_url, timeout_s=5))
        )
        while not over.is_set():
            mine.mirroring.rebuild()
        client.close()

    with ThreadPoolExecutor(3) as pool:
        using, rebuilding = pool.submit(use), pool.submit(rebuild)
        successor = desk.keys.rotate(made.owner, made.id, issued.key.id, timedelta(hours=1))
        door = KeyAuthorizer(RedisKeyGate(redis))
        for credential in (issued.credential, successor.credential):
            assert door.authorize(f"Bearer {credential}", "203.0.113.9", RESOURCE, clock.unix()).key
        desk.keys.revoke(made.owner, made.id, issued.key.id)
        revoked.set()
        for _ in range(20):
            desk.mirroring.rebuild()
        over.set()
        seen = using.result(20)
        rebuilding.result(20)
    assert seen["after"] == 0, "a request that began after the revocation was answered came in"
    assert seen["in"] > 0
    assert seen["refused"] > 0
    assert door.authorize(f"Bearer {successor.credential}", "203.0.113.9", RESOURCE, clock.unix()).key


def test_usage_equals_the_requests_made_by_many_while_it_is_kept(
    db: Database, databases: Databases, redis: Redis, redis_url: str
) -> None:
    desk = Desk(on_postgres(db), RedisKeyMirror(redis))
    made = desk.application(somebody())
    keys = [desk.issue(made, f"key {number}") for number in range(2)]
    threads, each = 4, 100

    def use(number: int) -> None:
        client = Redis(redis_url, timeout_s=5)
        door = KeyAuthorizer(RedisKeyGate(client))
        for at in range(each):
            credential = keys[at % 2].credential
            door.authorize(f"Bearer {credential}", "203.0.113.9", RESOURCE, clock.unix())
            if number == 0 and at % 10 == 0:
                keeping.flush()
        client.close()

    keeping = UsageKeeping(
        RedisCounters(Redis(redis_url, timeout_s=5)), PostgresUsageBook(databases.another(db))
    )
    at_once(use, threads)
    keeping.flush()
    whole = (clock.now() - timedelta(hours=3), clock.now() + timedelta(hours=1))
    hours = desk.stores.book.read(made.owner, made.id, *whole)
    assert sum(one.requests for one in hours) == threads * each
    by_key = Counter[str]()
    for one in hours:
        by_key[one.key] += one.requests
    assert by_key == {key.key.id: threads * each // 2 for key in keys}


def test_a_wiped_redis_opens_nothing_until_it_is_whole_and_keeps_what_was_revoked(
    db: Database, redis: Redis
) -> None:
    desk = Desk(on_postgres(db), RedisKeyMirror(redis))
    made = desk.application(somebody())
    kept, ended = desk.issue(made, "kept"), desk.issue(made, "ended")
    desk.keys.revoke(made.owner, made.id, ended.key.id)
    redis.call("FLUSHDB")
    door = KeyAuthorizer(RedisKeyGate(redis))
    with pytest.raises(Exception, match="not complete"):
        door.authorize(f"Bearer {kept.credential}", "203.0.113.9", RESOURCE, clock.unix())

    desk.mirroring.rebuild()
    assert door.authorize(f"Bearer {kept.credential}", "203.0.113.9", RESOURCE, clock.unix()).key
    with pytest.raises(Unauthenticated):
        door.authorize(f"Bearer {ended.credential}", "203.0.113.9", RESOURCE, clock.unix())


_VICTIM = """
import json, sys
from fixtures.database import connect
from kit.stores.connection import DatabaseSettings
from kit.stores.postgres import Database
from builders.partners import Desk, on_postgres
given = json.loads(sys.argv[1])
desk = Desk(on_postgres(Database(DatabaseSettings(**given["settings"]), connect)))
desk.vault.keys.update({name: bytes.fromhex(value) for name, value in given["vault"].items()})
for claimed in desk.sending.claim(10):
    post = desk.sending.prepare(claimed)
    print(post.headers["webhook-id"], flush=True)
    desk.sending.note(claimed, desk.receiver.send(post))
"""


def test_a_sender_killed_after_it_sent_and_before_it_noted_sends_again_under_one_id(
    db: Database, tmp_path: Path
) -> None:
    db.run("DELETE FROM endpoints")  # nothing of the others is due
    desk = Desk(on_postgres(db))
    endpoint, _ = desk.endpoint(desk.application(somebody()), URL)
    publish(desk)
    points = tmp_path / "failpoints.json"
    points.write_text(json.dumps({"partners.sent": {"action": "exit", "count": 1, "generation": 1}}))
    settings = settings_of(db)
    given = {
        "settings": {name: getattr(settings, name) for name in settings.__dataclass_fields__},
        "vault": {name: value.hex() for name, value in desk.vault.keys.items() if value},
    }
    done = subprocess.run(
        [sys.executable, "-c", _VICTIM, json.dumps(given)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"FAILPOINT_FILE": str(points), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 70, done.stderr
    (logged,) = desk.logs.page(endpoint.owner, endpoint.id, ALL)
    assert (logged.state, logged.tried, logged.outcome) == ("pending", 1, None)
    assert desk.sending.claim(10) == [], "its claim still runs"

    later = clock.now() + timedelta(seconds=61)
    (claimed,) = desk.stores.queue.claim(later, later + timedelta(minutes=1), 10, 2)
    assert claimed.number == 2
    prepared = desk.sending.prepare(claimed)
    desk.sending.note(claimed, desk.receiver.send(prepared))  # type: ignore[arg-type]  # a post
    assert desk.receiver.posts[0].headers["webhook-id"] == done.stdout.strip()
    assert desk.logs.page(endpoint.owner, endpoint.id, ALL)[0].state == "delivered"
