"""Idempotency on a real PostgreSQL: one effect a key, whatever the client does."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from builders.proxy import ask, event
from fixtures.database import Databases
from kit import idempotency
from kit.errors import Conflict
from kit.http import REQUIRED, Api, Body, Reply, Request, Route, signed_in
from kit.idempotency import InProgress, Kept, Scope
from kit.identity import Caller
from kit.stores.postgres import Database

USER, OTHER = Caller("user-1"), Caller("user-2")
DOMAIN = "signals"


class Order(Body):
    amount: int


class Shop:
    """A handler with an effect that can be counted: it writes one dead letter a call."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.calls = 0
        self.fails = False

    def order(self, request: Request) -> Reply:
        self.calls += 1
        self.database.run(
            'INSERT INTO signals.dead_letters (consumer, topic, partition, "offset", reason, failed_at)'
            " VALUES ('test', 'test', 0, (SELECT count(*) FROM signals.dead_letters), 'x', '2026-01-01')"
        )
        if self.fails:
            raise Conflict
        return Reply({"order": self.calls, "amount": request.body.amount}, headers=(("Location", "/o/1"),))

    def effects(self) -> int:
        found = self.database.one("SELECT count(*) FROM signals.dead_letters")
        assert found is not None
        return int(found[0])

    @property
    def api(self) -> Api:
        route = Route(
            "POST",
            "/orders",
            self.order,
            id="order",
            summary="Order",
            body=Order,
            status=201,
            access=signed_in(),
            idempotency=REQUIRED,
        )
        return Api(DOMAIN, [route], database=lambda: self.database)


@pytest.fixture
def shop(database: Databases) -> Shop:
    return Shop(database(DOMAIN))


def order(key: str | None = "key-1", amount: int = 5, caller: Caller = USER) -> dict[str, Any]:
    headers = {} if key is None else {"Idempotency-Key": key}
    return event("POST", "/api/v1/orders", body={"amount": amount}, caller=caller, headers=headers)


def test_a_retry_gets_the_first_answer_and_has_no_second_effect(shop: Shop) -> None:
    """Status, body and the effect's headers are the same; a header says it is a replay."""
    first = ask(shop.api, order())
    again = ask(shop.api, order('"key-1"'))
    assert first[:2] == again[:2] == (201, {"order": 1, "amount": 5})
    assert again[2]["Idempotent-Replayed"] == "true"
    assert again[2]["Location"] == first[2]["Location"] == "/o/1"
    assert shop.effects() == 1


def test_the_same_key_with_another_body_is_refused(shop: Shop) -> None:
    """A client that reuses keys is told so."""
    ask(shop.api, order())
    status, body, _ = ask(shop.api, order(amount=6))
    assert (status, body["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_key_belongs_to_its_caller(shop: Shop) -> None:
    """Two callers may choose the same."""
    ask(shop.api, order())
    assert ask(shop.api, order(caller=OTHER))[1]["order"] == 2
    assert shop.effects() == 2


@pytest.mark.parametrize("key", ["", '""', "a" * 256, "a\tb", "é"])
def test_a_key_that_is_none_is_refused(shop: Shop, key: str) -> None:
    """1 to 255 printable ASCII characters."""
    assert ask(shop.api, order(key))[:1] == (400,)


def test_a_required_key_that_is_missing_is_named(shop: Shop) -> None:
    """And nothing was done."""
    assert ask(shop.api, order(None))[1]["code"] == "IDEMPOTENCY_KEY_MISSING"
    assert shop.effects() == 0


def test_a_refusal_rolls_back_and_frees_the_key(shop: Shop) -> None:
    """Effect and record commit together or not at all."""
    shop.fails = True
    assert ask(shop.api, order())[0] == 409
    assert shop.effects() == 0
    shop.fails = False
    assert ask(shop.api, order())[0] == 201
    assert shop.effects() == 1


def test_concurrent_twins_wait_and_get_the_same_answer(database: Databases, shop: Shop) -> None:
    """Eight at once: one effect, eight equal answers."""
    shops = [Shop(database.another(shop.database)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: ask(one.api, order())[:2], shops))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 201
    assert shop.effects() == 1


def test_a_twin_that_waits_too_long_is_told_so(database: Databases, shop: Shop) -> None:
    """409 with Retry-After, not an error of ours."""
    held, released = threading.Event(), threading.Event()

    def slow() -> Kept:
        held.set()
        released.wait(20)
        return Kept(200, {}, "")

    scope = Scope("user-1", "order", "key-1")
    first = database.another(shop.database)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(_once(first, scope, slow))
        assert held.wait(10)
        impatient = Shop(database.another(shop.database, timeout_s=0.3))
        status, body, headers = ask(impatient.api, order())
        released.set()
        work.result(10)
    assert (status, body["code"], headers["Retry-After"]) == (409, InProgress.code, "1")


def _once(database: Database, scope: Scope, effect: Callable[[], Kept]) -> Callable[[], object]:
    return lambda: idempotency.once(database, DOMAIN, scope, b"hash", effect)
