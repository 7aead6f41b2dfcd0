"""A step-up: a code to the confirmed address, a token for five minutes, and nothing else gets one."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from builders.moving_clock import START, MovingClock
from builders.users import ASHA, House
from users import model
from users.errors import CodeRefused, NoAuthenticator, TooManyCodes, UserUnknown
from users.model import Address, Confirmation, ConfirmationId, FamilyId, UserId

pytestmark = pytest.mark.usefixtures("moving_clock")
ANOTHER = FamilyId("0197f3a0-0000-7000-8000-0000000000fa")


def claims_of(token: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    return read


class Session:
    """Somebody signed in."""

    def __init__(self, house: House, address: Address = ASHA) -> None:
        self.house = house
        self.user = house.register(address)
        self.grant = house.login(address)
        self.family = FamilyId(claims_of(self.grant.access_token)["fam"])

    def ask(self) -> Confirmation:
        return self.house.step_up.ask(self.user.id, self.family, "otp")[0]

    def prove(self, asked: Confirmation, code: str | None = None) -> dict[str, Any]:
        proven = self.house.step_up.prove(
            self.user.id, self.family, asked.id, code or self.house.mailbox.code
        )
        return claims_of(proven.access_token)


def wrong(house: House) -> str:
    return f"{(int(house.mailbox.code) + 1) % 1_000_000:06d}"


def test_the_right_code_gives_the_same_session_a_token_that_says_so() -> None:
    session = Session(House())
    asked = session.ask()
    claims = session.prove(asked)
    assert (claims["fam"], claims["sua"], claims["sul"]) == (session.family, int(START), 1)
    plain = claims_of(session.grant.access_token)
    assert {name: claims[name] for name in plain} == plain


def test_the_code_goes_to_the_confirmed_address() -> None:
    phone = Address("phone", "+919812345678")
    session = Session(House(), phone)
    _, channel = session.house.step_up.ask(session.user.id, session.family, "otp")
    assert channel == "phone"
    assert session.house.mailbox.sent[-1][0] == phone


def test_a_refresh_starts_without_it() -> None:
    session = Session(House())
    session.prove(session.ask())
    renewed = session.house.sessions.refresh(session.grant.refresh_token, session.grant.device_id)
    assert not {"sua", "sul"} & set(claims_of(renewed.access_token))


def test_a_code_proves_once() -> None:
    session = Session(House())
    asked = session.ask()
    session.prove(asked)
    with pytest.raises(CodeRefused):
        session.prove(asked)


def test_five_wrong_codes_void_it() -> None:
    session = Session(House())
    asked = session.ask()
    for _ in range(model.CONFIRMATION_TRIES):
        with pytest.raises(CodeRefused):
            session.prove(asked, wrong(session.house))
    with pytest.raises(CodeRefused):
        session.prove(asked)


def test_a_code_ends_with_its_life(moving_clock: MovingClock) -> None:
    session = Session(House())
    asked = session.ask()
    moving_clock.advance(model.CONFIRMATION_LIFE.total_seconds())
    with pytest.raises(CodeRefused):
        session.prove(asked)


def test_a_new_code_voids_the_one_before(moving_clock: MovingClock) -> None:
    session = Session(House())
    first = session.ask()
    old = session.house.mailbox.code
    moving_clock.advance(model.CONFIRM_AGAIN_AFTER.total_seconds())
    session.prove(session.ask())
    with pytest.raises(CodeRefused):
        session.prove(first, old)


def test_codes_come_apart_and_not_too_many_an_hour(moving_clock: MovingClock) -> None:
    session = Session(House())
    session.ask()
    moving_clock.advance(10)
    with pytest.raises(TooManyCodes) as refused:
        session.ask()
    assert refused.value.retry_after_s == 21
    for _ in range(model.CONFIRMATIONS_PER_HOUR - 1):
        moving_clock.advance(60)
        session.ask()
    moving_clock.advance(60)
    with pytest.raises(TooManyCodes):
        session.ask()
    moving_clock.advance(3600)
    session.ask()


def test_only_the_person_and_the_session_that_asked_can_prove_it() -> None:
    house = House()
    asha, other = Session(house), Session(house, Address("email", "other@example.com"))
    asked = asha.ask()
    code = house.mailbox.code
    with pytest.raises(CodeRefused):
        other.house.step_up.prove(other.user.id, asha.family, asked.id, code)
    with pytest.raises(CodeRefused):
        house.step_up.prove(asha.user.id, ANOTHER, asked.id, code)
    with pytest.raises(CodeRefused):
        house.step_up.prove(asha.user.id, asha.family, ConfirmationId(ANOTHER), code)
    assert asha.prove(asked, code)["sul"] == 1


def test_without_an_authenticator_app_there_is_no_step_up_by_it() -> None:
    session = Session(House())
    with pytest.raises(NoAuthenticator):
        session.house.step_up.ask(session.user.id, session.family, "totp")


def test_an_account_that_is_gone_has_no_step_up() -> None:
    with pytest.raises(UserUnknown):
        House().step_up.ask(UserId(ANOTHER), ANOTHER, "otp")


def test_no_code_is_kept() -> None:
    session = Session(House())
    session.ask()
    assert session.house.mailbox.code not in repr(session.house.memory.confirmations)
