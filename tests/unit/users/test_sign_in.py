"""Sign-in: one answer for every failure, a pause after five, a lock after ten, nobody while Redis is away."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from authorizer.adapters.memory import MemoryKeys
from authorizer.model import Rules
from authorizer.service.verification import Verifier
from builders.moving_clock import START, MovingClock
from builders.users import ASHA, AUDIENCE, ISSUER, KEY, House
from kit.errors import Retryable, TreumError
from users import model
from users.errors import CredentialsRefused, SignInLocked, SignInPaused
from users.model import Address

pytestmark = pytest.mark.usefixtures("moving_clock")
NOBODY = Address("email", "nobody@example.com")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fail(house: House, address: Address = ASHA) -> TreumError:
    with pytest.raises(TreumError) as refused:
        house.login(address, "not the password")
    return refused.value


def test_the_access_token_is_one_the_authorizer_accepts() -> None:
    house = House()
    user = house.register()
    grant = house.login()
    key = load_pem_private_key(KEY.pem.encode(), None).public_key()
    verifier = Verifier(MemoryKeys({(ISSUER, KEY.kid): key}), Rules(frozenset({ISSUER}), AUDIENCE))  # type: ignore[dict-item]  # an RSA key
    claims = verifier.verify(grant.access_token, START)
    assert (claims.sub, claims.plan, claims.roles) == (user.id, "free", frozenset({"user"}))
    assert (claims.exp - claims.iat, grant.expires_in) == (900, 900)
    assert claims.fam in house.memory.devices


def test_tokens_carry_no_personal_data() -> None:
    house = House()
    house.register()
    body = house.login().access_token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(body + "=="))
    assert set(claims) == {"iss", "aud", "sub", "iat", "exp", "roles", "plan", "fam"}


def test_no_refresh_token_is_stored() -> None:
    house = House()
    house.register()
    assert house.login().refresh_token not in repr(house.memory)


@pytest.mark.parametrize(
    "password",
    [
        "only small letters",
        "  Spaces on Both Ends  ",
        "90210 44561 7782",
        "नमस्ते दुनिया १२",
        "Long " * 24 + "Tail",
    ],
)
def test_a_password_counts_exactly_as_it_was_typed(password: str) -> None:
    """Of any kind of characters and up to 128; trimmed, cut or in another case it is another one."""
    house = House()
    house.register(password=password)
    for other in {password.strip(), password[:-1], password[:72], password.swapcase()} - {password}:
        with pytest.raises(CredentialsRefused):
            house.login(password=other)
    assert house.login(password=password).access_token


def test_a_known_and_an_unknown_account_fail_alike_all_the_way(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    for _ in range(model.TRIES_BEFORE_LOCK + 3):
        known, unknown = fail(house), fail(house, NOBODY)
        assert (type(known), known.status, known.code, known.detail) == (
            type(unknown), unknown.status, unknown.code, unknown.detail,
        )  # fmt: skip
        moving_clock.advance(200)


def test_five_failures_pause_and_say_until_when(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    for _ in range(5):
        assert isinstance(fail(house), CredentialsRefused)
    with pytest.raises(SignInPaused) as paused:
        house.login()
    assert not isinstance(paused.value, SignInLocked)
    assert 895 < paused.value.retry_after_s <= 901
    assert "2027-01-15T08:15:00Z" in paused.value.detail
    moving_clock.advance(901)
    house.login()


def test_ten_failures_lock_for_an_hour_whatever_the_password(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    for _ in range(2):
        for _ in range(5):
            fail(house)
        moving_clock.advance(901)
    with pytest.raises(SignInLocked) as locked:
        house.login()
    assert 2690 < locked.value.retry_after_s < 2710
    moving_clock.advance(2700)
    house.login()


def test_a_success_forgets_the_failures() -> None:
    house = House()
    house.register()
    for _ in range(4):
        for _ in range(4):
            fail(house)
        house.login()


def test_nobody_signs_in_while_revocations_cannot_be_checked() -> None:
    house = House()
    house.register()
    house.mirror.away = True
    with pytest.raises(Retryable):
        house.login()
    house.mirror.away = False
    house.mirror.wipe()
    with pytest.raises(Retryable):
        house.login()
    house.mirroring.rebuild()
    house.login()


@given(st.lists(st.integers(0, 86_400), max_size=12))
def test_a_wait_always_lies_ahead_and_ends(seconds: list[int]) -> None:
    now = NOON + timedelta(days=1)
    failures = sorted(now - timedelta(seconds=one) for one in seconds)
    wait = model.sign_in_wait(failures, now)
    if wait is None:
        return
    assert now < wait.until <= now + model.LOCK_FOR
    assert model.sign_in_wait(failures, wait.until) is None or wait.locked


@given(st.lists(st.integers(0, 3600), min_size=5))
def test_never_more_than_five_tries_in_any_fifteen_minutes(gaps: list[int]) -> None:
    tried: list[datetime] = []
    kept: list[datetime] = []
    now = NOON
    for gap in gaps:
        now += timedelta(seconds=gap)
        if model.sign_in_wait(kept, now) is None:
            tried.append(now)
            kept = [*kept, now][-model.TRIES_BEFORE_LOCK :]
    for at in tried:
        assert sum(at <= other < at + model.PAUSE_WINDOW for other in tried) <= 5
