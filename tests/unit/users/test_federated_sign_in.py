"""Sign-in by a provider: who is linked, opened or refused, and that locks, roles and second factors stay ours."""

from dataclasses import replace
from typing import Any

import pytest

from builders.identity_provider import APP, claims, token
from builders.moving_clock import MovingClock
from builders.users import ASHA, PASSWORD, House
from kit.audit import Actor
from kit.errors import Retryable
from kit.events.audit_events import ActionPerformed
from kit.events.user_events import UserIdentityLinked
from users import model
from users.errors import (
    CredentialsRefused,
    CurrentPasswordRefused,
    EmailUnverified,
    IdentityTaken,
    IdentityUnknown,
    IdTokenRefused,
    LastWayIn,
    LinkNeedsSignIn,
    SecondFactorRequired,
    SignInLocked,
    SignInPaused,
    SignInRequestRefused,
    TooManyIdentities,
    UserUnknown,
)
from users.model import Address, Identity, IdentityId, User, UserId
from users.ports import Identities
from users.service.federated_sign_in import Arrival
from users.service.tokens import Grant

pytestmark = pytest.mark.usefixtures("moving_clock")
PHONE = Arrival("device-0001", "phone", "request-1")
SELF = Actor("0197f3a0-0000-7000-8000-0000000000aa", ("user",))


def come(house: House, **said: Any) -> Grant:
    return house.federated.exchange(token(claims(**said)), PHONE)


def asha(house: House) -> User:
    user = house.accounts.by_address(ASHA)
    assert user is not None
    return user


def enrol(house: House, user: User) -> str:
    """Protect the account by an app; return a backup code."""
    enrolment = house.second_factor.enrol(user.id)
    from pyotp import TOTP  # noqa: PLC0415 - as an app does

    from kit import clock  # noqa: PLC0415

    return house.second_factor.confirm(user.id, TOTP(enrolment.secret).at(int(clock.unix())))[0]


def test_somebody_new_gets_an_account_without_a_password() -> None:
    house = House()
    grant = come(house)
    user = asha(house)
    assert (user.roles, user.plan, user.password_hash) == (("user",), "free", model.NO_PASSWORD)
    assert (grant.device_id, grant.expires_in) == ("device-0001", 900)
    assert [device.name for device in house.sessions.devices(user.id)] == ["phone"]
    assert house.event_types() == ["user.registered", "user.identity_linked"]
    assert house.mailbox.notices == []
    with pytest.raises(CredentialsRefused):
        house.login(password="")
    with pytest.raises(CurrentPasswordRefused):
        house.password_changing.change(user.id, "", "four words of mine", None, "phone")


def test_the_next_time_the_identity_is_known_whatever_its_address_says() -> None:
    house = House()
    come(house)
    come(house, email="other@example.com")
    come(house, email=None, email_verified=False)
    assert len(house.memory.users) == len(house.memory.identities) == 1
    assert len(house.memory.devices) == 3
    assert len(house.sessions.devices(asha(house).id)) == 1, "one device, signed in to again and again"


def test_nothing_personal_of_the_provider_stands_in_an_event() -> None:
    house = House()
    come(house)
    told = repr(house.memory.events)
    assert "auth0|asha" not in told
    assert "asha@" not in told


def test_a_known_account_is_linked_told_and_audited() -> None:
    house = House()
    user = house.register()
    come(house)
    assert house.event_types() == ["user.registered", "user.identity_linked", "action.performed"]
    linked, deed = house.memory.events[1].data, house.memory.events[2].data
    assert isinstance(linked, UserIdentityLinked)
    assert (linked.how, house.memory.events[1].version) == ("address", 2)
    assert isinstance(deed, ActionPerformed)
    assert (deed.actor, deed.action, deed.object_id) == (user.id, "user.link_identity", user.id)
    assert deed.request_id == "request-1"
    assert house.mailbox.notices == [(ASHA, "identity_linked")]
    house.login()  # the password goes on


def test_who_began_to_register_the_address_before_gets_nothing() -> None:
    house = House()
    challenge = house.registration.register(ASHA, "the thief's own words", "Thief", "en")
    code = house.mailbox.code
    come(house)
    owner = asha(house)
    with pytest.raises(Exception, match="has an account by now"):
        house.registration.verify(challenge.id, code)
    assert asha(house) == owner
    assert owner.display_name == ""
    with pytest.raises(CredentialsRefused):
        house.login(password="the thief's own words")


@pytest.mark.parametrize("said", [{"email_verified": False}, {"email": None}, {"email": "asha@exam ple"}])
def test_an_address_that_is_not_vouched_for_opens_and_links_nothing(said: dict[str, Any]) -> None:
    house = House()
    house.register()
    before = repr(house.memory.users)
    with pytest.raises(EmailUnverified, match="confirm it there"):
        come(house, **said)
    assert (repr(house.memory.users), house.memory.identities) == (before, {})


