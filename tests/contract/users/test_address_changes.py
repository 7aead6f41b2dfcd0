"""One suite for changes of addresses: in memory and on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders.credential_stores import Stores
from builders.people import NOW
from kit import behalf, ids
from kit.events import Event
from users import model
from users.model import Address, AddressChange, AddressChangeId, Device, FamilyId, RefreshToken, User
from users.service import facts

LATER = NOW + timedelta(minutes=10)
PHONE = Address("phone", "+919812345678")


def a_change(user: User, address: Address | None = None, at: datetime = NOW) -> AddressChange:
    made = AddressChangeId(ids.uuid7())
    return AddressChange(
        id=made,
        user_id=user.id,
        address=address or Address("email", f"new-{made}@example.com"),
        decoy=False,
        new_code=b"n" * 32,
        old_code=b"o" * 32,
        stop_word=made.replace("-", "").encode(),
        created_at=at,
        expires_at=at + model.ADDRESS_CODE_LIFE,
    )


def begun(stores: Stores, user: User, address: Address | None = None) -> AddressChange:
    change = a_change(user, address)
    assert stores.changes.open(change, per_day=5) is None
    return change


def changed(after: User) -> Sequence[Event[Any]]:
    return (facts.address_changed(after, "email", "both", NOW),)


def stopped(after: User) -> Event[Any]:
    return facts.sessions_ended(after, "address_change_stopped", NOW)


def test_tries_are_counted_for_the_one_who_asked(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    change = begun(stores, asha)
    assert stores.changes.attempt(change.id, other.id) is None
    assert stores.changes.attempt(change.id, asha.id) == replace(change, attempts=1)
    assert stores.changes.attempt(change.id, asha.id) == replace(change, attempts=2)


def test_a_day_has_so_many_and_a_newer_one_voids_its_channel_only(stores: Stores) -> None:
    asha = stores.person()
    phone = begun(stores, asha, PHONE)
    first = begun(stores, asha)
    second = a_change(asha, at=NOW + timedelta(hours=1))
    assert stores.changes.open(second, per_day=3) is None
    assert not stores.changes.withdraw(first, LATER)
    third = a_change(asha, at=NOW + timedelta(hours=3))
    assert stores.changes.open(third, per_day=3) == timedelta(hours=21)
    assert stores.changes.open(a_change(asha, at=NOW + timedelta(days=1)), per_day=3) is None
    assert stores.changes.withdraw(phone, LATER)
    assert not stores.changes.withdraw(second, LATER)


@pytest.mark.parametrize("address", [Address("email", "other@example.com"), PHONE])
def test_it_is_made_once_and_told_with_the_next_version(stores: Stores, address: Address) -> None:
    asha = stores.person()
    change = begun(stores, asha, address)
    assert stores.changes.make(change, LATER, changed) == "made"
    assert stores.changes.make(change, LATER, changed) == "ended"
    found = stores.accounts.by_address(address)
    assert found == replace(asha.reached_by(address), version=2, updated_at=LATER)
    assert stores.told() == [("user.address_changed", 2)]


def test_an_address_of_another_account_is_not_taken(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    change = begun(stores, asha, other.at("email"))
    assert stores.changes.make(change, LATER, changed) == "taken"
    assert stores.changes.make(change, LATER, changed) == "ended"
    assert stores.accounts.by_id(asha.id) == asha
    assert stores.told() == []


def test_an_address_is_known_to_be_another_s_on_ones_own_behalf(stores: Stores) -> None:
    """Row-level security hides the other's account, and not that the address is theirs."""
    asha, other = stores.person(), stores.person()
    address = other.at("email")
    assert address is not None
    with behalf.of(asha.id):
        assert stores.accounts.by_address(address) == other
        assert stores.changes.make(begun(stores, asha, address), LATER, changed) == "taken"


def test_what_waits_is_listed_for_its_owner_and_due_in_time(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    mail, phone, theirs = begun(stores, asha), begun(stores, asha, PHONE), begun(stores, other)
    due = [NOW + timedelta(days=number) for number in (3, 2, 1)]
    for change, at in zip((mail, phone, theirs), due, strict=True):
        assert stores.changes.wait(change.id, change.user_id, at)
        assert not stores.changes.wait(change.id, change.user_id, at)
    assert not stores.changes.wait(begun(stores, stores.person()).id, asha.id, NOW)
    assert stores.changes.waiting(asha.id) == [replace(phone, due_at=due[1]), replace(mail, due_at=due[0])]
    assert stores.changes.due(due[1], 10) == [replace(theirs, due_at=due[2]), replace(phone, due_at=due[1])]
    assert stores.changes.due(due[1], 1) == [replace(theirs, due_at=due[2])]
    assert stores.changes.withdraw(phone, LATER)
    assert stores.changes.waiting(asha.id) == [replace(mail, due_at=due[0])]
    assert len(stores.changes.due(due[0], 10)) == 2


def test_the_word_finds_it_and_stopping_ends_every_session(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    change = begun(stores, asha)
    for user in (asha, other):
        device = Device(FamilyId(ids.uuid7()), user.id, "device-1", "", NOW, NOW)
        token = RefreshToken(ids.uuid7().encode()[:32], device.family, user.id, NOW, LATER)
        stores.sessions.open(device, token, user.password_hash, facts.ending)
    assert stores.changes.by_stop_word(change.stop_word) == change
    assert stores.changes.by_stop_word(b"x" * 32) is None
    after = stores.changes.stop(change, 1_900_000_000, LATER, stopped)
    assert after is not None
    assert (after.user.not_before, after.user.version) == (1_900_000_000, 2)
    assert len(after.families) == 1
    assert stores.sessions.devices(asha.id, LATER) == []
    assert len(stores.sessions.devices(other.id, LATER)) == 1
    assert stores.changes.stop(change, 1_900_000_000, LATER, stopped) is None
    assert stores.changes.make(change, LATER, changed) == "ended"
    assert stores.told() == [("user.sessions_revoked", 2)]
    assert stores.changes.by_stop_word(change.stop_word) == replace(change, ended_at=LATER)
