"""From the gateway's webhooks to the state we keep: door, outbox, worker, on PostgreSQL and the stand-in."""

import itertools
import json
import random
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from builders.proxy import ask, event
from builders.stripe_gateway import Counter, counter
from builders.webhooks import SECRET, Desk, Unhurried, batch, signed
from builders.webhooks import event as webhook
from fixtures.database import Databases
from kit.money import Money
from payments import bootstrap
from payments.adapters.memory.gateway import MemoryGateway
from payments.api import api
from payments.model.gateway import CheckoutOrder, PaymentRef, RefundOrder
from payments.model.notice import PaymentState
from payments.ports.gateway import GatewayReader
from payments.service.notices import Door

pytestmark = pytest.mark.stores
_EMPTY = "; ".join(
    f"DELETE FROM payments.{table}"  # noqa: S608 - constants; quicker than TRUNCATE on partitions
    for table in ("gateway_notices", "gateway_states", "outbox", "inbox", "inbox_heads")
)
_PATH = "/api/v1/webhooks/stripe"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


def _life(gateway: Counter) -> tuple[PaymentRef, list[bytes]]:
    """Live a payment whose first card is declined and that is refunded; return it and five of its webhooks."""
    ours, hand = gateway.payments, gateway
    customer = ours.customer("u", "u@example.com", key="c")
    order = CheckoutOrder(
        "pay-1", customer, Money(99900), "Course", "https://a.example/", "https://a.example/"
    )
    page = ours.open_checkout(order, key="p")
    assert page.address is not None
    assert hand.click(page.address, number="4000000000009995")[0] == 402
    assert hand.click(page.address, number="4242424242424242")[0] == 303
    closed = gateway.reader.checkout(page.ref)
    assert closed is not None
    assert closed.payment is not None
    ours.refund(RefundOrder("r-1", closed.payment, Money(50000)), key="r")
    gateway.deliver()
    wanted = [
        "payment_intent.created",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.refunded",
    ]
    by_type = {json.loads(body)["type"]: body for body, _ in gateway.sent}
    return closed.payment, [by_type[name] for name in wanted]


def _remembered(reader: GatewayReader) -> GatewayReader:
    """Return a reader that asks once: the life is over, so the gateway would say the same 120 times."""
    asked = {name: cache(getattr(reader, name)) for name in ("payment", "refunds", "checkout")}
    return cast("GatewayReader", SimpleNamespace(**asked))


def test_every_order_of_a_five_event_life_ends_in_one_state(gateway: Counter, database: Databases) -> None:
    ref, bodies = _life(gateway)
    desk = Desk(database("payments"), _remembered(gateway.reader))
    worker, ends = desk.worker(), []
    chance = random.Random(5)  # noqa: S311 - a seed that replays a failure
    with database.owner(desk.db) as owner:
        for number, order in enumerate(itertools.permutations(bodies)):
            owner.execute(_EMPTY.encode())
            for body in order:  # each twice, the second somewhere later
                assert desk.door.receive(body, signed(body))
            for body in chance.sample(order, 5):
                assert not desk.door.receive(body, signed(body))
            told = desk.told()
            for _ in range(1 if number % 10 else 2):  # now and then the source brings the batch again
                assert worker.handler(batch(told), Unhurried()) == {"batchItemFailures": []}
            ends.append(desk.states.find(ref))
    first = ends[0]
    assert len(ends) == 120
    assert all(end == first for end in ends)
    assert isinstance(first, PaymentState)
    assert (first.payment.status, first.payment.refunded) == ("captured", Money(50000))
    assert [each.refund_id for each in first.refunds] == ["r-1"]


def test_a_gateway_that_is_away_fails_its_keys_only_until_it_is_back(
    database: Databases, gateway: Counter
) -> None:
    desk = Desk(database("payments"), gateway.reader)
    ref, bodies = _life(gateway)
    for body in bodies:
        desk.door.receive(body, signed(body))
    gateway.fault("error", path="/v1/payment_intents", method="GET", times=100)
    failed = desk.worker().handler(batch(desk.told()), Unhurried())["batchItemFailures"]
    assert failed  # the page's key waits too: what was bought on it cannot be read
    assert desk.states.find(ref) is None
    gateway.run(lambda server: server.api.faults.clear())
    assert desk.worker().handler(batch(desk.told()), Unhurried()) == {"batchItemFailures": []}
    assert desk.states.find(ref) is not None