@pytest.mark.parametrize("role", ["support", "admin"])
def test_an_account_with_a_role_is_linked_from_within_only(role: str) -> None:
    house = House()
    user = house.register()
    house.memory.users[user.id] = replace(user, roles=("user", role))  # type: ignore[arg-type]  # one of ROLES
    with pytest.raises(LinkNeedsSignIn, match="/users/me/identities"):
        come(house)
    house.identities.add(user.id, house.id_tokens.brought(token()), SELF)
    come(house)


def test_an_account_with_an_app_is_linked_from_within_only_and_asked_for_it_each_time() -> None:
    house = House()
    user = house.register()
    backup = enrol(house, user)
    with pytest.raises(LinkNeedsSignIn):
        come(house)
    assert house.memory.identities == {}
    house.identities.add(user.id, house.id_tokens.brought(token()), SELF)
    with pytest.raises(SecondFactorRequired) as asked:
        come(house)
    assert house.sessions.devices(user.id) == []
    challenge = asked.value.members
    assert challenge["device_id"] == "device-0001"
    house.sign_in.finish(model.ConfirmationId(challenge["challenge_id"]), backup, "device-0001", "phone")
    assert len(house.sessions.devices(user.id)) == 1


def test_guesses_at_the_app_are_bounded_as_at_a_sign_in_by_password() -> None:
    house = House()
    user = house.register()
    enrol(house, user)
    house.identities.add(user.id, house.id_tokens.brought(token()), SELF)
    for _ in range(model.TRIES_BEFORE_PAUSE):
        with pytest.raises(SecondFactorRequired):
            come(house)
    with pytest.raises(SignInPaused):
        come(house)


