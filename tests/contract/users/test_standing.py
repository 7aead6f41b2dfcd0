"""One suite for disabled accounts, in memory and on PostgreSQL: what ends with it, and what comes too late."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from builders.credential_stores import Stores
from builders.people import NOW
from kit import ids
from kit.events import Event
from users import model
from users.model import (
    Address,
    AddressChange,
    AddressChangeId,
    AllEnded,
    Confirmation,
    ConfirmationId,
    Device,
    Disabled,
    FamilyId,
    PasswordReset,
    RefreshToken,
    ResetId,
    User,
    UserId,
)
from users.ports import NewPassword
from users.service import facts

LATER = NOW + timedelta(minutes=1)
BY = "0197f3a0-0000-7000-8000-0000000000ad"
WHY = Disabled(NOW, "taken_over", "CASE-2042")
SECOND = int(NOW.timestamp()) + 1


def told(after: User) -> Sequence[Event[Any]]:
    return facts.disabled(after, WHY, BY)


def back(after: User) -> Sequence[Event[Any]]:
    return (facts.enabled(after, BY, "resolved", "CASE-2043", LATER),)


def password_told(after: User, unlocked: bool) -> Sequence[Event[Any]]:  # noqa: FBT001 - the port's
    return facts.password_changed(after, "reset", LATER, unlocked=unlocked)


def sign_in(stores: Stores, user: User, device_id: str = "device-1") -> FamilyId | None:
    device = Device(FamilyId(ids.uuid7()), user.id, device_id, "", NOW, NOW)
    token = RefreshToken(device.family.encode()[:32], device.family, user.id, NOW, NOW + model.REFRESH_LIFE)
    return device.family if stores.sessions.open(device, token, user.password_hash, facts.ending) else None


def test_every_session_ends_with_it_and_others_go_on(stores: Stores) -> None:
    asha, other = stores.person(), stores.person()
    families = {sign_in(stores, asha), sign_in(stores, asha, "device-2")}
    assert sign_in(stores, other)
    ended = stores.standing.disable(asha.id, WHY, SECOND, told)
    assert isinstance(ended, AllEnded)
    assert set(ended.families) == families
    assert (ended.user.disabled, ended.user.not_before, ended.user.version) == (WHY, SECOND, 2)
    assert stores.accounts.by_id(asha.id) == ended.user
    assert stores.sessions.devices(asha.id, LATER) == []
    assert len(stores.sessions.devices(other.id, LATER)) == 1
    assert stores.told() == [("user.disabled", 2), ("user.sessions_revoked", 2)]
    assert set(stores.sessions.revoked_since(NOW - timedelta(minutes=1))[0]) == families


def test_no_session_begins_until_it_is_enabled(stores: Stores) -> None:
    asha = stores.person()
    stores.standing.disable(asha.id, WHY, SECOND, told)
    assert sign_in(stores, asha) is None
    enabled = stores.standing.enable(asha.id, LATER, back)
    assert isinstance(enabled, User)
    assert (enabled.disabled, enabled.not_before, enabled.version) == (None, SECOND, 3)
    assert stores.accounts.by_id(asha.id) == enabled
    assert sign_in(stores, asha)
    assert stores.told()[-1] == ("user.enabled", 3)


def test_codes_resets_and_changes_under_way_are_void(stores: Stores) -> None:
    asha, made = stores.person(), AddressChangeId(ids.uuid7())
    address, until = Address("email", "new@example.com"), NOW + model.ADDRESS_CODE_LIFE
    change = AddressChange(made, asha.id, address, False, b"n" * 32, b"o" * 32, b"w" * 32, NOW, until)
    stores.changes.open(change, per_day=5)
    stores.changes.wait(made, asha.id, LATER)
    reset = PasswordReset(ResetId(ids.uuid7()), b"a" * 32, asha.id, b"c" * 32, NOW, until)
    stores.resets.open(reset, per_hour=5, per_day=5, apart=timedelta(0))
    asked = Confirmation(
        ConfirmationId(ids.uuid7()), "sign_in", "totp", asha.id, "device-1", None, NOW, until
    )
    stores.confirmations.open(asked, per_hour=5, apart=timedelta(0))
    stores.standing.disable(asha.id, WHY, SECOND, told)
    assert stores.changes.due(LATER, 10) == []
    assert not stores.confirmations.consume(asked.id, asha.id, LATER)
    stores.standing.enable(asha.id, LATER, back)
    password = NewPassword(asha.id, "hash-2", SECOND, LATER, "password_reset")
    assert stores.credentials.reset(password, reset.id, password_told) is None


def test_no_password_is_set_while_it_is_disabled(stores: Stores) -> None:
    asha = stores.person()
    stores.standing.disable(asha.id, WHY, SECOND, told)
    reset = PasswordReset(ResetId(ids.uuid7()), b"a" * 32, asha.id, b"c" * 32, NOW, NOW + model.RESET_LIFE)
    stores.resets.open(reset, per_hour=5, per_day=5, apart=timedelta(0))
    password = NewPassword(asha.id, "hash-2", SECOND, LATER, "password_reset")
    assert stores.credentials.reset(password, reset.id, password_told) is None
    assert stores.credentials.change(password, "hash-1", password_told) is None
    kept = stores.accounts.by_id(asha.id)
    assert kept is not None
    assert kept.password_hash == "hash-1"


def test_what_is_so_already_or_unknown_changes_nothing(stores: Stores) -> None:
    asha, nobody = stores.person(), UserId(ids.uuid7())
    assert stores.standing.enable(asha.id, NOW, back) == "already"
    assert stores.standing.enable(nobody, NOW, back) == "unknown"
    assert stores.standing.disable(nobody, WHY, SECOND, told) == "unknown"
    stores.standing.disable(asha.id, WHY, SECOND, told)
    again = Disabled(LATER, "abuse", "CASE-1")
    assert stores.standing.disable(asha.id, again, SECOND + 60, told) == "already"
    kept = stores.accounts.by_id(asha.id)
    assert kept is not None
    assert (kept.disabled, kept.version) == (WHY, 2)


def test_the_last_administrator_who_is_not_disabled_stays(stores: Stores) -> None:
    first, second = stores.person("admin"), stores.person("admin")
    assert isinstance(stores.standing.disable(second.id, WHY, SECOND, told), AllEnded)
    assert stores.standing.disable(first.id, WHY, SECOND, told) == "last"
    assert sign_in(stores, first)


@pytest.mark.parametrize("others", [8, 9, 12])
def test_a_session_that_begins_ends_those_it_displaces_in_one_command(stores: Stores, others: int) -> None:
    asha = stores.person()
    mine = sign_in(stores, asha, "mine")
    before = [sign_in(stores, asha, f"device-{number}") for number in range(others)]
    assert mine is not None
    live = {one.family for one in stores.sessions.devices(asha.id, LATER)}
    device = Device(FamilyId(ids.uuid7()), asha.id, "mine", "", LATER, LATER)
    token = RefreshToken(b"t" * 32, device.family, asha.id, LATER, LATER + model.REFRESH_LIFE)
    began = stores.sessions.open(device, token, "hash-1", facts.ending)
    assert began is not None
    now_live = {one.family for one in stores.sessions.devices(asha.id, LATER)}
    assert now_live == live - set(began.displaced) | {device.family}
    assert len(now_live) == min(others + 1, model.MOST_SESSIONS)
    assert (mine in began.displaced) == (mine in live)
    assert len(stores.told()) == len(before) + 2 - len(now_live), "each end is told, once"
    assert [version for _, version in stores.told()] == list(range(2, 2 + len(stores.told())))
