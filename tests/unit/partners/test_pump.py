"""Attempts run beside one another: a receiver that hangs holds up nobody, and a store away ends nothing."""

import threading
from datetime import timedelta

import pytest

from builders.partners import URL, Desk, Receiver, a_message, somebody
from kit import clock, ids
from kit.errors import Retryable
from local.stores.base import until
from partners.model.webhook import Answer
from partners.ports import LogQuery, Post
from partners.service.pumping import Pump

ALL = LogQuery(None, None, 100)


class Hanging(Receiver):
    """Hangs on the addresses that end in ``slow`` until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def send(self, post: Post) -> Answer:
        if post.target.path.endswith("slow"):
            self.go.wait(10)
        return super().send(post)


def publish(desk: Desk) -> None:
    one = a_message()
    day = one.created_at.date()
    desk.stores.outgoing.publish(one, ids.uuid7(), day, one.created_at + timedelta(minutes=15), 5)


def test_a_receiver_that_hangs_holds_up_nobody() -> None:
    desk, courier = Desk(), Hanging()
    application = desk.application(somebody())
    slow, _ = desk.endpoint(application, f"{URL}/slow")
    quick, _ = desk.endpoint(application, f"{URL}/quick")
    for _ in range(4):
        publish(desk)
    pump = Pump(desk.sending, courier, slots=4)

    def done() -> bool:
        pump.tick()
        pump.wait(0.01)
        return [one.state for one in desk.logs.page(quick.owner, quick.id, ALL)] == ["delivered"] * 4

    assert until(done, 10)
    assert {one.state for one in desk.logs.page(slow.owner, slow.id, ALL)} == {"pending"}
    assert pump.busy
    courier.go.set()

    def over() -> bool:
        pump.tick()
        pump.wait(0.01)
        return [one.state for one in desk.logs.page(slow.owner, slow.id, ALL)] == ["delivered"] * 4

    assert until(over, 10)


def test_what_cannot_be_noted_or_signed_is_made_again() -> None:
    desk = Desk()
    endpoint, _ = desk.endpoint(desk.application(somebody()))
    publish(desk)
    away = [True]
    note = desk.stores.queue.note

    def noting(*given: object) -> object:
        if away.pop() if away else False:
            raise Retryable("away")
        return note(*given)  # type: ignore[arg-type]  # passed through

    desk.stores.queue.note = noting  # type: ignore[method-assign,assignment]  # a store that is away once
    pump = Pump(desk.sending, desk.receiver, slots=1)
    pump.tick()
    assert until(lambda: pump.wait(0.01) == 1, 10)
    (logged,) = desk.logs.page(endpoint.owner, endpoint.id, ALL)
    assert (logged.state, logged.outcome) == ("pending", None)


def test_an_endpoint_without_a_secret_to_open_fails_without_being_called() -> None:
    desk = Desk()
    endpoint, _ = desk.endpoint(desk.application(somebody()))
    publish(desk)
    desk.sealer.forget(endpoint.owner)
    desk.vault.destroy(endpoint.owner)
    pump = Pump(desk.sending, desk.receiver, slots=1)
    pump.tick()

    (logged,) = desk.logs.page(endpoint.owner, endpoint.id, ALL)
    assert (logged.outcome, desk.receiver.posts) == ("no_secret", [])


def test_an_idle_pump_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(clock, "sleep", slept.append)
    pump = Pump(Desk().sending, Receiver())
    assert (pump.tick(), pump.wait(1.0), slept) == (0, 0, [1.0])
