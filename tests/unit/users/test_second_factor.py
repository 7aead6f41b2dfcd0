"""The authenticator app: one use a time step, ten codes for when it is lost, and nobody signs in around it."""

import pyotp
import pytest

from builders.moving_clock import START, MovingClock
from builders.users import ASHA, House
from kit.errors import Retryable
from kit.sealing import SealBroken
from users import model
from users.adapters.totp import PyTotp
from users.errors import (
    AlreadyEnrolled,
    CodeRefused,
    NoAuthenticator,
    SecondFactorRequired,
    SignInPaused,
    UserUnknown,
)
from users.model import ConfirmationId, FamilyId, User, UserId
from users.service.tokens import Grant

pytestmark = pytest.mark.usefixtures("moving_clock")
FAMILY = FamilyId("0197f3a0-0000-7000-8000-0000000000fa")
NOBODY = UserId("0197f3a0-0000-7000-8000-0000000000ff")


class Protected:
    """An account with a confirmed app, whose clock goes with the test's."""

    def __init__(self, clock: MovingClock) -> None:
        self.clock = clock
        self.house = House()
        self.user: User = self.house.register()
        self.secret = self.house.second_factor.enrol(self.user.id).secret
        self.backups = self.house.second_factor.confirm(self.user.id, self.code())

    def code(self, drift: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self.clock.at) + drift * model.TOTP_PERIOD_S)

    def fits(self, code: str) -> bool:
        return self.house.check.fits(self.user.id, code)

    def asked(self) -> SecondFactorRequired:
        with pytest.raises(SecondFactorRequired) as required:
            self.house.login()
        return required.value

    def finish(self, asked: SecondFactorRequired, code: str) -> Grant:
        told = asked.members
        challenge = ConfirmationId(told["challenge_id"])
        return self.house.sign_in.finish(challenge, code, told["device_id"], "phone")


@pytest.fixture
def protected(moving_clock: MovingClock) -> Protected:
    made = Protected(moving_clock)
    moving_clock.advance(model.TOTP_PERIOD_S)
    return made


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    """Appendix B, the last six of its eight digits."""
    from datetime import UTC, datetime  # noqa: PLC0415 - one test's

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert PyTotp().step_of(secret, code, datetime.fromtimestamp(at, UTC)) == at // 30


def test_the_apps_code_finishes_a_sign_in(protected: Protected) -> None:
    asked = protected.asked()
    assert protected.house.memory.devices == {}
    grant = protected.finish(asked, protected.code())
    assert grant.device_id == asked.members["device_id"]
    assert len(protected.house.memory.devices) == 1


def test_the_password_alone_gives_a_challenge_and_no_token(protected: Protected) -> None:
    asked = protected.asked()
    assert (asked.status, asked.code) == (401, "SECOND_FACTOR_REQUIRED")
    assert set(asked.members) == {"challenge_id", "device_id", "expires_at"}


def test_a_code_is_used_once_in_its_time_step(protected: Protected) -> None:
    assert protected.fits(protected.code())
    assert not protected.fits(protected.code())
    protected.clock.advance(model.TOTP_PERIOD_S)
    assert protected.fits(protected.code())


def test_the_code_that_confirmed_is_used_up(moving_clock: MovingClock) -> None:
    made = Protected(moving_clock)
    assert not made.fits(made.code())


@pytest.mark.parametrize(("drift", "fits"), [(-2, False), (0, True), (1, True), (2, False)])
def test_the_apps_clock_may_be_one_step_off(protected: Protected, drift: int, *, fits: bool) -> None:
    assert protected.fits(protected.code(drift)) is fits


def test_an_older_step_than_one_used_is_refused(protected: Protected) -> None:
    protected.clock.advance(10 * model.TOTP_PERIOD_S)
    assert protected.fits(protected.code())
    assert not protected.fits(protected.code(-1))


def test_each_of_ten_backup_codes_works_once_however_it_is_written(protected: Protected) -> None:
    assert len(set(protected.backups)) == model.BACKUP_CODES
    for number, code in enumerate(protected.backups):
        spelled = code.upper() if number % 2 else code.replace("-", "")
        assert protected.fits(spelled)
        assert not protected.fits(code)
    found = protected.house.second_factor.read(protected.user.id)
    assert found is not None
    assert found.backup_codes == 0


def test_new_backup_codes_void_the_old(protected: Protected) -> None:
    fresh = protected.house.second_factor.renew_backups(protected.user.id)
    assert not protected.fits(protected.backups[0])
    assert protected.fits(fresh[0])


def test_neither_secret_nor_backup_codes_are_kept_readable(protected: Protected) -> None:
    kept = repr(protected.house.memory)
    assert protected.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in protected.backups)


def test_a_sealed_secret_is_of_use_to_its_owner_only(protected: Protected) -> None:
    sealed = protected.house.memory.factors[protected.user.id].sealed
    protected.house.seals.seal("another", "totp", "x")
    with pytest.raises(SealBroken):
        protected.house.seals.open("another", "totp", sealed)


