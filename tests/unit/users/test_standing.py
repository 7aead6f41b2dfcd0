"""Disabled accounts and sessions that others end: nobody comes in, by whatever they prove; reasons are kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest

from builders.identity_provider import claims, token
from builders.moving_clock import START, MovingClock
from builders.users import ASHA, PASSWORD, House
from kit import clock
from kit.audit import Actor
from kit.errors import TreumError
from kit.events.audit_events import ActionPerformed
from kit.events.user_events import UserDisabled, UserEnabled, UserSessionsRevoked
from users.errors import (
    AccountDisabled,
    AlreadyDisabled,
    CodeRefused,
    CredentialsRefused,
    LastAdministrator,
    NotDisabled,
    OwnAccount,
    RefreshRefused,
    SecondFactorRequired,
    UserUnknown,
)
from users.model import Address, ConfirmationId, Disabled, User, UserId
from users.service.federated_sign_in import Arrival
from users.service.standing import Cause
from users.service.tokens import Grant, hash_of

pytestmark = pytest.mark.usefixtures("moving_clock")
ADMIN = Actor("0197f3a0-0000-7000-8000-0000000000ad", ("admin", "user"))
NOBODY = UserId("0197f3a0-0000-7000-8000-0000000000ff")
CAUSE = Cause("taken_over", "CASE-2042")
BACK = Cause("owner_identified", "CASE-2043")
AWAY = Arrival("device-0001", "phone", "request-1")


def disabled(house: House) -> User:
    user = house.register()
    house.standing.disable(user.id, ADMIN, CAUSE)
    return user


def enrolled(house: House, user: User) -> list[str]:
    """Protect the account by an app; return its backup codes."""
    secret = house.second_factor.enrol(user.id).secret
    return list(house.second_factor.confirm(user.id, pyotp.TOTP(secret).at(int(clock.unix()))))


def an_admin(house: House, name: str) -> User:
    user = house.register(Address("email", f"{name}@example.com"))
    return house.administration.grant_roles(user.id, ("admin",), ADMIN)


def test_disabling_is_told_with_its_reason_and_ends_every_session() -> None:
    house = House()
    user = house.register()
    grants = [house.login(), house.login()]
    house.standing.disable(user.id, ADMIN, CAUSE)
    told, ended, deed = (one.data for one in house.memory.events[-3:])
    assert told == UserDisabled(
        user_id=user.id,
        disabled_by=ADMIN.id,
        disabled_at=clock.now(),
        reason="taken_over",
        reference="CASE-2042",
    )
    assert isinstance(ended, UserSessionsRevoked)
    assert (ended.families, ended.not_before, ended.reason) == ((), int(START) + 1, "account_disabled")
    assert isinstance(deed, ActionPerformed)
    assert (deed.action, deed.actor, deed.object_id) == ("user.disable", ADMIN.id, user.id)
    assert deed.before != deed.after
    assert {one.version for one in house.memory.events[-3:-1]} == {2}
    families = {house.memory.tokens[hash_of(one.refresh_token)].family for one in grants}
    assert house.mirror.families == families, "also a token that is still being signed is refused"
    assert house.mirror.stale == {user.id: int(START) + 1}
    for grant in grants:
        with pytest.raises(RefreshRefused):
            house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert house.mailbox.notices == [(ASHA, "disabled")]


def test_a_wrong_password_answers_like_that_of_nobody_and_the_right_one_is_told() -> None:
    house = House()
    disabled(house)
    answers = []
    for address in (ASHA, Address("email", "nobody@example.com")):
        with pytest.raises(CredentialsRefused) as refused:
            house.login(address, "not the password")
        answers.append((refused.value.code, refused.value.detail))
    assert answers[0] == answers[1]
    with pytest.raises(AccountDisabled):
        house.login()
    assert house.memory.devices == {}


def by_provider(house: House) -> Grant:
    return house.federated.exchange(token(claims()), AWAY)


def with_app(house: House) -> Grant:
    """Sign in with password and app, the account being disabled before the second."""
    user = house.accounts.by_address(ASHA)
    assert user is not None
    code = enrolled(house, user)[0]
    with pytest.raises(SecondFactorRequired) as asked:
        house.login()
    house.standing.disable(user.id, ADMIN, CAUSE)
    challenge = ConfirmationId(asked.value.members["challenge_id"])
    return house.sign_in.finish(challenge, code, asked.value.members["device_id"], "")


def by_reset(house: House) -> Grant:
    """Set a password anew by a code from before, then sign in with it."""
    user = house.accounts.by_address(ASHA)
    assert user is not None
    asked = house.password_resetting.ask(ASHA, "en")
    code = house.mailbox.code_to(ASHA)
    house.standing.disable(user.id, ADMIN, CAUSE)
    house.password_resetting.reset(asked.id, code, "another horse battery", None)
    return house.login(ASHA, "another horse battery")


@pytest.mark.parametrize(
    ("come", "refused"), [(by_provider, AccountDisabled), (with_app, CodeRefused), (by_reset, CodeRefused)]
)
def test_no_other_way_leads_in(come: Callable[[House], Grant], refused: type[TreumError]) -> None:
    house = House()
    user = house.register()
    if come is by_provider:
        house.standing.disable(user.id, ADMIN, CAUSE)
    with pytest.raises(refused):
        come(house)
    assert house.memory.devices == {}
    assert house.memory.identities == {}, "nothing is linked to such an account"


def test_a_known_identity_does_not_lead_in_either() -> None:
    house = House()
    by_provider(house)
    (user,) = house.memory.users.values()
    house.standing.disable(user.id, ADMIN, CAUSE)
    with pytest.raises(AccountDisabled):
        by_provider(house)
    assert house.sessions.devices(user.id) == []


def test_a_request_that_was_let_in_before_links_nothing_afterwards() -> None:
    house = House()
    user = disabled(house)
    vouched = house.id_tokens.brought(token(claims()))
    with pytest.raises(AccountDisabled):
        house.identities.add(user.id, vouched, Actor(user.id, user.roles))
    assert house.memory.identities == {}


def test_a_reset_is_asked_for_like_any_other_and_its_code_is_never_sent(moving_clock: MovingClock) -> None:
    house = House()
    disabled(house)
    moving_clock.advance(60)
    house.mailbox.sent.clear()
    house.password_resetting.ask(ASHA, "en")
    house.password_resetting.ask(Address("email", "nobody@example.com"), "en")
    assert [note for _, note in house.mailbox.notes[-2:]] == ["account_disabled", "no_account"]
    assert [code for _, code in house.mailbox.sent] == [None, None]
    assert len(house.memory.resets) == 2


def test_whoever_was_read_before_the_account_was_disabled_does_not_begin_a_session() -> None:
    house = House()
    user = disabled(house)
    with pytest.raises(CredentialsRefused):
        house.sign_in.opening.begin(user, "device-0001", "")


def test_enabling_lets_the_person_in_again_and_brings_no_session_back() -> None:
    house = House()
    user = house.register()
    grant = house.login()
    house.standing.disable(user.id, ADMIN, CAUSE)
    house.standing.enable(user.id, ADMIN, BACK)
    told, deed = (one.data for one in house.memory.events[-2:])
    assert told == UserEnabled(
        user_id=user.id,
        enabled_by=ADMIN.id,
        enabled_at=clock.now(),
        reason="owner_identified",
        reference="CASE-2043",
    )
    assert isinstance(deed, ActionPerformed)
    assert (deed.action, deed.before != deed.after) == ("user.enable", True)
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    house.login()
    assert house.mailbox.notices[-1] == (ASHA, "enabled")


def test_what_is_not_so_is_not_done(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    refused: list[tuple[type[TreumError], Callable[[], Any]]] = [
        (NotDisabled, lambda: house.standing.enable(user.id, ADMIN, BACK)),
        (UserUnknown, lambda: house.standing.enable(NOBODY, ADMIN, BACK)),
        (UserUnknown, lambda: house.standing.disable(NOBODY, ADMIN, CAUSE)),
        (UserUnknown, lambda: house.standing.end_sessions(NOBODY, ADMIN, CAUSE)),
    ]
    for error, do in refused:
        with pytest.raises(error):
            do()
    house.standing.disable(user.id, ADMIN, CAUSE)
    before = replace(house.memory.users[user.id])
    moving_clock.advance(60)
    with pytest.raises(AlreadyDisabled):
        house.standing.disable(user.id, ADMIN, Cause("abuse", "CASE-1"))
    assert house.memory.users[user.id] == before
    assert before.disabled == Disabled(before.updated_at, "taken_over", "CASE-2042")


def test_nobody_disables_themselves_nor_the_last_administrator() -> None:
    house = House()
    first, second = an_admin(house, "first"), an_admin(house, "second")
    with pytest.raises(OwnAccount):
        house.standing.disable(first.id, Actor(first.id, first.roles), CAUSE)
    house.standing.disable(second.id, Actor(first.id, first.roles), CAUSE)
    with pytest.raises(LastAdministrator):
        house.standing.disable(first.id, Actor(second.id, second.roles), CAUSE)
    house.standing.enable(second.id, Actor(first.id, first.roles), BACK)
    house.standing.disable(first.id, Actor(second.id, second.roles), CAUSE)


def test_support_ends_every_session_and_the_person_signs_in_again() -> None:
    house = House()
    user = house.register()
    grant = house.login()
    house.standing.end_sessions(user.id, ADMIN, Cause("device_lost", "CASE-7"))
    ended, deed = (one.data for one in house.memory.events[-2:])
    assert isinstance(ended, UserSessionsRevoked)
    assert (ended.families, ended.not_before, ended.reason) == ((), int(START) + 1, "ended_by_support")
    assert isinstance(deed, ActionPerformed)
    assert (deed.action, deed.actor, deed.object_id) == ("user.end_sessions", ADMIN.id, user.id)
    assert house.mirror.families == {house.memory.tokens[hash_of(grant.refresh_token)].family}
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert house.mailbox.notices == [(ASHA, "sessions_ended")]
    house.login(ASHA, PASSWORD)


def test_it_holds_while_the_mirror_is_away_and_the_rebuild_tells_it() -> None:
    house = House()
    user = house.register()
    house.login()
    house.mirror.away = True
    house.standing.disable(user.id, ADMIN, CAUSE)
    house.mirror.away = False
    assert house.mirroring.rebuild() == 2
    assert house.mirror.stale == {user.id: int(START) + 1}
    assert len(house.mirror.families) == 1
