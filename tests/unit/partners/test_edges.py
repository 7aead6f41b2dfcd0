"""What happens to two who change one thing at once, to the erased, and to a signal's whole life."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from builders.partners import URL, Desk, a_message, somebody
from kit import clock, events, ids
from kit.errors import Conflict, PreconditionFailed, Retryable
from kit.events.trading_signals import Commitment, SignalClosed, SignalPublished
from partners.errors import ApplicationClosed, ApplicationUnknown, EndpointClosed, EndpointUnknown, KeyEnded
from partners.model.application import Application, ApplicationId
from partners.model.key import Key, KeyId
from partners.model.webhook import Answer, Endpoint, EndpointId
from partners.ports import LogQuery
from partners.service.keys import KeyTerms
from partners.service.pumping import Pump

_CONSOLE = Path(__file__).parents[3] / "infra" / "console"
ALL = LogQuery(None, None, 100)
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def application(desk: Desk) -> Application:
    return desk.application(somebody())


def publish(desk: Desk) -> None:
    one = a_message()
    desk.stores.outgoing.publish(one, ids.uuid7(), one.created_at.date(), one.created_at, 5)


def test_who_read_an_application_before_it_changed_is_told(desk: Desk, application: Application) -> None:
    desk.applications.change(application.owner, application.id, 1, name="Newer")
    desk.stores.applications.find = lambda *_: application  # type: ignore[method-assign]  # read before
    with pytest.raises(PreconditionFailed):
        desk.applications.change(application.owner, application.id, 1, name="Other")


def test_who_read_a_key_before_it_changed_is_told(desk: Desk, application: Application) -> None:
    was: Key = desk.issue(application).key
    desk.keys.rotate(application.owner, application.id, was.id, DAY)
    desk.stores.keys.find = lambda *_: was  # type: ignore[method-assign]  # read before
    with pytest.raises(Conflict):
        desk.keys.revoke(application.owner, application.id, was.id)
    with pytest.raises(KeyEnded):
        desk.keys.rotate(application.owner, application.id, was.id, DAY)


def test_who_read_an_endpoint_before_it_changed_is_told(desk: Desk, application: Application) -> None:
    was, _ = desk.endpoint(application)
    desk.endpoints.change(was.owner, was.id, 1, types=("signal.closed",))
    desk.stores.endpoints.find = lambda *_: was  # type: ignore[method-assign]  # read before
    with pytest.raises(PreconditionFailed):
        desk.endpoints.change(was.owner, was.id, 1, url=f"{URL}/other")
    with pytest.raises(Conflict):
        desk.endpoints.rotate_secret(was.owner, was.id, DAY)
    with pytest.raises(Conflict):
        desk.endpoints.remove(was.owner, was.id)


def test_a_change_that_changes_nothing_has_no_version(desk: Desk, application: Application) -> None:
    assert desk.applications.change(application.owner, application.id, 1, name="Desk") == application
    endpoint, _ = desk.endpoint(application)
    assert desk.endpoints.change(endpoint.owner, endpoint.id, 1, active=True) == endpoint
    assert desk.stores.told(endpoint.id) == ["endpoint.registered"]


def test_nothing_is_made_for_an_application_that_is_absent_or_closed(
    desk: Desk, application: Application
) -> None:
    owner, nowhere = application.owner, ApplicationId(ids.uuid7())
    terms = KeyTerms("main", ("signals:read",), (), DAY)
    for ask in (
        lambda: desk.keys.issue(owner, nowhere, terms),
        lambda: desk.keys.rotate(owner, nowhere, KeyId(nowhere), DAY),
        lambda: desk.endpoints.register(owner, nowhere, URL, ("signal.closed",)),
        lambda: desk.endpoints.list(owner, nowhere),
    ):
        with pytest.raises(ApplicationUnknown):
            ask()
    desk.applications.change(owner, application.id, 1, active=False)
    with pytest.raises(ApplicationClosed):
        desk.endpoint(application)


def test_a_secret_without_overlap_signs_alone(desk: Desk, application: Application) -> None:
    endpoint, _ = desk.endpoint(application)
    changed, _ = desk.endpoints.rotate_secret(endpoint.owner, endpoint.id, timedelta(0))
    assert (changed.previous, changed.previous_until) == (None, None)


def test_an_erased_owner_has_no_contact_and_is_told_nothing(desk: Desk, application: Application) -> None:
    endpoint, _ = desk.endpoint(application)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()
    desk.sealer.forget(application.owner)
    desk.vault.destroy(application.owner)

    assert desk.applications.contact_of(application) is None
    assert desk.noticing.tell_one()
    assert not desk.mails
    assert not desk.endpoints.read(endpoint.owner, endpoint.id).active


def test_an_owner_is_told_where_an_endpoint_is_mended(desk: Desk, application: Application) -> None:
    desk.endpoint(application)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()
    assert desk.noticing.tell_one()
    ((_, _, text),) = desk.mails
    assert "https://app.example/keys#endpoints" in text
    assert " /partners/" not in text
    assert 'id="endpoints"' in (_CONSOLE / "keys.html").read_text()


def test_an_owner_without_a_contact_is_told_nothing(desk: Desk) -> None:
    application = desk.applications.register(somebody(), "premium", "Quiet", None)
    assert desk.applications.contact_of(application) is None
    desk.endpoint(application)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()
    assert desk.noticing.tell_one()
    assert not desk.mails


def test_a_mail_that_cannot_be_sent_now_stays_due(desk: Desk, application: Application) -> None:
    desk.endpoint(application)
    desk.receiver.answers = [Answer("answered", 410)]
    publish(desk)
    desk.deliver()

    def away(*_: str) -> None:
        raise Retryable("no mail now")

    with pytest.raises(Retryable):
        replace(desk.noticing, mail=away).tell_one()
    now = clock.now() + timedelta(minutes=3)
    assert desk.stores.endpoints.take_notice(now, now) is not None


def test_an_address_that_is_no_longer_taken_is_not_called(desk: Desk, application: Application) -> None:
    endpoint, _ = desk.endpoint(application)
    was = desk.endpoints.read(endpoint.owner, endpoint.id)
    desk.stores.endpoints.save(replace(was, url="http://10.0.0.1/", version=2), 1, ())
    publish(desk)
    pump = Pump(desk.sending, desk.receiver, slots=1)
    pump.tick()

    (logged,) = desk.logs.page(endpoint.owner, endpoint.id, ALL)
    assert (logged.outcome, logged.state, desk.receiver.posts) == ("target_refused", "pending", [])


def test_a_store_that_is_away_when_an_attempt_begins_leaves_it_due(
    desk: Desk, application: Application
) -> None:
    endpoint, _ = desk.endpoint(application)
    publish(desk)
    desk.sealer.forget(application.owner)

    def away(subject: str) -> bytes | None:
        raise Retryable(f"no key of {subject} now")

    desk.vault.wrapped = away  # type: ignore[method-assign]  # a vault that is away
    pump = Pump(desk.sending, desk.receiver, slots=1)
    pump.tick()
    assert not pump.busy
    (logged,) = desk.logs.page(endpoint.owner, endpoint.id, ALL)
    assert (logged.state, logged.outcome) == ("pending", None)


def test_an_endpoint_that_somebody_changes_meanwhile_is_disabled_by_its_next_failure(
    desk: Desk, application: Application
) -> None:
    endpoint, _ = desk.endpoint(application)
    desk.receiver.answers = [Answer("answered", 410)]
    disable = desk.stores.endpoints.disable
    desk.stores.endpoints.disable = lambda *_: False  # type: ignore[method-assign]  # another version by now
    publish(desk)
    desk.deliver()
    assert desk.endpoints.read(endpoint.owner, endpoint.id).active
    desk.stores.endpoints.disable = disable  # type: ignore[method-assign]  # as it was
    publish(desk)
    desk.deliver()
    assert desk.endpoints.read(endpoint.owner, endpoint.id).disabled == "gone"


def test_a_disabled_or_absent_endpoint_is_neither_tested_nor_replayed(
    desk: Desk, application: Application
) -> None:
    endpoint: Endpoint = desk.endpoint(application)[0]
    planned = desk.logs.test(endpoint.owner, endpoint.id)
    desk.endpoints.change(endpoint.owner, endpoint.id, 1, active=False)
    with pytest.raises(EndpointClosed):
        desk.logs.test(endpoint.owner, endpoint.id)
    with pytest.raises(EndpointClosed):
        desk.logs.replay(endpoint.owner, endpoint.id, planned)
    with pytest.raises(EndpointUnknown):
        desk.logs.test(endpoint.owner, EndpointId(ids.uuid7()))


def test_a_signal_and_its_end_are_planned_for_who_wants_them(desk: Desk, application: Application) -> None:
    endpoint, _ = desk.endpoint(application)
    now, signal = clock.now(), ids.uuid7()
    published = SignalPublished(
        signal_id=signal,
        symbol="AAPL",
        timeframe="1d",
        side="buy",
        entry=Decimal(100),
        stop=Decimal(90),
        targets=(Decimal(120),),
        currency="USD",
        tick=Decimal("0.01"),
        confidence=80,
        horizon="swing",
        expires_at=now + DAY,
        rationale="…",
        analyst="house",
        strategy="by-hand",
        ai_generated=False,
        disclaimer="…",
        commitment=Commitment(number=1, hash="0" * 64),
        policy_version="2026",
        published_at=now,
    )
    closed = SignalClosed(
        signal_id=signal,
        symbol="AAPL",
        outcome="target_hit",
        exit_price=Decimal(120),
        mfe=Decimal(20),
        mae=Decimal(1),
        closed_at=now,
    )
    assert desk.recording.record(events.new(published, subject=signal, version=1)) == 1
    assert desk.recording.record(events.new(closed, subject=signal, version=2)) == 1
    assert desk.deliver() == 2
    kinds = {one.type for one in desk.logs.page(endpoint.owner, endpoint.id, ALL)}
    assert kinds == {"signal.published", "signal.closed"}
    assert '"entry":"100"' in desk.receiver.posts[0].body