def test_wrong_codes_use_the_challenge_up_and_count_as_failed_sign_ins(protected: Protected) -> None:
    asked = protected.asked()
    for _ in range(model.CONFIRMATION_TRIES):
        with pytest.raises(CodeRefused):
            protected.finish(asked, "not-a-code")
    with pytest.raises(CodeRefused):
        protected.finish(asked, protected.code())
    for _ in range(model.TRIES_BEFORE_PAUSE - 1):
        protected.asked()
    with pytest.raises(SignInPaused):
        protected.house.login()


def test_a_finished_sign_in_forgives_what_failed(protected: Protected) -> None:
    for _ in range(model.TRIES_BEFORE_PAUSE - 1):
        protected.asked()
    protected.finish(protected.asked(), protected.code())
    protected.asked()


def test_a_challenge_is_of_use_on_its_device_only_and_once(protected: Protected) -> None:
    asked = protected.asked()
    challenge = ConfirmationId(asked.members["challenge_id"])
    with pytest.raises(CodeRefused):
        protected.house.sign_in.finish(challenge, protected.code(), "another-device", "phone")
    protected.finish(asked, protected.code())
    protected.clock.advance(model.TOTP_PERIOD_S)
    with pytest.raises(CodeRefused):
        protected.finish(asked, protected.code())


def test_a_sign_in_challenge_is_no_step_up_and_the_other_way_round(protected: Protected) -> None:
    house, user = protected.house, protected.user
    asked = protected.asked()
    challenge = ConfirmationId(asked.members["challenge_id"])
    with pytest.raises(CodeRefused):
        house.step_up.prove(user.id, FamilyId(asked.members["device_id"]), challenge, protected.code())
    step_up, channel = house.step_up.ask(user.id, FAMILY, "totp")
    assert channel is None
    with pytest.raises(CodeRefused):
        house.sign_in.finish(step_up.id, protected.code(), FAMILY, "phone")


def test_the_app_steps_up_to_the_second_level(protected: Protected) -> None:
    asked, _ = protected.house.step_up.ask(protected.user.id, FAMILY, "totp")
    assert protected.house.step_up.prove(protected.user.id, FAMILY, asked.id, protected.code()).level == 2


def test_nobody_finishes_while_revocations_cannot_be_checked(protected: Protected) -> None:
    asked = protected.asked()
    protected.house.mirror.complete_marker = False
    with pytest.raises(Retryable):
        protected.finish(asked, protected.code())


def test_an_app_that_was_never_confirmed_protects_nothing() -> None:
    house = House()
    user = house.register()
    first = house.second_factor.enrol(user.id)
    assert not house.check.fits(user.id, pyotp.TOTP(first.secret).at(int(START)))
    assert house.login().access_token
    second = house.second_factor.enrol(user.id)
    with pytest.raises(CodeRefused):
        house.second_factor.confirm(user.id, pyotp.TOTP(first.secret).at(int(START)))
    house.second_factor.confirm(user.id, pyotp.TOTP(second.secret).at(int(START)))


def test_a_second_app_needs_the_first_removed(protected: Protected) -> None:
    keeping, user = protected.house.second_factor, protected.user
    with pytest.raises(AlreadyEnrolled):
        keeping.enrol(user.id)
    with pytest.raises(NoAuthenticator):
        keeping.confirm(user.id, protected.code())
    keeping.remove(user.id)
    assert not protected.fits(protected.backups[0])
    assert protected.house.login().access_token
    assert [notice for _, notice in protected.house.mailbox.notices] == [
        "second_factor_on",
        "second_factor_off",
    ]
    assert protected.house.mailbox.notices[0][0] == ASHA


def test_what_is_not_there_is_refused() -> None:
    house = House()
    user = house.register()
    for refused in (house.second_factor.remove, house.second_factor.renew_backups):
        with pytest.raises(NoAuthenticator):
            refused(user.id)
    with pytest.raises(NoAuthenticator):
        house.second_factor.confirm(user.id, "123456")
    with pytest.raises(UserUnknown):
        house.second_factor.enrol(NOBODY)
    assert not house.check.fits(user.id, "123456")
    assert not house.check.fits(user.id, "abcde-fghjk")


def test_whoever_comes_second_with_the_same_proof_is_refused(
    protected: Protected, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = protected.asked()
    monkeypatch.setattr(protected.house.confirming.confirmations, "consume", lambda *_: False)
    with pytest.raises(CodeRefused):
        protected.finish(asked, protected.code())


def test_whoever_comes_second_with_the_same_app_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    user = house.register()
    secret = house.second_factor.enrol(user.id).secret
    assert not house.second_factor.enrolled(user.id)
    monkeypatch.setattr(house.check.factors, "confirm", lambda *_: False)
    with pytest.raises(CodeRefused):
        house.second_factor.confirm(user.id, pyotp.TOTP(secret).at(int(START)))


def test_an_account_that_goes_before_its_sign_in_is_finished_gets_no_session(protected: Protected) -> None:
    asked = protected.asked()
    del protected.house.memory.users[protected.user.id]
    with pytest.raises(CodeRefused):
        protected.finish(asked, protected.code())


def test_each_turn_of_the_app_is_told(protected: Protected) -> None:
    protected.house.second_factor.remove(protected.user.id)
    assert protected.house.event_types() == [
        "user.registered",
        "user.second_factor_enabled",
        "user.second_factor_disabled",
    ]
    assert [event.version for event in protected.house.memory.events] == [1, 2, 3]