def test_a_notice_that_comes_after_a_later_one_is_settled_too(database: Databases) -> None:
    """The later one's reading has seen what the earlier tells of, so it is passed over: it must not stay open."""
    desk = Desk(database("payments"), MemoryGateway())
    for number in (1, 2):
        body = webhook(number)
        desk.door.receive(body, signed(body))
    earlier, later = desk.told()
    worker = desk.worker()
    for place, one in enumerate((later, earlier)):
        assert worker.handler(batch([one], place), Unhurried()) == {"batchItemFailures": []}
    assert desk.db.all("SELECT id FROM gateway_notices WHERE settled_at IS NULL", ()) == []


def test_a_defect_is_set_aside_the_fifth_time(database: Databases) -> None:
    class Broken(MemoryGateway):
        def payment(self, ref: PaymentRef) -> None:
            raise ZeroDivisionError(ref)

    desk = Desk(database("payments"), Broken())
    body = webhook()
    desk.door.receive(body, signed(body))
    worker, told = desk.worker(), desk.told()
    failed = [len(worker.handler(batch(told), Unhurried())["batchItemFailures"]) for _ in range(5)]
    assert failed == [1, 1, 1, 1, 0]
    assert len(desk.db.all("SELECT reason FROM dead_letters", ())) == 1


def test_subjects_of_a_batch_are_read_beside_one_another(database: Databases) -> None:
    together = threading.Barrier(4, timeout=10)

    class Slow(MemoryGateway):
        def payment(self, ref: PaymentRef) -> None:
            together.wait()  # breaks unless four readings are under way at once

    desk = Desk(database("payments"), Slow())
    for number in range(4):
        body = webhook(number, id=f"pi_{number}")
        desk.door.receive(body, signed(body))
    assert desk.worker().handler(batch(desk.told()), Unhurried()) == {"batchItemFailures": []}


@pytest.fixture
def door(database: Databases, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(database("payments"), MemoryGateway())
    made: Door = desk.door
    monkeypatch.setattr(bootstrap.api, "door", lambda: made)
    return desk


def test_the_route_stores_an_authentic_webhook_and_knows_it_again(door: Desk) -> None:
    body = webhook(3)
    sent = event("POST", _PATH, raw=body.decode(), headers={"Stripe-Signature": signed(body)})
    assert ask(api, sent)[:2] == (200, {"received": True, "repeated": False})
    assert ask(api, sent)[:2] == (200, {"received": True, "repeated": True})
    assert len(door.told()) == 1


def test_the_route_refuses_a_forgery_with_a_problem(door: Desk) -> None:
    body = webhook(3)
    for header in ("", signed(body, "other"), signed(body, at=time.time() - 301)):
        sent = event("POST", _PATH, raw=body.decode(), headers={"Stripe-Signature": header})
        status, problem, _ = ask(api, sent)
        assert (status, problem["code"]) == (400, "WEBHOOK_SIGNATURE_INVALID")
    sent = event("POST", _PATH, raw=body.decode() + " ", headers={"Stripe-Signature": signed(body)})
    assert ask(api, sent)[0] == 400
    assert door.told() == []


def test_a_webhook_is_answered_in_under_half_a_second_under_load(database: Databases) -> None:
    """Four containers at once, each with a connection of its own, a hundred webhooks each."""
    first = database("payments")
    desks = [
        Desk(first, MemoryGateway()),
        *(Desk(database.another(first), MemoryGateway()) for _ in range(3)),
    ]
    took: list[float] = []

    def work(place: int, desk: Desk) -> None:
        for number in range(100):
            body = webhook(place * 1000 + number, id=f"pi_{number % 10}")
            began = time.perf_counter()
            desk.door.receive(body, signed(body, SECRET))
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=each) for each in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 400
    slow = sorted(took)[int(len(took) * 0.99)]
    assert slow < 0.5, f"p99 {slow:.3f} s"
    row = first.one("SELECT count(*) FROM gateway_notices", ())
    assert row == (400,)
