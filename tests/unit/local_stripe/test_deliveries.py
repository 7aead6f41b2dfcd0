"""Webhooks go out signed, again with back-off until they are taken, doubled and shuffled on demand."""

import json
from pathlib import Path

import pytest
import stripe

from builders.stripe_gateway import Counter, counter


def made(gateway: Counter, count: int) -> list[str]:
    """Make customers; return the ids of what is told about them."""
    for number in range(count):
        gateway.payments.customer(f"u{number}", f"u{number}@example.com", key=f"c{number}")
    return [body["id"] for body in gateway.run(lambda server: list(server.records.newest("event")))]


def ids(gateway: Counter) -> list[str]:
    return [json.loads(body)["id"] for body, _ in gateway.sent]


def test_every_event_goes_out_once_in_order_and_signed(tmp_path: Path) -> None:
    with counter(tmp_path) as gateway:
        told = made(gateway, 5)
        gateway.deliver()
        assert ids(gateway) == told[::-1]
        for body, header in gateway.sent:
            assert stripe.WebhookSignature.verify_header(
                body.decode(), header, gateway.server.webhook_secret, 300
            )


def test_two_secrets_sign_while_one_is_replaced(tmp_path: Path) -> None:
    with counter(tmp_path) as gateway:
        gateway.run(lambda server: setattr(server.deliveries, "secrets", ("whsec_new", "whsec_old")))
        made(gateway, 1)
        gateway.deliver()
        body, header = gateway.sent[0]
        for secret in ("whsec_new", "whsec_old"):
            assert stripe.WebhookSignature.verify_header(body.decode(), header, secret, 300)


def test_what_is_not_taken_comes_again_later_and_later(tmp_path: Path) -> None:
    answers = iter([500, 404, 200])
    with counter(tmp_path, lambda _body, _headers: next(answers)) as gateway:
        made(gateway, 1)
        for _ in range(3):
            gateway.deliver()
        assert gateway.statuses == [500, 404, 200]
        assert gateway.run(lambda server: server.records.ended()) == {"retried": 2, "delivered": 1}


def test_a_retry_waits_twice_as_long_each_time(tmp_path: Path) -> None:
    with counter(tmp_path, lambda _body, _headers: 503) as gateway:
        gateway.run(lambda server: server.deliveries.change({"paused": True}))
        made(gateway, 1)
        waits = []
        for _ in range(3):
            gateway.deliver()
            (next_one,) = gateway.run(lambda server: list(server.records.waiting()))
            waits.append(round(next_one.due - gateway.run(lambda server: server.world.now())))
        assert waits == [2, 4, 8]


def test_what_was_not_delivered_goes_out_after_a_restart(tmp_path: Path) -> None:
    with counter(tmp_path) as gateway:
        gateway.run(lambda server: server.deliveries.change({"paused": True}))
        told = made(gateway, 2)
        assert gateway.sent == []
    with counter(tmp_path) as again:
        again.deliver()
        assert sorted(ids(again)) == sorted(told)


def test_copies_and_disorder_come_on_demand(tmp_path: Path) -> None:
    with counter(tmp_path) as gateway:
        gateway.run(lambda server: server.deliveries.change({"paused": True, "copies": 3, "shuffled": True}))
        told = made(gateway, 30)
        gateway.deliver()
        sent = ids(gateway)
        assert sorted(sent) == sorted(told * 3)
        assert list(dict.fromkeys(sent)) != told[::-1]


def test_a_manner_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with counter(tmp_path) as gateway:
        with pytest.raises(ValueError, match="copies"):
            gateway.run(lambda server: server.deliveries.change({"copies": 0}))
        with pytest.raises(ValueError, match="kind is one of"):
            gateway.fault("nonsense")
