"""Refresh families: one successor a token, reuse ends the family, whatever is tried in whatever order."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from builders.moving_clock import START, MovingClock
from builders.users import ASHA, House
from kit import clock
from kit.events.user_events import UserSessionsRevoked
from users.errors import DeviceUnknown, RefreshRefused, UserUnknown
from users.model import (
    MOST_SESSIONS,
    Address,
    Device,
    FamilyId,
    RefreshToken,
    UserId,
    displaced,
    judge_refresh,
)
from users.service.tokens import Grant, hash_of

pytestmark = pytest.mark.usefixtures("moving_clock")
OTHER = Address("email", "other@example.com")


def family_of(house: House, grant: Grant) -> FamilyId:
    return house.memory.tokens[hash_of(grant.refresh_token)].family


def test_a_refresh_gives_a_successor_that_works() -> None:
    house = House()
    house.register()
    grant = house.login()
    for _ in range(5):
        successor = house.sessions.refresh(grant.refresh_token, grant.device_id)
        assert successor.refresh_token != grant.refresh_token
        assert successor.device_id == grant.device_id
        grant = successor


def test_a_lost_answer_is_given_again_for_ten_seconds(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    grant = house.login()
    first = house.sessions.refresh(grant.refresh_token, grant.device_id)
    moving_clock.advance(10)
    again = house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert again.refresh_token == first.refresh_token
    house.sessions.refresh(again.refresh_token, grant.device_id)


def test_reuse_after_ten_seconds_ends_the_family(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    grant = house.login()
    successor = house.sessions.refresh(grant.refresh_token, grant.device_id)
    moving_clock.advance(10.001)
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(successor.refresh_token, grant.device_id)
    family = family_of(house, grant)
    assert family in house.mirror.families
    told = house.memory.events[-1]
    assert isinstance(told.data, UserSessionsRevoked)
    assert (told.data.families, told.data.reason, told.version) == ((family,), "refresh_token_reused", 2)


def test_a_token_on_a_foreign_device_ends_the_family() -> None:
    house = House()
    house.register()
    grant = house.login()
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, "another-device")
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)


def test_a_session_ends_seven_days_after_its_last_refresh(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    grant = house.login()
    moving_clock.advance(7 * 86_400 - 1)
    grant = house.sessions.refresh(grant.refresh_token, grant.device_id)
    moving_clock.advance(7 * 86_400)
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert house.sessions.devices(house.memory.tokens[hash_of(grant.refresh_token)].user_id) == []


def test_a_session_ends_thirty_days_after_its_sign_in_however_often_it_is_refreshed(
    moving_clock: MovingClock,
) -> None:
    house = House()
    user = house.register()
    began = clock.now()
    grant = house.login()
    for _ in range(5):
        moving_clock.advance(5 * 86_400)
        grant = house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert grant.refresh_expires_at == began + timedelta(days=30)
    assert house.memory.tokens[hash_of(grant.refresh_token)].expires_at == grant.refresh_expires_at
    moving_clock.advance(5 * 86_400 - 1)
    grant = house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert len(house.sessions.devices(user.id)) == 1
    moving_clock.advance(1)
    assert house.sessions.devices(user.id) == []
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)


def test_a_session_older_than_its_rule_ends_at_its_next_refresh(moving_clock: MovingClock) -> None:
    """One whose token was given before there was an end."""
    house = House()
    house.register()
    grant = house.login()
    moving_clock.advance(30 * 86_400)
    family, token = family_of(house, grant), hash_of(grant.refresh_token)
    house.memory.tokens[token] = replace(
        house.memory.tokens[token], expires_at=clock.now() + timedelta(days=1)
    )
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert house.memory.devices[family].revoked_at is None


def test_garbage_is_refused_and_changes_nothing() -> None:
    house = House()
    house.register()
    house.login()
    before = replace(house.memory)
    with pytest.raises(RefreshRefused):
        house.sessions.refresh("trm_rt_nothing", "device")
    assert house.memory == before


def test_signing_out_ends_this_device_only_and_twice_is_fine() -> None:
    house = House()
    user = house.register()
    phone, laptop = house.login(), house.login()
    for _ in range(2):
        house.sessions.sign_out(user.id, family_of(house, phone))
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(phone.refresh_token, phone.device_id)
    house.sessions.refresh(laptop.refresh_token, laptop.device_id)
    assert house.mirror.families == {family_of(house, phone)}
    assert len(house.memory.events) == 2


def test_a_token_without_family_signs_out_quietly() -> None:
    house = House()
    house.sessions.sign_out(house.register().id, FamilyId(""))
    assert not house.mirror.families


def test_nobody_ends_the_session_of_somebody_else() -> None:
    house = House()
    house.register()
    grant = house.login()
    stranger = UserId("0197f3a0-0000-7000-8000-0000000000aa")
    with pytest.raises(DeviceUnknown):
        house.sessions.remove_device(stranger, family_of(house, grant))
    house.sessions.refresh(grant.refresh_token, grant.device_id)


def test_a_device_is_removed_by_its_owner() -> None:
    house = House()
    user = house.register()
    grant = house.login()
    (device,) = house.sessions.devices(user.id)
    house.sessions.remove_device(user.id, device.family)
    assert house.sessions.devices(user.id) == []
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)


def test_signing_out_everywhere_ends_all_and_makes_access_tokens_stale() -> None:
    house = House()
    user = house.register()
    grants = [house.login(), house.login()]
    house.sessions.sign_out_everywhere(user.id)
    for grant in grants:
        with pytest.raises(RefreshRefused):
            house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert house.mirror.stale == {user.id: int(START) + 1}
    told = house.memory.events[-1].data
    assert isinstance(told, UserSessionsRevoked)
    assert (told.families, told.not_before) == ((), int(START) + 1)


def test_a_token_made_right_after_everything_ended_is_not_stale() -> None:
    house = House()
    user = house.register()
    house.sessions.sign_out_everywhere(user.id)
    changed = house.accounts.by_id(user.id)
    assert changed is not None
    claims = house.sessions.issuer._claims(changed, FamilyId("f"), 900)
    assert claims["iat"] >= house.mirror.stale[user.id]


def test_signing_out_works_while_the_mirror_is_away_and_the_rebuild_tells_it() -> None:
    house = House()
    user = house.register()
    grant = house.login()
    house.mirror.away = True
    house.sessions.sign_out(user.id, family_of(house, grant))
    house.sessions.sign_out_everywhere(user.id)
    house.mirror.away = False
    assert house.mirroring.rebuild() == 2
    assert house.mirror.families == {family_of(house, grant)}
    assert user.id in house.mirror.stale


def test_an_unknown_account_cannot_sign_out_everywhere() -> None:
    with pytest.raises(UserUnknown):
        House().sessions.sign_out_everywhere(UserId("nobody"))


def test_signing_in_again_on_a_device_ends_its_session_from_before() -> None:
    house = House()
    user = house.register()
    before = house.login(device_id="asha-phone")
    elsewhere, other = house.login(device_id="asha-laptop"), house.register(OTHER)
    theirs = house.login(OTHER, device_id="asha-phone")
    again = house.login(device_id="asha-phone")
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(before.refresh_token, before.device_id)
    assert house.mirror.families == {family_of(house, before)}
    told = house.memory.events[-1]
    assert isinstance(told.data, UserSessionsRevoked)
    assert (told.data.user_id, told.data.families) == (user.id, (family_of(house, before),))
    assert told.data.reason == "signed_in_again"
    for grant in (elsewhere, theirs, again):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert len(house.sessions.devices(other.id)) == 1


def test_the_eleventh_session_ends_the_one_that_refreshed_longest_ago(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    grants = []
    for _ in range(10):
        grants.append(house.login())
        moving_clock.advance(60)
    assert house.mirror.families == set()
    grants[0] = house.sessions.refresh(grants[0].refresh_token, grants[0].device_id)
    moving_clock.advance(60)
    newest = house.login()
    ended = family_of(house, grants[1])
    assert house.mirror.families == {ended}
    told = house.memory.events[-1]
    assert isinstance(told.data, UserSessionsRevoked)
    assert (told.data.families, told.data.reason) == ((ended,), "too_many_sessions")
    assert len(house.sessions.devices(user.id)) == 10
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grants[1].refresh_token, grants[1].device_id)
    for grant in (grants[0], *grants[2:], newest):
        house.sessions.refresh(grant.refresh_token, grant.device_id)


def a_device(number: int, device_id: str, seen: datetime) -> Device:
    return Device(FamilyId(f"family-{number:02d}"), UserId("asha"), device_id, "", seen, seen)


@given(st.integers(0, 14), st.integers(0, 3))
def test_however_many_there_were_ten_stay_with_the_new_one(others: int, same: int) -> None:
    now = clock.now()
    live = [a_device(n, f"device-{n}", now - timedelta(minutes=n)) for n in range(others)]
    live += [a_device(50 + n, "mine", now - timedelta(days=n)) for n in range(same)]
    found = displaced(live, a_device(99, "mine", now))
    assert [family for family, why in found.items() if why == "signed_in_again"] == [
        one.family for one in live if one.device_id == "mine"
    ]
    oldest = [one.family for one in live[:others]][::-1][: max(0, others - 9)]
    assert [family for family, why in found.items() if why == "too_many_sessions"] == oldest


def test_a_sign_in_works_while_the_mirror_cannot_be_told_of_what_it_displaced() -> None:
    house = House()
    house.register()
    before = house.login(device_id="asha-phone")
    user = house.accounts.by_address(ASHA)
    assert user is not None
    house.mirror.away = True
    house.sign_in.opening.begin(user, "asha-phone", "")
    house.mirror.away = False
    house.mirroring.rebuild()
    assert house.mirror.families == {family_of(house, before)}


class Families(RuleBasedStateMachine):
    """Random refreshes, replays, thefts and sign-outs of some sessions."""

    grants: Bundle[Grant] = Bundle("grants")

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.successors: dict[str, str] = {}
        self.ended: set[FamilyId] = set()

    @initialize()
    def open_account(self) -> None:
        self.user = self.house.register()

    @rule(target=grants)
    def sign_in(self) -> Grant:
        before = {one.family for one in self.house.sessions.devices(self.user.id)}
        grant = self.house.login()
        self.ended |= before - {one.family for one in self.house.sessions.devices(self.user.id)}
        return grant

    @rule(target=grants, grant=grants)
    def refresh(self, grant: Grant) -> Grant:
        family = family_of(self.house, grant)
        token = self.house.memory.tokens[hash_of(grant.refresh_token)]
        verdict = judge_refresh(token, self.house.memory.devices[family], grant.device_id, clock.now())
        try:
            successor = self.house.sessions.refresh(grant.refresh_token, grant.device_id)
        except RefreshRefused:
            assert verdict in {"reuse", "ended"}
            self.ended.add(family)
            return grant
        assert verdict in {"rotate", "replay"}
        assert family not in self.ended
        known = self.successors.setdefault(grant.refresh_token, successor.refresh_token)
        assert known == successor.refresh_token
        return successor

    @rule(grant=grants)
    def steal(self, grant: Grant) -> None:
        self.ended.add(family_of(self.house, grant))
        with pytest.raises(RefreshRefused):
            self.house.sessions.refresh(grant.refresh_token, "the thief's device")

    @rule(grant=consumes(grants))
    def sign_out(self, grant: Grant) -> None:
        family = family_of(self.house, grant)
        self.ended.add(family)
        self.house.sessions.sign_out(self.user.id, family)

    @rule(seconds=st.sampled_from([1, 9, 11]))
    def let_the_replay_window_pass(self, seconds: int) -> None:
        # a used token ages by as much as the clock would have moved
        for key, token in self.house.memory.tokens.items():
            if token.used_at is not None:
                aged = replace(token, used_at=token.used_at - timedelta(seconds=seconds))
                self.house.memory.tokens[key] = aged

    @invariant()
    def a_family_has_one_live_token_at_most(self) -> None:
        live: list[RefreshToken] = [one for one in self.house.memory.tokens.values() if one.used_at is None]
        assert len({one.family for one in live}) == len(live)

    @invariant()
    def ten_sessions_live_at_most(self) -> None:
        assert len(self.house.sessions.devices(self.user.id)) <= MOST_SESSIONS

    @invariant()
    def what_ended_stays_ended_and_is_mirrored(self) -> None:
        for family in self.ended:
            assert self.house.memory.devices[family].revoked_at is not None
            assert family in self.house.mirror.families


TestFamilies = Families.TestCase
TestFamilies.settings = settings(
    max_examples=40, stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
