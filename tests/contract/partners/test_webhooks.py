"""One suite for endpoints and deliveries: in memory and on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from builders.moving_clock import MovingClock
from builders.partners import BOTH, URL, Desk, Stores, a_message, somebody
from kit import clock, ids
from kit.errors import PreconditionFailed
from partners.errors import AddressTaken, DeliveryUnknown, EndpointClosed, EndpointUnknown, TooMany
from partners.model.application import Application
from partners.model.webhook import (
    ATTEMPTS,
    DELAYS_S,
    MOST_ENDPOINTS,
    Answer,
    DeliveryId,
    Endpoint,
    EndpointId,
    Message,
    Settlement,
)
from partners.ports import LogQuery
from partners.service import facts
from partners.service.log import KEPT, Forgetting

pytestmark = pytest.mark.usefixtures("moving_clock")
DAY = date(2027, 1, 15)
LATE = timedelta(minutes=15)
LEASE = timedelta(seconds=60)
DOWN = Answer("answered", 503, "no")
ALL = LogQuery(None, None, 100)


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


def publish(desk: Desk, message: Message | None = None, signal: str = "") -> int:
    one = message or a_message()
    return desk.stores.outgoing.publish(one, signal or ids.uuid7(), DAY, one.created_at + LATE, 5)


def endpoint_of(desk: Desk, url: str = URL) -> tuple[Application, Endpoint]:
    application = desk.application(somebody())
    return application, desk.endpoint(application, url)[0]


def states(desk: Desk, endpoint: Endpoint) -> list[str]:
    return [one.state for one in desk.logs.page(endpoint.owner, endpoint.id, ALL)]


def test_an_endpoint_is_its_owners_and_its_secret_is_sealed(desk: Desk) -> None:
    application = desk.application(somebody())
    made, secret = desk.endpoint(application)

    assert desk.endpoints.list(application.owner, application.id) == [made]
    assert secret not in str(made)
    with pytest.raises(EndpointUnknown):
        desk.endpoints.read(somebody(), made.id)
    with pytest.raises(AddressTaken):
        desk.endpoint(application)
    for number in range(1, MOST_ENDPOINTS):
        desk.endpoint(application, f"{URL}/{number}")
    with pytest.raises(TooMany):
        desk.endpoint(application, f"{URL}/more")
    assert desk.stores.told(made.id) == ["endpoint.registered"]


def test_an_endpoint_changes_in_one_version_after_another(desk: Desk) -> None:
    application, made = endpoint_of(desk)
    other, _ = desk.endpoint(application, f"{URL}/2")
    changed = desk.endpoints.change(made.owner, made.id, 1, types=("signal.closed",), active=False)

    assert (changed.version, changed.disabled, changed.types) == (2, "owner", ("signal.closed",))
    assert desk.endpoints.read(made.owner, made.id) == changed
    with pytest.raises(PreconditionFailed):
        desk.endpoints.change(made.owner, made.id, 1, active=True)
    with pytest.raises(AddressTaken):
        desk.endpoints.change(made.owner, other.id, 1, url=URL)
    assert not desk.stores.endpoints.remove(made, facts.endpoint_removed(made))
    desk.endpoints.remove(made.owner, made.id)
    with pytest.raises(EndpointUnknown):
        desk.endpoints.read(made.owner, made.id)
    assert desk.stores.told(made.id) == ["endpoint.registered", "endpoint.changed", "endpoint.removed"]


def test_a_publication_is_planned_once_for_each_who_wants_it(desk: Desk) -> None:
    _, made = endpoint_of(desk)
    _, other = endpoint_of(desk)
    desk.endpoints.change(other.owner, other.id, 1, types=("signal.recalled",))
    _, paused = endpoint_of(desk)
    desk.endpoints.change(paused.owner, paused.id, 1, active=False)
    closed, silent = endpoint_of(desk)
    desk.applications.change(closed.owner, closed.id, 1, active=False)
    message, signal = a_message(), ids.uuid7()

    assert publish(desk, message, signal) == 1
    assert publish(desk, message, signal) == 0
    (claimed,) = desk.sending.claim(10)
    assert (claimed.endpoint.id, claimed.message, claimed.attempt, claimed.number) == (made.id, message, 1, 1)
    assert states(desk, silent) == []


def test_the_free_plan_hears_late_and_of_the_first_five_of_a_day(
    desk: Desk, moving_clock: MovingClock
) -> None:
    application, made = endpoint_of(desk)
    desk.stores.owners.change(application.owner, "free", 9)
    signals = [ids.uuid7() for _ in range(6)]
    assert [publish(desk, None, one) for one in signals] == [1, 1, 1, 1, 1, 0]
    ends = [a_message("signal.closed") for _ in signals]
    followed = [
        desk.stores.outgoing.follow(end, signal, end.created_at + LATE, 5)
        for end, signal in zip(ends, signals, strict=True)
    ]
    assert followed == [1, 1, 1, 1, 1, 0]

    assert desk.deliver() == 0
    moving_clock.advance(LATE.total_seconds())
    assert sum(desk.deliver() for _ in range(5)) == 10
    assert states(desk, made) == ["delivered"] * 10


def test_a_tier_is_served_at_once_whatever_the_plan(desk: Desk) -> None:
    application, _ = endpoint_of(desk)
    desk.stores.owners.change(application.owner, "free", 9)
    was = desk.applications.read(application.owner, application.id)
    desk.stores.applications.save(replace(was, tier="partner", version=2), 1, ())
    publish(desk)

    assert desk.deliver() == 1


def test_a_disabled_owner_gets_nothing_and_what_waited_goes_out_afterwards(desk: Desk) -> None:
    application, made = endpoint_of(desk)
    publish(desk)
    desk.stores.owners.stand(application.owner, 2, disabled=True)
    publish(desk)
    assert desk.deliver() == 0

    desk.stores.owners.stand(application.owner, 3, disabled=False)
    assert desk.deliver() == 1
    assert states(desk, made) == ["delivered"]


def test_what_is_claimed_is_claimed_once_until_its_lease_ends(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    publish(desk)
    (first,) = desk.sending.claim(10)
    assert desk.sending.claim(10) == []

    moving_clock.advance(LEASE.total_seconds())
    (second,) = desk.sending.claim(10)
    assert (second.delivery, second.message.id, second.number) == (first.delivery, first.message.id, 2)
    # whoever was slow may still say that it arrived, but not that it failed
    now = clock.now()
    desk.stores.queue.note(first, DOWN, Settlement("failed"), now)
    assert states(desk, made) == ["pending"]
    desk.stores.queue.note(first, Answer("answered", 200), Settlement("delivered"), now)
    assert states(desk, made) == ["delivered"]
    _, _, tries = desk.logs.read(made.owner, first.delivery)
    assert [(one.number, one.status) for one in tries] == [(1, 200), (2, None)]


def test_one_endpoint_has_two_attempts_at_a_time_and_holds_up_nobody(desk: Desk) -> None:
    _, slow = endpoint_of(desk)
    for _ in range(5):
        publish(desk)
    _, other = endpoint_of(desk)
    publish(desk)

    claimed = [one.endpoint.id for one in desk.sending.claim(10)]
    assert sorted(claimed) == sorted([slow.id, slow.id, other.id])
    assert desk.sending.claim(10) == []


def test_eight_attempts_end_in_failure_and_every_one_is_logged(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    desk.receiver.answers = [DOWN]
    publish(desk)
    for delay in (*DELAYS_S, 0):
        assert desk.deliver() == 1
        assert desk.deliver() == 0
        moving_clock.advance(delay * 1.1)

    assert desk.deliver() == 0
    (logged,) = desk.logs.page(made.owner, made.id, LogQuery("failed", None, 10))
    assert (logged.tried, logged.status, logged.due_at) == (ATTEMPTS, 503, None)
    one, body, tries = desk.logs.read(made.owner, logged.id)
    assert (one, body) == (logged, '{"data": {}}')
    assert [attempt.number for attempt in tries] == list(range(1, ATTEMPTS + 1))
    assert {(attempt.status, attempt.excerpt) for attempt in tries} == {(503, "no")}
    assert len({post.headers["webhook-id"] for post in desk.receiver.posts}) == 1
    with pytest.raises(DeliveryUnknown):
        desk.logs.read(somebody(), logged.id)


def test_what_failed_is_replayed_one_or_all_since_a_time(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()
    since = clock.now() + timedelta(seconds=1)
    moving_clock.advance(10)
    with pytest.raises(EndpointClosed):
        desk.logs.replay_failed(made.owner, made.id, since)
    desk.endpoints.change(made.owner, made.id, 2, active=True)
    publish(desk)
    desk.receiver.answers = [Answer("answered", 410)]
    desk.deliver()
    desk.endpoints.change(made.owner, made.id, 4, active=True)
    assert states(desk, made) == ["failed", "failed"]

    desk.receiver.answers = [Answer("answered", 200)]
    assert desk.logs.replay_failed(made.owner, made.id, since) == 1
    assert desk.deliver() == 1
    assert states(desk, made) == ["delivered", "failed"]
    (_, oldest) = desk.logs.page(made.owner, made.id, ALL)
    desk.logs.replay(made.owner, made.id, oldest.id)
    assert desk.deliver() == 1
    assert states(desk, made) == ["delivered", "delivered"]
    desk.logs.replay(made.owner, made.id, oldest.id)
    assert desk.deliver() == 1
    with pytest.raises(DeliveryUnknown):
        desk.logs.replay(somebody(), made.id, oldest.id)
    with pytest.raises(EndpointUnknown):
        desk.logs.replay_failed(made.owner, EndpointId(oldest.id), since)


def test_an_endpoint_that_fails_for_five_days_is_disabled_and_its_owner_told(
    desk: Desk, moving_clock: MovingClock
) -> None:
    application, made = endpoint_of(desk)
    desk.receiver.answers = [DOWN]
    for _ in range(4):
        publish(desk)
        desk.deliver()
        moving_clock.advance(2 * 86_400)
    publish(desk)
    desk.deliver()

    failing = desk.endpoints.read(made.owner, made.id)
    assert (failing.active, failing.disabled) == (False, "failing")
    assert set(states(desk, made)) == {"failed"}
    assert desk.stores.told(made.id) == ["endpoint.registered", "endpoint.disabled"]
    assert publish(desk) == 0

    assert desk.noticing.tell_one()
    assert not desk.noticing.tell_one()
    ((to, subject, text),) = desk.mails
    assert (to, application.name in subject, made.url in text) == ("ops@example.com", True, True)


def test_a_success_in_between_begins_the_five_days_anew(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    for answer in (DOWN, Answer("answered", 200), DOWN):
        desk.receiver.answers = [answer]
        publish(desk)
        desk.deliver()
        moving_clock.advance(3 * 86_400)
    assert desk.endpoints.read(made.owner, made.id).active


def test_a_notice_whose_sender_died_is_due_again(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()
    assert desk.endpoints.read(made.owner, made.id).disabled == "gone"
    now = clock.now()
    assert desk.stores.endpoints.take_notice(now, now + LEASE) is not None
    assert desk.stores.endpoints.take_notice(now, now + LEASE) is None
    moving_clock.advance(LEASE.total_seconds())
    assert desk.noticing.tell_one()


def test_an_endpoint_enabled_again_has_nothing_to_be_told(desk: Desk) -> None:
    _, made = endpoint_of(desk)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()
    desk.endpoints.change(made.owner, made.id, 2, active=True)
    assert not desk.noticing.tell_one()


def test_two_secrets_sign_until_the_rotation_is_over(desk: Desk, moving_clock: MovingClock) -> None:
    application = desk.application(somebody())
    made, _ = desk.endpoint(application)
    changed, _ = desk.endpoints.rotate_secret(made.owner, made.id, timedelta(hours=1))
    assert desk.endpoints.read(made.owner, made.id) == changed
    publish(desk)
    desk.deliver()
    moving_clock.advance(3_600)
    publish(desk)
    desk.deliver()

    signatures = [post.headers["webhook-signature"].split(" ") for post in desk.receiver.posts]
    assert [len(one) for one in signatures] == [2, 1]


def test_a_test_message_goes_to_one_endpoint_and_says_that_it_is_one(desk: Desk) -> None:
    _, made = endpoint_of(desk)
    endpoint_of(desk)
    planned = desk.logs.test(made.owner, made.id)
    assert desk.deliver() == 1

    logged, body, _ = desk.logs.read(made.owner, planned)
    assert (logged.type, logged.state) == ("webhook.test", "delivered")
    assert '"type":"webhook.test"' in body
    with pytest.raises(EndpointUnknown):
        desk.logs.test(somebody(), made.id)


def test_the_log_is_read_in_pages_of_ones_own(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    for _ in range(5):
        publish(desk)
        moving_clock.advance(1)
    first = desk.logs.page(made.owner, made.id, LogQuery(None, None, 3))
    last = first[-1]
    rest = desk.logs.page(made.owner, made.id, LogQuery("pending", (last.created_at, last.id), 3))

    times = [one.created_at for one in [*first, *rest]]
    assert times == sorted(times, reverse=True)
    assert len(times) == 5
    with pytest.raises(EndpointUnknown):
        desk.logs.page(somebody(), made.id, ALL)
    assert desk.stores.log.page(somebody(), made.id, ALL) == []


def test_what_is_old_is_forgotten_with_its_deliveries(desk: Desk, moving_clock: MovingClock) -> None:
    _, made = endpoint_of(desk)
    publish(desk)
    moving_clock.advance(KEPT.total_seconds() + 1)
    publish(desk)

    assert Forgetting(desk.stores.log).forget() == 1
    assert len(states(desk, made)) == 1


def test_a_delivery_whose_endpoint_was_removed_is_noted_nowhere(desk: Desk) -> None:
    _, made = endpoint_of(desk)
    publish(desk)
    (claimed,) = desk.sending.claim(10)
    desk.endpoints.remove(made.owner, made.id)
    desk.sending.note(claimed, Answer("answered", 200))

    assert desk.stores.log.find(made.owner, DeliveryId(claimed.delivery)) is None
    assert made.types == BOTH
