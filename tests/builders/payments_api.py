"""The payments API and worker over one database and the gateway's stand-in, as their functions run them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from builders.proxy import event
from builders.stripe_gateway import Counter
from builders.webhooks import Unhurried, batch
from fixtures.database import Databases
from kit import clock, ids
from kit.identity import Caller
from kit.stores.postgres import Database
from payments import bootstrap
from payments.adapters.kyc import SettledKyc
from payments.adapters.memory.papers import MemoryWorkflow
from payments.adapters.postgres.notices import PostgresNotices, PostgresStates
from payments.api import api
from payments.service.notices import Door, Keeping, ReadBack
from payments.worker import Wiring, Worker

T = TypeVar("T")
BASE = "/api/v1"


@dataclass(frozen=True)
class Answered:
    """Status, headers and the document."""

    status: int
    headers: dict[str, str]
    json: Any


def customer(*roles: str, confirmed: int = 0) -> Caller:
    """Return somebody new, who confirmed by that level just now."""
    at = int(clock.unix()) if confirmed else 0
    held = frozenset({"user", *roles})
    return Caller(ids.uuid7(), held, step_up_at=at, step_up_level=confirmed)  # type: ignore[arg-type]  # roles


@dataclass
class Office:
    """HTTP, webhooks and worker over ``db``; ``counter`` is the gateway."""

    db: Database
    counter: Counter
    _delivered: int = 0
    _offsets: "count[int]" = field(default_factory=lambda: count(1))

    def ask(
        self,
        method: str,
        path: str,
        caller: Caller | None = None,
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **path_values: str,
    ) -> Answered:
        """Ask; ``path`` is the route's, its parameters by name, a query after ``?``."""
        resource, _, tail = path.partition("?")
        query = {name: [value] for name, _, value in (each.partition("=") for each in tail.split("&"))}
        sent = event(
            method,
            BASE + resource,
            body=body,
            caller=caller,
            path=path_values or None,
            query=query if tail else None,
            headers={**(headers or {}), **({"Idempotency-Key": key} if key else {})},
        )
        answer = api.handler(sent, None)
        found = json.loads(answer["body"]) if answer["body"] else None
        return Answered(answer["statusCode"], answer["headers"], found)

    def enrol(self, caller: Caller, state: str = "KA") -> Caller:
        """Fill in a billing profile."""
        body = {"email": f"{caller.subject}@example.com", "name": "Asha Rao", "state": state}
        assert self.ask("PUT", "/billing/profile", caller, body).status == 200
        return caller

    def open(self, caller: Caller, body: Any, key: str | None = None) -> Answered:
        """Open a checkout."""
        return self.ask("POST", "/checkouts", caller, body, key=key or str(uuid4()))

    def payment(self, caller: Caller, payment_id: str) -> Any:
        """Read a payment."""
        return self.ask("GET", "/payments/{id}", caller, id=payment_id).json

    def webhooks(self) -> list[tuple[bytes, str]]:
        """Return the webhooks that came since the last time, with their signatures."""
        self.counter.deliver()
        new, self._delivered = self.counter.sent[self._delivered :], len(self.counter.sent)
        return new

    def receive(self, webhooks: list[tuple[bytes, str]]) -> None:
        """Take webhooks at the door."""
        secret = self.counter.server.webhook_secret
        door = Door(PostgresNotices(self.db, None), lambda: [secret])
        for body, header in webhooks:
            door.receive(body, header)

    def told(self) -> list[tuple[str, bytes]]:
        """Return what waits in the outbox for the worker, and take it."""
        rows = self.db.all(
            "SELECT key, payload FROM outbox WHERE published_at IS NULL ORDER BY version, seq", ()
        )
        self.db.run("UPDATE outbox SET published_at = %s WHERE published_at IS NULL", (clock.now(),))
        return [(key, bytes(payload)) for key, payload in rows]

    def worker(self, db: Database | None = None) -> Worker:
        """Return the worker with its own wiring, on another connection where one is given."""
        used = db or self.db
        states = PostgresStates(used)
        keeping = Keeping(states, PostgresNotices(used, None), bootstrap.worker.applying())
        read_back = ReadBack(self.counter.reader)
        return Worker(Wiring(lambda: used, lambda: read_back, lambda: states, lambda: keeping))

    def work(self) -> None:
        """Bring all webhooks to the worker; whatever it says goes out too."""
        self.receive(self.webhooks())
        found = batch(self.told(), next(self._offsets) * 1000)
        assert self.worker().handler(found, Unhurried()) == {"batchItemFailures": []}

    def pay(self, address: str, number: str = "4242424242424242") -> int:
        """Click on the page."""
        return self.counter.click(address, number=number)[0]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the data of all events of a type."""
        rows = self.db.all("SELECT payload FROM outbox ORDER BY seq", ())
        found = [json.loads(bytes(row[0])) for row in rows]
        return [one["data"] for one in found if one["type"] == kind]


def wired(db: Database, counter: Counter, monkeypatch: pytest.MonkeyPatch, *, kyc: str = "local") -> Office:
    """Return the office, with the domain's own wiring over ``db`` and the stand-in."""
    modules = [getattr(bootstrap, name) for name in bootstrap.__all__ if name != "relay"]
    for module in modules:
        for made in list(vars(module).values()):
            getattr(made, "cache_clear", lambda: None)()
    stripe = counter.stripe()
    for module in modules:
        if hasattr(module, "database"):
            monkeypatch.setattr(module, "database", lambda: db)
    monkeypatch.setattr(bootstrap.gateway, "_stripe", lambda: stripe)
    monkeypatch.setenv("STRIPE_SECRET", "not used")
    monkeypatch.setenv("REFUND_MACHINE", "not started here")
    monkeypatch.setattr(
        bootstrap.orders, "kyc", lambda: SettledKyc("local_grant" if kyc == "local" else "awaited")
    )
    monkeypatch.setattr(bootstrap.fulfilment_starter, "machine", MemoryWorkflow)
    return Office(db, counter)


def containers(
    office: Office,
    database: Databases,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], T],
    number: int = 8,
) -> list[T]:
    """Return what ``make`` builds in ``number`` containers, each with a connection of its own."""
    made = []
    for _ in range(number):
        wired(database.another(office.db), office.counter, monkeypatch)
        made.append(make())
    wired(office.db, office.counter, monkeypatch)
    return made
