"""Grants hold at once; keys overlap; the mirror heals; the first administrator is opened once."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from builders.moving_clock import START, MovingClock
from builders.users import ASHA, PASSWORD, House
from kit import clock
from kit.audit import Actor
from kit.errors import PreconditionFailed, Retryable
from kit.events.user_events import UserPlanChanged, UserRolesChanged
from users import model
from users.adapters.randomness import SystemChance
from users.adapters.signing import RsaForge
from users.errors import RolesRefused, RotationTooSoon, UserUnknown
from users.model import Address, SigningKey, User, UserId
from users.service.administration import FirstAdmin
from users.service.upkeep import Forgetting

pytestmark = pytest.mark.usefixtures("moving_clock")
ADMIN = UserId("0197f3a0-0000-7000-8000-0000000000ad")
NOBODY = UserId("0197f3a0-0000-7000-8000-0000000000ff")


def test_a_granted_plan_is_told_and_makes_old_tokens_stale() -> None:
    house = House()
    user = house.register()
    changed = house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None)
    assert (changed.plan, changed.version, changed.not_before) == ("premium", 2, int(START) + 1)
    told, deed = house.memory.events[-2:]
    assert (deed.type, deed.data.action, deed.data.actor) == ("action.performed", "user.grant_plan", ADMIN)
    assert isinstance(told.data, UserPlanChanged)
    assert (told.data.plan, told.data.previous, told.data.changed_by) == ("premium", "free", ADMIN)
    assert told.version == 2
    assert house.mirror.stale == {user.id: int(START) + 1}


def test_granting_the_same_again_changes_nothing() -> None:
    house = House()
    user = house.register()
    first = house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None)
    assert house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None) == first
    assert len(house.memory.events) == 3


def test_granted_roles_always_hold_user_and_come_in_one_order() -> None:
    house = House()
    user = house.register()
    changed = house.administration.grant_roles(user.id, ("editor", "analyst"), Actor(ADMIN))
    assert changed.roles == ("user", "analyst", "editor")
    told, deed = (one.data for one in house.memory.events[-2:])
    assert (deed.action, deed.object_id) == ("user.grant_roles", user.id)
    assert deed.before != deed.after
    assert isinstance(told, UserRolesChanged)
    assert (told.roles, told.previous) == (("user", "analyst", "editor"), ("user",))


def test_an_administrator_cannot_resign_alone() -> None:
    house = House()
    user = house.register()
    house.administration.grant_roles(user.id, ("admin",), Actor(ADMIN))
    with pytest.raises(RolesRefused):
        house.administration.grant_roles(user.id, ("user",), Actor(user.id))
    house.administration.grant_roles(user.id, ("user",), Actor(ADMIN))


def test_a_refresh_after_a_grant_carries_it() -> None:
    house = House()
    user = house.register()
    grant = house.login()
    house.administration.grant_plan(user.id, "enterprise", Actor(ADMIN), None)
    refreshed = house.sessions.refresh(grant.refresh_token, grant.device_id)
    claims = json.loads(urlsafe_b64decode(refreshed.access_token.split(".")[1] + "=="))
    assert claims["plan"] == "enterprise"
    assert claims["iat"] == int(START) + 1


def test_a_grant_holds_although_the_mirror_is_away() -> None:
    house = House()
    user = house.register()
    house.mirror.away = True
    assert house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None).plan == "premium"
    house.mirror.away = False
    house.mirroring.rebuild()
    assert user.id in house.mirror.stale


def test_unknown_accounts_are_unknown() -> None:
    house = House()
    with pytest.raises(UserUnknown):
        house.administration.read(NOBODY)
    with pytest.raises(UserUnknown):
        house.administration.grant_plan(NOBODY, "premium", Actor(ADMIN), None)
    with pytest.raises(UserUnknown):
        house.profile.read(NOBODY)
    assert house.administration.find(ASHA) is None
    user = house.register()
    assert house.administration.read(user.id) == user


def test_a_grant_that_others_overtake_again_and_again_gives_up() -> None:
    house = House()
    user = house.register()
    saves = house.accounts.save

    def overtaken(changed: User, expected: int, _: object) -> bool:
        kept = house.memory.users[changed.id]
        house.memory.users[changed.id] = replace(kept, version=kept.version + 1)
        return saves(changed, expected, ())

    house.accounts.save = overtaken  # type: ignore[method-assign, assignment]  # a rival before each save
    with pytest.raises(Retryable):
        house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None)


def test_a_profile_changes_what_is_given_at_its_version() -> None:
    house = House()
    user = house.register()
    changed = house.profile.change(user.id, 1, "Asha R.", None)
    assert (changed.display_name, changed.locale, changed.version) == ("Asha R.", "en", 2)
    assert house.profile.change(user.id, 2, None, "hi").display_name == "Asha R."
    with pytest.raises(PreconditionFailed):
        house.profile.change(user.id, 2, "late", None)


def test_the_first_key_is_made_once_and_published() -> None:
    house = House()
    assert house.upkeep.ensure()
    assert not house.upkeep.ensure()
    (key,) = json.loads(house.keys.published)["keys"]
    assert set(key) == {"kid", "use", "alg", "kty", "n", "e"}
    assert key["kid"] == house.keys.keys[0].kid


def test_a_new_key_is_published_before_it_signs_and_the_old_one_stays(moving_clock: MovingClock) -> None:
    house = House()
    house.upkeep.ensure()
    old = house.keys.keys[0]
    new = house.upkeep.rotate()
    assert [one["kid"] for one in json.loads(house.keys.published)["keys"]] == [old.kid, new.kid]
    assert model.signing_now(house.keys.keys, int(START) + 599) == old
    assert model.signing_now(house.keys.keys, int(START) + 600) == new
    with pytest.raises(RotationTooSoon):
        house.upkeep.rotate()
    moving_clock.advance(600 + 900)
    newest = house.upkeep.rotate()
    assert house.keys.keys == (new, newest)


def test_a_leaked_key_is_dropped_at_once() -> None:
    house = House()
    house.upkeep.ensure()
    house.upkeep.rotate()
    new = house.upkeep.rotate(leaked=True)
    assert house.keys.keys == (new,)
    assert model.signing_now(house.keys.keys, int(START)) == new
    assert [one["kid"] for one in json.loads(house.keys.published)["keys"]] == [new.kid]


def test_no_key_signs_before_there_is_one() -> None:
    assert model.signing_now((), 0) is None
    assert model.signing_now((SigningKey("k", "", 10),), 9) is None


def test_a_published_document_holds_no_private_half() -> None:
    published = json.loads(RsaForge().jwks((RsaForge().forge(0),)))
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(published["keys"][0])


def test_a_rebuild_that_is_wiped_each_time_gives_up() -> None:
    house = House()
    begin = house.mirror.begin

    def wiped() -> str:
        mark = begin()
        house.mirror.wipe()
        return mark

    house.mirror.begin = wiped  # type: ignore[method-assign]  # a Redis flushed at the worst moment
    with pytest.raises(Retryable):
        house.mirroring.rebuild()


@dataclass
class Vault:
    left: dict[str, str] = field(default_factory=dict)

    def leave(self, email: str, password: str) -> str:
        self.left[email] = password
        return "treum/test/first-admin"


def test_the_first_administrator_is_opened_once_and_can_sign_in() -> None:
    house = House()
    vault = Vault()
    first = FirstAdmin(house.accounts, house.passwords, SystemChance(), vault)
    assert first.ensure("Admin@Example.com")
    assert not first.ensure("admin@example.com")
    (address,) = vault.left
    assert house.login(Address("email", address), vault.left[address]).access_token
    admin = house.accounts.by_address(Address("email", address))
    assert admin is not None
    assert admin.roles == ("user", "admin")
    assert PASSWORD not in vault.left.values()


def test_forgetting_is_the_stores_and_knows_the_time() -> None:
    class Kept:
        def forget(self, now: datetime) -> int:
            assert now == clock.now()
            return 7

    assert Forgetting(Kept()).forget_expired() == 7
