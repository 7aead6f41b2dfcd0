"""What is signed, when it is tried again, what an answer means: against the specification and its own library."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from kit import clock, events
from kit.events.trading_signals import SignalCancelled, SignalRecalled
from partners.model import webhook
from partners.model.webhook import ATTEMPTS, DELAYS_S, Answer, Message, MessageId, Settlement
from partners.service.recording import SignalEvent, message_of

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
DOWN, UP = Answer("answered", 500), Answer("answered", 204)


def test_the_example_of_the_library_has_our_signature() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}'
    signed = webhook.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_library_takes_what_is_sent_with_either_secret_and_nothing_forged() -> None:
    new, old, other = (webhook.show_secret(bytes([n]) * 32) for n in (1, 2, 3))
    message = Message(MessageId("msg_1"), "signal.closed", '{"type":"signal.closed"}', clock.now())
    headers = webhook.headers(message, (new, old), int(clock.unix()))

    for secret in (new, old):
        assert Webhook(secret).verify(message.body, headers) == {"type": "signal.closed"}
    for secret, body, change in (
        (other, message.body, {}),
        (new, message.body + " ", {}),
        (new, message.body, {"webhook-id": "msg_2"}),
        (new, message.body, {"webhook-timestamp": str(int(clock.unix()) - 1_000)}),
        (new, message.body, {"webhook-timestamp": str(int(clock.unix()) + 1)}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, {**headers, **change})


def test_a_secret_has_256_bits_and_the_mark_of_the_specification() -> None:
    shown = webhook.show_secret(b"x" * 32)
    assert shown.startswith("whsec_")
    assert base64.b64decode(shown[6:]) == b"x" * 32


def test_there_are_eight_attempts_over_more_than_a_day() -> None:
    assert ATTEMPTS == 8
    assert timedelta(hours=27) < timedelta(seconds=sum(DELAYS_S)) < timedelta(hours=28)
    for attempt, delay in enumerate(DELAYS_S, 1):
        assert webhook.settle(attempt, DOWN, NOW, 0.0) == Settlement(
            "pending", NOW + timedelta(seconds=delay)
        )
        late = webhook.settle(attempt, DOWN, NOW, 0.999).due_at
        assert late is not None
        assert NOW + timedelta(seconds=delay) < late <= NOW + timedelta(seconds=delay * 1.1)
    assert webhook.settle(ATTEMPTS, DOWN, NOW, 0.0) == Settlement("failed")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_success(status: int) -> None:
    assert webhook.settle(1, Answer("answered", status), NOW, 0.0) == Settlement("delivered")


@pytest.mark.parametrize(
    "answer", [Answer("timed_out"), *(Answer("answered", n) for n in (199, 301, 302, 404, 500))]
)
def test_nothing_else_is(answer: Answer) -> None:
    assert webhook.settle(1, answer, NOW, 0.0).state == "pending"
    assert webhook.settle(ATTEMPTS, answer, NOW, 0.0).state == "failed"


def test_a_receiver_may_ask_for_more_time_within_an_hour() -> None:
    asked = Answer("answered", 429, retry_after_s=120)
    assert webhook.settle(1, asked, NOW, 0.0).due_at == NOW + timedelta(seconds=120)
    assert webhook.settle(2, asked, NOW, 0.0).due_at == NOW + timedelta(seconds=300)
    for_ever = Answer("answered", 503, retry_after_s=999_999)
    assert webhook.settle(1, for_ever, NOW, 0.0).due_at == NOW + timedelta(hours=1)


def test_gone_ends_it_at_once_and_five_days_of_failure_too() -> None:
    gone = Answer("answered", 410)
    assert webhook.settle(1, gone, NOW, 0.0) == Settlement("failed")
    assert webhook.reason_to_disable(None, gone, NOW) == "gone"
    assert webhook.reason_to_disable(NOW - timedelta(days=5), DOWN, NOW) == "failing"
    assert webhook.reason_to_disable(NOW - timedelta(days=5), UP, NOW) is None
    assert webhook.reason_to_disable(NOW - timedelta(days=4, hours=23), DOWN, NOW) is None
    assert webhook.reason_to_disable(None, DOWN, NOW) is None


def test_a_message_says_what_happened_and_not_who_of_us_did_it() -> None:
    recalled = SignalRecalled(
        signal_id="s", symbol="AAPL", reason="wrong", recalled_by="somebody of us", recalled_at=NOW
    )
    cancelled = SignalCancelled(
        signal_id="s", symbol="AAPL", reason="news", cancelled_by="somebody of us", cancelled_at=NOW
    )
    told: tuple[SignalEvent, ...] = (
        events.new(recalled, subject="s", version=2),
        events.new(cancelled, subject="s", version=2),
    )
    for event in told:
        message = message_of(event)
        body = json.loads(message.body)
        assert "somebody of us" not in message.body
        assert (body["type"], body["data"]["symbol"]) == (event.type, "AAPL")
        assert datetime.fromisoformat(body["timestamp"]) == event.time
        assert message.id == "msg_" + event.id.replace("-", "")
        assert "." not in message.id
