"""One suite for the stores of accounts, codes, failures and sessions: in memory and on PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from kit import clock, events, ids
from kit.events import Event
from kit.events.user_events import UserPlanChanged, UserRegistered, UserSessionsRevoked
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.memory import Memory, MemoryAccounts, MemoryAttempts, MemoryChallenges, MemorySessions
from users.adapters.postgres import PostgresAccounts, PostgresAttempts, PostgresChallenges, PostgresSessions
from users.model import Address, Challenge, ChallengeId, Device, FamilyId, RefreshToken, Term, User, UserId
from users.ports import Accounts, Challenges, Sessions, SignInAttempts
from users.service import facts

NOW = clock.now().replace(microsecond=123456)
ASHA = Address("email", "asha@example.com")


@dataclass
class Stores:
    accounts: Accounts
    challenges: Challenges
    attempts: SignInAttempts
    sessions: Sessions
    told: Callable[[], list[tuple[str, int]]]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        memory = Memory()

        def told() -> list[tuple[str, int]]:
            return [(event.type, event.version) for event in memory.events]

        yield Stores(
            MemoryAccounts(memory),
            MemoryChallenges(memory),
            MemoryAttempts(memory),
            MemorySessions(memory),
            told,
        )
        return
    db: Database = request.getfixturevalue("users_db")
    outbox = Outbox(db, None)

    def written() -> list[tuple[str, int]]:
        rows = db.all(
            "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'type', version FROM users.outbox ORDER BY seq"
        )
        return [(row[0], row[1]) for row in rows]

    yield Stores(
        PostgresAccounts(db, outbox),
        PostgresChallenges(db),
        PostgresAttempts(db),
        PostgresSessions(db, outbox),
        written,
    )


def user_at(address: Address = ASHA) -> User:
    return User(
        id=UserId(ids.uuid7()),
        email=address.value if address.channel == "email" else None,
        phone=address.value if address.channel == "phone" else None,
        password_hash="$argon2id$fake",
        display_name="Asha",
        locale="hi",
        roles=("user",),
        plan="free",
        not_before=0,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )


def registered(user: User) -> Event[Any]:
    data = UserRegistered(user_id=user.id, plan=user.plan, roles=user.roles, registered_at=NOW)
    return events.new(data, subject=user.id, version=user.version)


def ended(user: User, family: FamilyId) -> Event[Any]:
    data = UserSessionsRevoked(
        user_id=user.id, families=(family,), not_before=0, reason="test", revoked_at=NOW
    )
    return events.new(data, subject=user.id, version=user.version)


def all_ended(user: User) -> Sequence[Event[Any]]:
    return (ended(user, FamilyId(ids.uuid7())),)


def challenge_for(address: Address = ASHA, at: datetime = NOW, *, decoy: bool = False) -> Challenge:
    return Challenge(
        id=ChallengeId(ids.uuid7()),
        address=address,
        decoy=decoy,
        password_hash="$argon2id$fake",
        display_name="Asha",
        locale="en",
        code_hash=b"c" * 32,
        created_at=at,
        expires_at=at + model.CODE_LIFE,
        last_sent_at=at,
    )


def opened(stores: Stores, address: Address = ASHA) -> User:
    user = user_at(address)
    assert stores.accounts.seed(user, registered(user))
    return user


def signed_in(
    stores: Stores, user: User, at: datetime = NOW, device_id: str = "device-1"
) -> tuple[Device, RefreshToken]:
    family = FamilyId(ids.uuid7())
    device = Device(family, user.id, device_id, "phone", created_at=at, last_seen_at=at)
    token = RefreshToken(family.encode()[:32].ljust(32), family, user.id, at, at + model.REFRESH_LIFE)
    assert stores.sessions.open(device, token, "$argon2id$fake", facts.ending)
    return device, token


def rotate(stores: Stores, presented: bytes, successor: bytes, at: datetime) -> model.Rotation:
    return stores.sessions.rotate(presented, successor, "device-1", at, ended)


@pytest.mark.parametrize("address", [ASHA, Address("phone", "+919812345678")])
def test_an_account_is_read_back_as_it_was_opened(stores: Stores, address: Address) -> None:
    user = user_at(address)
    assert stores.accounts.seed(user, registered(user))
    assert stores.accounts.by_id(user.id) == user
    assert stores.accounts.by_address(address) == user
    assert stores.accounts.by_address(Address("email", "other@example.com")) is None
    assert stores.told() == [("user.registered", 1)]


def test_an_address_has_one_account(stores: Stores) -> None:
    opened(stores)
    second = user_at()
    assert not stores.accounts.seed(second, registered(second))
    assert stores.accounts.by_id(second.id) is None
    assert len(stores.told()) == 1


def test_a_challenge_opens_one_account(stores: Stores) -> None:
    challenge = challenge_for()
    assert stores.challenges.open(challenge, per_hour=5)
    user, twin = user_at(), user_at(Address("email", "twin@example.com"))
    assert stores.accounts.register(user, challenge.id, registered(user))
    assert not stores.accounts.register(twin, challenge.id, registered(twin))
    assert len(stores.told()) == 1
    used = stores.challenges.attempt(challenge.id)
    assert used is not None
    assert used.consumed_at == NOW


def test_a_challenge_that_came_too_late_is_not_used_up(stores: Stores) -> None:
    challenge = challenge_for()
    stores.challenges.open(challenge, per_hour=5)
    opened(stores)
    late = user_at()
    assert not stores.accounts.register(late, challenge.id, registered(late))
    kept = stores.challenges.attempt(challenge.id)
    assert kept is not None
    assert kept.consumed_at is None


def test_a_change_needs_the_newest_version(stores: Stores) -> None:
    user = opened(stores)
    data = UserPlanChanged(user_id=user.id, plan="premium", previous="free", changed_by="x", changed_at=NOW)
    changed = replace(user, plan="premium", roles=("user", "analyst"), not_before=7, version=2)
    event = events.new(data, subject=user.id, version=2)
    assert stores.accounts.save(changed, 1, (event,))
    assert not stores.accounts.save(changed, 1, (event,))
    assert stores.accounts.by_id(user.id) == changed
    assert stores.told() == [("user.registered", 1), ("user.plan_changed", 2)]


def test_a_change_of_an_absent_account_is_refused(stores: Stores) -> None:
    assert not stores.accounts.save(user_at(), 1, ())


def test_what_is_granted_and_paid_is_read_back(stores: Stores) -> None:
    user = opened(stores)
    later = NOW + timedelta(days=30)
    terms = {"granted": Term("premium", later), "paid": Term("enterprise", NOW), "paid_version": 9}
    changed = replace(user, valid_until=later, version=2, **terms)  # type: ignore[arg-type]  # fields by name
    assert stores.accounts.save(changed, 1, ())
    assert stores.accounts.by_id(user.id) == changed
    seeded = replace(user_at(Address("email", "b@example.com")), granted=Term("enterprise"))
    assert stores.accounts.seed(seeded, registered(seeded))
    assert stores.accounts.by_id(seeded.id) == seeded


def test_ended_plans_are_found_the_longest_ago_first(stores: Stores) -> None:
    made = [opened(stores, Address("email", f"{name}@example.com")) for name in "abcd"]
    for user, until in zip(
        made, (NOW, NOW - timedelta(days=1), NOW + timedelta(seconds=1), None), strict=True
    ):
        assert stores.accounts.save(replace(user, valid_until=until, version=2), 1, ())
    assert stores.accounts.ended(NOW, 10) == [made[1].id, made[0].id]
    assert stores.accounts.ended(NOW, 1) == [made[1].id]


def test_tries_of_a_code_are_counted(stores: Stores) -> None:
    challenge = challenge_for(decoy=True)
    stores.challenges.open(challenge, per_hour=5)
    assert stores.challenges.attempt(challenge.id) == replace(challenge, attempts=1)
    assert stores.challenges.attempt(challenge.id) == replace(challenge, attempts=2)
    assert stores.challenges.attempt(ChallengeId(ids.uuid7())) is None


def test_an_address_gets_so_many_challenges_an_hour(stores: Stores) -> None:
    assert stores.challenges.open(challenge_for(), per_hour=2)
    assert stores.challenges.open(challenge_for(), per_hour=2)
    assert not stores.challenges.open(challenge_for(), per_hour=2)
    assert stores.challenges.open(challenge_for(Address("email", "b@example.com")), per_hour=2)
    assert stores.challenges.open(challenge_for(at=NOW + timedelta(hours=1)), per_hour=2)


def test_a_renewed_challenge_has_a_new_code_and_fresh_tries(stores: Stores) -> None:
    challenge = challenge_for()
    stores.challenges.open(challenge, per_hour=5)
    stores.challenges.attempt(challenge.id)
    later = NOW + model.RESEND_AFTER
    renewed = stores.challenges.renew(challenge.id, b"d" * 32, later)
    assert renewed == replace(
        challenge, code_hash=b"d" * 32, expires_at=later + model.CODE_LIFE, sends=2, last_sent_at=later
    )
    assert stores.challenges.renew(challenge.id, b"e" * 32, later) == renewed


def test_a_challenge_is_renewed_only_while_it_is_open(stores: Stores) -> None:
    challenge = challenge_for()
    stores.challenges.open(challenge, per_hour=5)
    assert stores.challenges.renew(ChallengeId(ids.uuid7()), b"d" * 32, NOW) is None
    assert stores.challenges.renew(challenge.id, b"d" * 32, NOW + model.CHALLENGE_OPEN_FOR) is None
    user = user_at()
    stores.accounts.register(user, challenge.id, registered(user))
    assert stores.challenges.renew(challenge.id, b"d" * 32, NOW + model.RESEND_AFTER) is None


def test_the_sixth_try_in_a_row_waits_until_forgiven(stores: Stores) -> None:
    account = b"a" * 32
    for _ in range(model.TRIES_BEFORE_PAUSE):
        assert stores.attempts.begin(account, None, NOW) is None
    wait = stores.attempts.begin(account, None, NOW)
    assert wait is not None
    assert (wait.until, wait.locked) == (NOW + model.PAUSE_WINDOW, False)
    assert stores.attempts.begin(b"b" * 32, None, NOW) is None
    stores.attempts.forgive(account)
    assert stores.attempts.begin(account, None, NOW) is None


def test_the_eleventh_try_in_a_day_is_locked_out(stores: Stores) -> None:
    at = NOW
    for _ in range(2):
        for _ in range(model.TRIES_BEFORE_PAUSE):
            assert stores.attempts.begin(b"a" * 32, None, at) is None
        at += model.PAUSE_WINDOW
    wait = stores.attempts.begin(b"a" * 32, None, at)
    assert wait is not None
    assert wait.locked


def test_a_refresh_token_is_used_once_and_replayed_for_a_moment(stores: Stores) -> None:
    user = opened(stores)
    device, token = signed_in(stores, user)
    first = rotate(stores, token.hash, b"2" * 32, NOW)
    assert (first.verdict, first.family) == ("rotate", device.family)
    assert first.user is not None
    assert first.user.id == user.id
    assert rotate(stores, token.hash, b"2" * 32, NOW + model.REPLAY_WINDOW).verdict == "replay"
    assert rotate(stores, b"2" * 32, b"3" * 32, NOW).verdict == "rotate"


def test_a_refresh_reaches_no_further_than_its_session(stores: Stores) -> None:
    user = opened(stores)
    began = NOW - timedelta(days=25)
    device, token = signed_in(stores, user, NOW - timedelta(days=25))
    last = began + model.SESSION_LIFE
    for number, days in enumerate((6, 12, 18, 24)):
        at, presented = began + timedelta(days=days), token.hash if number == 0 else bytes([number]) * 32
        found = rotate(stores, presented, bytes([number + 1]) * 32, at)
        assert (found.verdict, found.ends_at) == ("rotate", min(at + model.REFRESH_LIFE, last))
    just = last - timedelta(seconds=1)
    assert rotate(stores, bytes([4]) * 32, b"5" * 32, just).ends_at == last
    assert [one.family for one in stores.sessions.devices(user.id, just)] == [device.family]
    assert stores.sessions.devices(user.id, last) == []
    assert rotate(stores, b"5" * 32, b"6" * 32, last).verdict == "ended"


def test_reuse_ends_the_family_and_is_told_once(stores: Stores) -> None:
    user = opened(stores)
    device, token = signed_in(stores, user)
    rotate(stores, token.hash, b"2" * 32, NOW)
    late = NOW + model.REPLAY_WINDOW + timedelta(seconds=1)
    assert rotate(stores, token.hash, b"2" * 32, late).verdict == "reuse"
    assert rotate(stores, token.hash, b"2" * 32, late).verdict == "ended"
    assert rotate(stores, b"2" * 32, b"3" * 32, late).verdict == "ended"
    assert stores.sessions.devices(user.id, NOW) == []
    assert stores.sessions.revoked_since(NOW)[0] == [device.family]
    assert stores.told() == [("user.registered", 1), ("user.sessions_revoked", 2)]


def test_an_unknown_token_is_nobodys(stores: Stores) -> None:
    assert rotate(stores, b"?" * 32, b"!" * 32, NOW) == model.Rotation("ended")


def test_a_session_is_ended_by_its_owner_only_and_once(stores: Stores) -> None:
    user, other = opened(stores), opened(stores, Address("email", "b@example.com"))
    device, token = signed_in(stores, user)
    assert not stores.sessions.end(other.id, device.family, "test", NOW, ended)
    assert not stores.sessions.end(user.id, FamilyId(ids.uuid7()), "test", NOW, ended)
    assert stores.sessions.end(user.id, device.family, "test", NOW, ended)
    assert not stores.sessions.end(user.id, device.family, "test", NOW, ended)
    assert rotate(stores, token.hash, b"2" * 32, NOW).verdict == "ended"


def test_a_token_given_since_is_refused_by_another_end_in_the_same_second(stores: Stores) -> None:
    user, second = opened(stores), int(NOW.timestamp()) + 1
    ends = [stores.sessions.end_all(user.id, "test", second, NOW, all_ended) for _ in range(2)]
    assert [one and one.user.not_before for one in ends] == [second, second + 1]


def test_all_sessions_end_together_and_others_go_on(stores: Stores) -> None:
    user, other = opened(stores), opened(stores, Address("email", "b@example.com"))
    first, _ = signed_in(stores, user)
    second_one, _ = signed_in(stores, user, device_id="device-2")
    _, alive = signed_in(stores, other)
    second = int(NOW.timestamp()) + 1
    found = stores.sessions.end_all(user.id, "test", second, NOW, all_ended)
    assert found is not None
    assert set(found.families) == {first.family, second_one.family}
    changed = found.user
    assert (changed.not_before, changed.version) == (second, 2)
    assert stores.accounts.by_id(user.id) == changed
    assert stores.sessions.devices(user.id, NOW) == []
    assert rotate(stores, alive.hash, b"2" * 32, NOW).verdict == "rotate"
    assert stores.sessions.end_all(UserId(ids.uuid7()), "test", second, NOW, all_ended) is None
    families, stale = stores.sessions.revoked_since(NOW - timedelta(minutes=1))
    assert len(families) == 2
    assert stale == [(user.id, second)]
    assert stores.sessions.revoked_since(NOW + timedelta(minutes=1)) == ([], [])


def test_devices_are_listed_by_their_last_refresh(stores: Stores) -> None:
    user = opened(stores)
    old, token = signed_in(stores, user, NOW - timedelta(days=2))
    new, _ = signed_in(stores, user, NOW - timedelta(days=1), "device-2")
    assert [one.family for one in stores.sessions.devices(user.id, NOW)] == [new.family, old.family]
    rotate(stores, token.hash, b"2" * 32, NOW)
    listed = stores.sessions.devices(user.id, NOW)
    assert listed == [replace(old, last_seen_at=NOW), new]
    assert len(stores.sessions.devices(user.id, NOW + timedelta(days=6, seconds=1))) == 1
