"""Registration: an address is proven before an account exists, and the answers tell nobody who has one."""

import pytest

from builders.moving_clock import MovingClock
from builders.users import ASHA, PASSWORD, House
from kit.events.user_events import UserRegistered
from users import model
from users.errors import AlreadyRegistered, CodeRefused, TooManyCodes, VerificationUnknown, WeakPassword
from users.model import Address, ChallengeId

pytestmark = pytest.mark.usefixtures("moving_clock")
PHONE = Address("phone", "+919812345678")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_proven_address_becomes_an_account_and_is_told_once() -> None:
    house = House()
    user = house.register()
    assert (user.email, user.phone, user.plan, user.roles, user.version) == (
        ASHA.value, None, "free", ("user",), 1,
    )  # fmt: skip
    (event,) = house.memory.events
    assert isinstance(event.data, UserRegistered)
    assert (event.subject, event.version, event.data.user_id) == (user.id, 1, user.id)


def test_events_carry_no_personal_data() -> None:
    house = House()
    house.register()
    assert "asha" not in repr(house.memory.events).lower()


def test_a_phone_number_registers_too() -> None:
    house = House()
    assert house.register(PHONE).phone == PHONE.value


def test_no_account_exists_before_the_proof() -> None:
    house = House()
    house.registration.register(ASHA, PASSWORD, "", "en")
    assert house.accounts.by_address(ASHA) is None
    assert not house.memory.events


def test_a_code_is_six_digits_and_never_stored_as_it_is() -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    assert len(house.mailbox.code) == 6
    assert house.mailbox.code.isdigit()
    kept = house.memory.challenges[challenge.id]
    assert house.mailbox.code not in repr(kept)
    assert PASSWORD not in repr(kept)


def test_the_same_code_again_succeeds_again() -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    house.registration.verify(challenge.id, house.mailbox.code)
    house.registration.verify(challenge.id, house.mailbox.code)
    assert len(house.memory.users) == 1
    assert len(house.memory.events) == 1


def test_a_wrong_code_is_refused_and_five_tries_end_it() -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    for _ in range(model.CODE_TRIES):
        with pytest.raises(CodeRefused):
            house.registration.verify(challenge.id, wrong(house.mailbox.code))
    with pytest.raises(CodeRefused):
        house.registration.verify(challenge.id, house.mailbox.code)


@pytest.mark.parametrize(("seconds", "good"), [(599, True), (600, False)])
def test_a_code_lives_600_seconds(moving_clock: MovingClock, seconds: int, *, good: bool) -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    moving_clock.advance(seconds)
    if good:
        house.registration.verify(challenge.id, house.mailbox.code)
    else:
        with pytest.raises(CodeRefused):
            house.registration.verify(challenge.id, house.mailbox.code)


def test_an_unknown_challenge_is_refused_like_a_wrong_code() -> None:
    with pytest.raises(CodeRefused):
        House().registration.verify(ChallengeId("0197f3a0-0000-7000-8000-000000000009"), "123456")


def test_another_code_voids_the_one_before(moving_clock: MovingClock) -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    first = house.mailbox.code
    moving_clock.advance(31)
    house.registration.resend(challenge.id)
    second = house.mailbox.code
    if first != second:
        with pytest.raises(CodeRefused):
            house.registration.verify(challenge.id, first)
    house.registration.verify(challenge.id, second)


def test_codes_cannot_be_had_too_often(moving_clock: MovingClock) -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    with pytest.raises(TooManyCodes):
        house.registration.resend(challenge.id)
    for _ in range(model.CODE_SENDS - 1):
        moving_clock.advance(31)
        house.registration.resend(challenge.id)
    moving_clock.advance(31)
    with pytest.raises(TooManyCodes):
        house.registration.resend(challenge.id)


def test_an_address_can_be_registered_five_times_an_hour(moving_clock: MovingClock) -> None:
    house = House()
    for _ in range(model.CHALLENGES_PER_HOUR):
        house.registration.register(ASHA, PASSWORD, "", "en")
    with pytest.raises(TooManyCodes):
        house.registration.register(ASHA, PASSWORD, "", "en")
    moving_clock.advance(3601)
    house.registration.register(ASHA, PASSWORD, "", "en")


def test_a_challenge_that_is_over_cannot_be_renewed(moving_clock: MovingClock) -> None:
    house = House()
    challenge = house.registration.register(ASHA, PASSWORD, "", "en")
    moving_clock.advance(3600)
    with pytest.raises(VerificationUnknown):
        house.registration.resend(challenge.id)


def test_registering_a_known_address_looks_the_same_and_writes_to_its_owner(
    moving_clock: MovingClock,
) -> None:
    house = House()
    house.register()
    unknown = house.registration.register(Address("email", "new@example.com"), PASSWORD, "", "en")
    known = house.registration.register(ASHA, PASSWORD, "", "en")
    assert (unknown.address.channel, unknown.expires_at) == (known.address.channel, known.expires_at)
    assert house.mailbox.sent[-1] == (ASHA, None)
    for challenge in (unknown, known):
        with pytest.raises(CodeRefused):
            house.registration.verify(challenge.id, "not it")
        moving_clock.advance(31)
        assert house.registration.resend(challenge.id).sends == 2


def test_no_code_opens_a_decoy() -> None:
    house = House()
    user = house.register()
    decoy = house.registration.register(ASHA, "another password", "", "en")
    for code in ("000000", house.mailbox.code):
        with pytest.raises(CodeRefused):
            house.registration.verify(decoy.id, code)
    assert house.accounts.by_id(user.id) == user


def test_a_stranger_who_registers_first_cannot_lend_the_owner_a_password() -> None:
    house = House()
    house.registration.register(ASHA, "the stranger's password", "Mallory", "en")
    house.register(ASHA, PASSWORD)
    user = house.accounts.by_address(ASHA)
    assert user is not None
    assert house.passwords.verify(user.password_hash, PASSWORD)


def test_the_second_of_two_proofs_is_told_that_the_account_exists() -> None:
    house = House()
    first = house.registration.register(ASHA, PASSWORD, "", "en")
    first_code = house.mailbox.code
    second = house.registration.register(ASHA, PASSWORD, "", "en")
    house.registration.verify(second.id, house.mailbox.code)
    with pytest.raises(AlreadyRegistered):
        house.registration.verify(first.id, first_code)


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "password123", "PassWord123", "aaaaaaaaaaaa", "abababababab", "asha rules all"],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        House().registration.register(ASHA, password, "", "en")
    assert refused.value.errors[0].pointer == "/password"
