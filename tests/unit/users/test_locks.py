"""Locks: told once they are certain and never in the request, ended by time, a new password or support."""

import pytest

from builders.moving_clock import MovingClock
from builders.users import ASHA, House
from kit import clock
from kit.audit import Actor
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kit.events.audit_events import ActionPerformed
from kit.events.user_events import UserLocked, UserUnlocked
from users.errors import CredentialsRefused, NotLocked, SignInLocked, UserUnknown
from users.model import Address, User, UserId

pytestmark = pytest.mark.usefixtures("moving_clock")
NOBODY = Address("email", "nobody@example.com")
SUPPORT = Actor("0197f3a0-0000-7000-8000-0000000000aa", ("support",))


def locked(moving: MovingClock, *addresses: Address) -> tuple[House, User]:
    """Return an account to which ten sign-ins failed; the last of them just now."""
    house = House()
    user = house.register()
    for turn in range(2):
        for _ in range(5):
            for address in addresses or (ASHA,):
                with pytest.raises(CredentialsRefused):
                    house.login(address, "not the password")
        moving.advance(0 if turn else 901)
    return house, user


def test_a_lock_is_told_once_when_it_is_certain(moving_clock: MovingClock) -> None:
    house, user = locked(moving_clock)
    assert house.locks.tell_locks() == 0
    moving_clock.advance(10)
    assert [house.locks.tell_locks(), house.locks.tell_locks()] == [1, 0]
    event = house.memory.events[-1]
    assert isinstance(event.data, UserLocked)
    assert (event.data.until - event.data.locked_at).total_seconds() == 3600
    assert (event.subject, event.version) == (user.id, 2)
    assert house.mailbox.notices == [(ASHA, "locked")]
    with pytest.raises(SignInLocked, match="password/forgot"):
        house.login()


def test_nothing_is_told_of_an_address_without_an_account(moving_clock: MovingClock) -> None:
    house, _ = locked(moving_clock, NOBODY)
    moving_clock.advance(10)
    assert house.locks.tell_locks() == 0
    assert house.event_types() == ["user.registered"]


def test_a_tenth_try_that_succeeds_locks_nothing(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    for count in (5, 4):
        for _ in range(count):
            with pytest.raises(CredentialsRefused):
                house.login(ASHA, "not the password")
        moving_clock.advance(901)
    house.login()
    moving_clock.advance(10)
    assert house.locks.tell_locks() == 0


def test_a_lock_ends_by_itself_and_the_next_failure_locks_again_without_another_mail(
    moving_clock: MovingClock,
) -> None:
    house, _ = locked(moving_clock)
    moving_clock.advance(10)
    house.locks.tell_locks()
    moving_clock.advance(3600)
    with pytest.raises(CredentialsRefused):
        house.login(ASHA, "not the password")
    moving_clock.advance(10)
    assert house.locks.tell_locks() == 1
    assert house.event_types()[-2:] == ["user.locked", "user.locked"]
    assert len(house.mailbox.notices) == 1


def test_support_unlocks_for_a_reason_that_is_kept(moving_clock: MovingClock) -> None:
    house, user = locked(moving_clock)
    house.locks.unlock(user.id, SUPPORT, "owner_identified", "CASE-2041")
    house.login()
    told, deed = house.memory.events[-2:]
    assert isinstance(told.data, UserUnlocked)
    assert (told.data.how, told.data.unlocked_by, told.data.reason, told.data.reference) == (
        "support", SUPPORT.id, "owner_identified", "CASE-2041",
    )  # fmt: skip
    assert isinstance(deed.data, ActionPerformed)
    assert (deed.data.action, deed.data.actor, deed.data.object_id) == ("user.unlock", SUPPORT.id, user.id)
    assert house.mailbox.notices == [(ASHA, "unlocked")]


def test_there_must_be_something_to_unlock(moving_clock: MovingClock) -> None:
    house, user = locked(moving_clock, NOBODY)
    with pytest.raises(NotLocked):
        house.locks.unlock(user.id, SUPPORT, "false_alarm", "CASE-1")
    with pytest.raises(UserUnknown):
        house.locks.unlock(UserId("0197f3a0-0000-7000-8000-0000000000ff"), SUPPORT, "false_alarm", "CASE-1")


def test_a_lock_that_ends_while_it_is_told_is_not_told(
    moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, user = locked(moving_clock)
    moving_clock.advance(10)
    found = house.locks.locks.untold(clock.now(), 10)
    house.locks.unlock(user.id, SUPPORT, "false_alarm", "CASE-1")
    monkeypatch.setattr(house.locks.locks, "untold", lambda *_: found)
    assert house.locks.tell_locks() == 0


@pytest.mark.parametrize("error", [Retryable(), AwsError("ses", 400, "MessageRejected", "not verified")])
def test_a_notice_that_cannot_be_sent_stops_nothing(
    error: Exception, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = locked(moving_clock)
    moving_clock.advance(10)

    def away(*_: object) -> None:
        raise error

    monkeypatch.setattr(house.mailbox, "send_notice", away)
    assert house.locks.tell_locks() == 1
