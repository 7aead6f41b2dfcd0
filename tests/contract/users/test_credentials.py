"""One suite for new passwords, resets and locks: in memory and on PostgreSQL."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders.credential_stores import Stores
from builders.people import NOW
from kit import events, ids
from kit.events import Event
from kit.events.user_events import UserLocked
from users import model
from users.model import (
    Address,
    AddressChange,
    AddressChangeId,
    Confirmation,
    ConfirmationId,
    Device,
    FamilyId,
    Lock,
    PasswordReset,
    RefreshToken,
    ResetId,
    User,
)
from users.ports import (
    NewPassword,
)
from users.service import facts

ACCOUNT = b"a" * 32
LATER = NOW + timedelta(hours=2)
APART = timedelta(seconds=30)


def a_reset(user: User | None, at: datetime = NOW, account: bytes = ACCOUNT) -> PasswordReset:
    until = at + model.RESET_LIFE
    return PasswordReset(ResetId(ids.uuid7()), account, user.id if user else None, b"c" * 32, at, until)


def ask(stores: Stores, reset: PasswordReset) -> timedelta | None:
    return stores.resets.open(reset, per_hour=2, per_day=3, apart=APART)


def new_password(user: User, at: datetime = NOW) -> NewPassword:
    return NewPassword(user.id, "hash-2", int(at.timestamp()) + 1, at, "password_changed")


def tell(after: User, unlocked: bool) -> Sequence[Event[Any]]:  # noqa: FBT001 - the port's
    return facts.password_changed(after, "changed", NOW, unlocked=unlocked)


def signed_in(stores: Stores, user: User) -> Device:
    device = Device(FamilyId(ids.uuid7()), user.id, "device-1", "", NOW, NOW)
    token = RefreshToken(ids.uuid7().encode()[:32], device.family, user.id, NOW, NOW + model.REFRESH_LIFE)
    assert stores.sessions.open(device, token, user.password_hash, facts.ending)
    return device


def fail(stores: Stores, user: User | None, account: bytes = ACCOUNT) -> datetime:
    """Let ten sign-ins fail; return when the last did."""
    at = NOW
    for turn in range(10):
        at = NOW + timedelta(minutes=4 * turn)
        assert stores.attempts.begin(account, user.id if user else None, at) is None
    return at


def test_a_change_puts_the_hash_and_ends_what_was(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    own = signed_in(stores, asha)
    others = signed_in(stores, other)
    ended = stores.credentials.change(new_password(asha), "hash-1", tell)
    assert ended is not None
    assert ended.families == (own.family,)
    changed = ended.user
    assert (changed.password_hash, changed.version, changed.not_before) == (
        "hash-2", 2, int(NOW.timestamp()) + 1,
    )  # fmt: skip
    assert stores.accounts.by_id(asha.id) == changed
    assert stores.sessions.devices(asha.id, NOW) == []
    assert stores.sessions.devices(other.id, NOW) == [others]
    assert stores.told() == [("user.password_changed", 2), ("user.sessions_revoked", 2)]


def test_a_change_over_another_hash_leaves_nothing_behind(stores: Stores) -> None:
    asha = stores.person()
    device = signed_in(stores, asha)
    reset = a_reset(asha)
    ask(stores, reset)
    assert stores.credentials.change(new_password(asha), "hash-0", tell) is None
    assert stores.accounts.by_id(asha.id) == asha
    assert stores.sessions.devices(asha.id, NOW) == [device]
    assert stores.told() == []
    assert stores.credentials.reset(new_password(asha), reset.id, tell) is not None


def test_a_new_password_voids_codes_resets_and_changes_of_its_owner_only(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    mine, theirs = a_reset(asha), a_reset(other, account=b"b" * 32)
    asked = [
        Confirmation(ConfirmationId(ids.uuid7()), "step_up", "otp", one.id, "f", b"c" * 32, NOW, LATER)
        for one in (asha, other)
    ]
    wishes = [a_change(one, f"{place}@example.com") for place, one in enumerate((asha, other))]
    for reset in (mine, theirs):
        ask(stores, reset)
    for confirmation in asked:
        stores.confirmations.open(confirmation, per_hour=5, apart=timedelta(0))
    for wish in wishes:
        stores.changes.open(wish, per_day=5)
    stores.credentials.change(new_password(asha), "hash-1", tell)
    assert stores.credentials.reset(new_password(asha), mine.id, tell) is None
    assert not stores.confirmations.consume(asked[0].id, asha.id, NOW)
    assert not stores.changes.withdraw(wishes[0], NOW)
    assert stores.confirmations.consume(asked[1].id, other.id, NOW)
    assert stores.changes.withdraw(wishes[1], NOW)
    assert stores.credentials.reset(new_password(other), theirs.id, tell) is not None


def test_a_reset_is_used_once_and_by_its_owner(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    reset = a_reset(asha)
    ask(stores, reset)
    assert stores.credentials.reset(new_password(other), reset.id, tell) is None
    assert stores.credentials.reset(new_password(asha), ResetId(ids.uuid7()), tell) is None
    assert stores.credentials.reset(new_password(asha), reset.id, tell) is not None
    assert stores.credentials.reset(new_password(asha), reset.id, tell) is None
    used = stores.resets.attempt(reset.id)
    assert used is not None
    assert used.consumed_at == NOW


@pytest.mark.parametrize(("hours", "unlocked"), [(0, True), (1, False)])
def test_a_new_password_forgets_failures_and_tells_a_lock_that_held(
    stores: Stores, hours: int, *, unlocked: bool
) -> None:
    asha = stores.person()
    at = fail(stores, asha) + timedelta(hours=hours)
    stores.credentials.change(new_password(asha, at), "hash-1", tell)
    assert stores.attempts.begin(ACCOUNT, asha.id, at) is None
    assert (stores.told()[-1] == ("user.unlocked", 2)) is unlocked


def test_resets_count_tries_known_account_or_not(stores: Stores) -> None:
    known, unknown = a_reset(stores.person()), a_reset(None, account=b"b" * 32)
    for reset in (known, unknown):
        assert ask(stores, reset) is None
        assert stores.resets.attempt(reset.id) == replace(reset, attempts=1)
        assert stores.resets.attempt(reset.id) == replace(reset, attempts=2)
    assert stores.resets.attempt(ResetId(ids.uuid7())) is None


def test_resets_of_an_address_are_apart_and_bounded(stores: Stores) -> None:
    asha = stores.person()
    first, second = a_reset(asha), a_reset(asha, NOW + APART)
    assert ask(stores, first) is None
    assert ask(stores, a_reset(asha, NOW + timedelta(seconds=20))) == timedelta(seconds=10)
    assert ask(stores, a_reset(None, account=b"b" * 32)) is None
    assert ask(stores, second) is None
    assert ask(stores, a_reset(asha, NOW + timedelta(minutes=10))) == timedelta(minutes=50)
    assert ask(stores, a_reset(asha, NOW + timedelta(hours=1))) is None
    assert ask(stores, a_reset(asha, NOW + timedelta(hours=5))) == timedelta(hours=19)
    assert ask(stores, a_reset(asha, NOW + timedelta(hours=24))) is None
    assert stores.credentials.reset(new_password(asha), first.id, tell) is not None
    assert stores.credentials.reset(new_password(asha), second.id, tell) is None


def test_no_session_begins_with_a_password_that_was_replaced(stores: Stores) -> None:
    asha = stores.person()
    stores.credentials.change(new_password(asha), "hash-1", tell)
    device = Device(FamilyId(ids.uuid7()), asha.id, "device-1", "", NOW, NOW)
    token = RefreshToken(b"t" * 32, device.family, asha.id, NOW, LATER)
    assert not stores.sessions.open(device, token, "hash-1", facts.ending)
    assert stores.sessions.devices(asha.id, NOW) == []
    assert stores.sessions.open(device, token, "hash-2", facts.ending)


# --- locks


def told(lock: Lock) -> Callable[[User], Event[Any]]:
    def make(user: User) -> Event[Any]:
        data = UserLocked(user_id=user.id, locked_at=lock.locked_at, until=lock.until)
        return events.new(data, subject=user.id, version=user.version)

    return make


def test_a_lock_is_found_once_it_settled_and_told_once(stores: Stores) -> None:
    asha = stores.person()
    at = fail(stores, asha)
    assert stores.locks.untold(at + timedelta(seconds=9), 10) == []
    (lock,) = stores.locks.untold(at + timedelta(seconds=10), 10)
    assert lock == Lock(ACCOUNT, asha.id, at, first=True)
    user = stores.locks.tell(lock, LATER, told(lock))
    assert user is not None
    assert user.version == 2
    assert stores.locks.tell(lock, LATER, told(lock)) is None
    assert stores.locks.untold(LATER, 10) == []
    assert stores.told() == [("user.locked", 2)]


def test_the_next_failure_after_a_lock_is_another_and_no_news(stores: Stores) -> None:
    asha = stores.person()
    at = fail(stores, asha)
    (lock,) = stores.locks.untold(LATER, 10)
    stores.locks.tell(lock, LATER, told(lock))
    again = at + model.LOCK_FOR
    assert stores.attempts.begin(ACCOUNT, asha.id, again) is None
    assert stores.locks.untold(LATER, 10) == [Lock(ACCOUNT, asha.id, again, first=False)]
    (tomorrow,) = stores.locks.untold(at + model.LOCK_NOTICES_APART, 10)
    assert tomorrow.first


def test_nine_failures_and_nobodys_address_lock_nothing(stores: Stores) -> None:
    asha = stores.person()
    fail(stores, None)
    for turn in range(9):
        stores.attempts.begin(b"b" * 32, asha.id, NOW + timedelta(minutes=4 * turn))
    assert stores.locks.untold(LATER, 10) == []


def test_the_oldest_locks_come_first(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    fail(stores, asha)
    fail(stores, other, b"b" * 32)
    stores.attempts.begin(ACCOUNT, asha.id, NOW + timedelta(hours=2))
    late = NOW + timedelta(hours=3)
    assert [one.user_id for one in stores.locks.untold(late, 10)] == [other.id, asha.id]
    assert [one.user_id for one in stores.locks.untold(late, 1)] == [other.id]


def test_ending_a_lock_forgets_every_address_of_its_owner_only(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    at = fail(stores, asha)
    fail(stores, asha, b"b" * 32)
    fail(stores, other, b"o" * 32)

    def unlocked(user: User) -> Sequence[Event[Any]]:
        return (facts.unlocked_by_support(user, "support", "false_alarm", "CASE-1", NOW),)

    (lock, *_) = stores.locks.untold(LATER, 1)
    assert stores.locks.end(asha.id, LATER, unlocked) is not None
    assert stores.locks.end(asha.id, LATER, unlocked) is None
    assert stores.told() == [("user.unlocked", 2)]
    assert stores.attempts.begin(ACCOUNT, asha.id, at) is None
    assert stores.attempts.begin(b"b" * 32, asha.id, at) is None
    assert stores.attempts.begin(b"o" * 32, other.id, at) is not None
    if lock.user_id == asha.id:
        assert stores.locks.tell(lock, LATER, told(lock)) is None


def a_change(user: User, email: str, at: datetime = NOW) -> AddressChange:
    made = AddressChangeId(ids.uuid7())
    word = made.replace("-", "").encode()
    return AddressChange(made, user.id, Address("email", email), False, b"n" * 32, b"o" * 32, word, at, LATER)