def test_a_locked_account_stays_locked(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    come(house)
    for turn in range(2):
        for _ in range(5):
            with pytest.raises(CredentialsRefused):
                house.login(password="not the password")
        moving_clock.advance(0 if turn else 901)
    with pytest.raises(SignInLocked):
        come(house)
    moving_clock.advance(3601)
    come(house)


def test_roles_and_plan_are_ours_whatever_the_token_says() -> None:
    house = House()
    come(house, roles=["admin"], plan="enterprise", **{"https://treum/roles": ["admin"]})
    user = asha(house)
    assert (user.roles, user.plan) == (("user",), "free")


def test_nobody_comes_in_while_revocations_cannot_be_checked_and_no_proof_is_used_up() -> None:
    house = House()
    house.mirror.complete_marker = False
    text = token()
    begun = house.federated.start()
    state, code = house.provider.signed_in_at(begun.authorize_url)
    with pytest.raises(Retryable):
        house.federated.exchange(text, PHONE)
    with pytest.raises(Retryable):
        house.federated.finish(begun.handle, state, code, PHONE)
    house.mirror.complete_marker = True
    house.federated.exchange(text, PHONE)
    house.federated.finish(begun.handle, state, code, PHONE)


def test_a_password_replaced_meanwhile_ends_this_sign_in_too(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()

    def refuse(*_: object) -> None:
        return None

    monkeypatch.setattr(type(house.sessions_store), "open", refuse)
    with pytest.raises(Retryable, match="disabled a moment ago"):
        come(house)


# authorization code with PKCE


def test_a_code_is_redeemed_with_a_verifier_that_nobody_was_told() -> None:
    house = House()
    begun = house.federated.start()
    state, code = house.provider.signed_in_at(begun.authorize_url)
    house.federated.finish(begun.handle, state, code, PHONE)
    assert asha(house).email == ASHA.value
    assert house.memory.spent.keys().isdisjoint({begun.handle.encode()})
    assert begun.handle not in begun.authorize_url


def test_handle_state_and_code_are_of_one_sign_in_and_used_once(moving_clock: MovingClock) -> None:
    house = House()
    mine, other = house.federated.start(), house.federated.start()
    assert mine.handle != other.handle
    state, code = house.provider.signed_in_at(mine.authorize_url)
    foreign, stolen = house.provider.signed_in_at(other.authorize_url)
    bare, ends = mine.handle.split(".")
    forged, later = f"{'A' * 43}.{ends}", f"{bare}.{int(ends) + 600}"
    for handle, given in ((mine.handle, foreign), (other.handle, state), (forged, state), (later, state)):
        with pytest.raises(SignInRequestRefused, match="/auth/oidc/start"):
            house.federated.finish(handle, given, code, PHONE)
    house.federated.finish(mine.handle, state, code, PHONE)
    for again in (code, stolen):
        with pytest.raises(SignInRequestRefused):
            house.federated.finish(mine.handle, state, again, PHONE)
    moving_clock.advance(600)
    with pytest.raises(SignInRequestRefused):
        house.federated.finish(other.handle, foreign, stolen, PHONE)


def test_a_code_that_was_asked_for_with_another_challenge_is_worth_nothing() -> None:
    house = House()
    mine, other = house.federated.start(), house.federated.start()
    state, _ = house.provider.signed_in_at(mine.authorize_url)
    _, injected = house.provider.signed_in_at(other.authorize_url)
    with pytest.raises(SignInRequestRefused):
        house.federated.finish(mine.handle, state, injected, PHONE)


def test_a_token_in_answer_to_another_nonce_is_refused() -> None:
    house = House()
    begun = house.federated.start()
    state, code = house.provider.signed_in_at(begun.authorize_url)
    house.provider.codes[code] = (house.provider.codes[code][0], "another nonce")
    with pytest.raises(IdTokenRefused):
        house.federated.finish(begun.handle, state, code, PHONE)


# what owners do with their identities


def test_one_links_another_address_s_identity_from_within_and_again_it_is_the_same() -> None:
    house = House()
    user = house.register()
    said = {"sub": "google|1", "email": "private@example.com"}
    first = house.identities.add(user.id, house.id_tokens.brought(token(claims(**said))), SELF)
    again = house.identities.add(user.id, house.id_tokens.brought(token(claims(**said))), SELF)
    assert first == again
    assert house.identities.of(user.id) == [first]
    come(house, **said)
    assert len(house.memory.users) == 1


def test_what_signs_in_to_another_account_is_not_taken_over() -> None:
    house = House()
    come(house)
    ravi = house.register(Address("email", "ravi@example.com"))
    with pytest.raises(IdentityTaken):
        house.identities.add(ravi.id, house.id_tokens.brought(token()), SELF)
    with pytest.raises(EmailUnverified):
        house.identities.add(ravi.id, house.id_tokens.brought(token(claims(email_verified=False))), SELF)
    with pytest.raises(UserUnknown):
        house.identities.add(UserId("nobody"), house.id_tokens.brought(token(claims(sub="x"))), SELF)


def test_ten_identities_are_enough() -> None:
    house = House()
    user = house.register()
    for number in range(10):
        come(house, sub=f"auth0|{number}")
    with pytest.raises(TooManyIdentities):
        come(house, sub="auth0|more")
    with pytest.raises(TooManyIdentities):
        house.identities.add(user.id, house.id_tokens.brought(token(claims(sub="auth0|more"))), SELF)


def test_one_removes_one_s_own_but_not_the_last_way_in() -> None:
    house = House()
    come(house)
    user = asha(house)
    (own,) = house.identities.of(user.id)
    ravi = house.register(Address("email", "ravi@example.com"))
    with pytest.raises(IdentityUnknown):
        house.identities.remove(ravi.id, own.id, SELF)
    with pytest.raises(LastWayIn, match="password/forgot"):
        house.identities.remove(user.id, own.id, SELF)
    come(house, sub="google|1")
    house.identities.remove(user.id, own.id, SELF)
    with pytest.raises(IdentityUnknown):
        house.identities.remove(user.id, own.id, SELF)
    assert house.event_types()[-2:] == ["user.identity_unlinked", "action.performed"]
    assert house.mailbox.notices[-1] == (ASHA, "identity_unlinked")


def test_with_a_password_the_last_one_may_go() -> None:
    house = House()
    user = house.register()
    come(house)
    (own,) = house.identities.of(user.id)
    house.identities.remove(user.id, own.id, SELF)
    assert house.identities.of(user.id) == []
    house.login(password=PASSWORD)


class Slower:
    """Finds everything taken by somebody faster, ``times`` times."""

    def __init__(self, inner: Identities, times: int) -> None:
        self._inner, self._times = inner, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _late(self) -> bool:
        self._times -= 1
        return self._times >= 0

    def open(self, *given: Any) -> bool:
        return not self._late() and self._inner.open(*given)

    def link(self, *given: Any) -> User | None:
        return None if self._late() else self._inner.link(*given)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("times", "comes"), [(11, True), (12, False)])
def test_who_is_overtaken_looks_again_and_gives_up_in_the_end(known: bool, times: int, comes: bool) -> None:  # noqa: FBT001 - parameters of a test
    house = House()
    if known:
        house.register()
    slower: Any = Slower(house.identities.identities, times)
    linking = replace(house.federated.linking, identities=slower)
    federated = replace(house.federated, linking=linking)
    if comes:
        federated.exchange(token(), PHONE)
    else:
        with pytest.raises(Retryable):
            federated.exchange(token(), PHONE)
    assert len(house.memory.identities) == comes


def test_a_link_from_within_that_is_overtaken_looks_again() -> None:
    house = House()
    user = house.register()
    slower: Any = Slower(house.identities.identities, 99)
    keeping = replace(house.identities, linking=replace(house.identities.linking, identities=slower))
    with pytest.raises(Retryable):
        keeping.add(user.id, house.id_tokens.brought(token()), SELF)


def test_an_identity_removed_while_it_is_linked_again_is_tried_again() -> None:
    house = House()
    user = house.register()

    class Gone:
        def user_of(self, _issuer: str, _subject: str) -> User:
            return user

        def of(self, _user_id: UserId) -> list[Identity]:
            return [Identity(IdentityId("i"), "another", "one", user.id, user.created_at)]

    gone: Any = Gone()
    with pytest.raises(Retryable):
        replace(house.identities, identities=gone).add(user.id, house.id_tokens.brought(token()), SELF)


def test_a_token_of_another_app_signs_nobody_in() -> None:
    house = House()
    with pytest.raises(IdTokenRefused):
        house.federated.exchange(token(claims(APP + "-2")), PHONE)
    assert house.memory.users == {}
