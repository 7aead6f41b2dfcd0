"""Another address: by both codes at once, by the new one in three days, and stopped by the one before."""

from dataclasses import replace

import pytest

from builders.moving_clock import MovingClock
from builders.users import ASHA, PASSWORD, House
from kit.errors import Retryable
from kit.events.user_events import UserAddressChanged
from users import model
from users.errors import (
    AddressChangeUnknown,
    AddressTaken,
    AddressUnchanged,
    CodeRefused,
    RefreshRefused,
    StopRefused,
    TooManyCodes,
    UserUnknown,
)
from users.model import Address, AddressChange, AddressChangeId, User, UserId
from users.service.tokens import hash_of

pytestmark = pytest.mark.usefixtures("moving_clock")
NEW = Address("email", "asha.new@example.com")
PHONE = Address("phone", "+919812345678")
OTHER = Address("email", "other@example.com")
UNKNOWN = UserId("0197f3a0-0000-7000-8000-0000000000ff")
WAIT_S = int(model.ADDRESS_CHANGE_WAIT.total_seconds())


class Moving:
    """An account whose owner has asked for another address, with the codes of both."""

    def __init__(self, address: Address = NEW) -> None:
        self.house = House()
        self.user: User = self.house.register()
        self.begin(address)

    def begin(self, address: Address) -> None:
        self.change: AddressChange = self.house.address_changing.begin(self.user.id, address)
        self.old = self.house.mailbox.code_to(ASHA)
        self.new = (
            next((code for to, code in self.house.mailbox.sent[-1:] if to == address), None) or "000000"
        )

    def confirm(self, new: str, old: str | None = None) -> AddressChange | None:
        return self.house.address_changing.confirm(self.user.id, self.change.id, new, old)

    @property
    def now(self) -> User:
        return self.house.memory.users[self.user.id]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_both_codes_make_the_change_at_once() -> None:
    moving = Moving()
    grant = moving.house.login()
    assert moving.confirm(moving.new, moving.old) is None
    assert (moving.now.email, moving.now.version) == (NEW.value, moving.user.version + 1)
    event = moving.house.memory.events[-1]
    assert isinstance(event.data, UserAddressChanged)
    assert (event.data.channel, event.data.confirmed_by, event.version) == ("email", "both", 2)
    assert "example" not in repr(moving.house.memory.events)
    assert moving.house.mailbox.notices == [(ASHA, "email_changed"), (NEW, "email_changed")]
    moving.house.sign_in.sign_in(NEW, PASSWORD, None, "")
    moving.house.sessions.refresh(grant.refresh_token, grant.device_id)


def test_a_first_phone_number_is_confirmed_by_the_mailbox_too() -> None:
    moving = Moving(PHONE)
    moving.confirm(moving.new, moving.old)
    assert (moving.now.phone, moving.now.email) == (PHONE.value, ASHA.value)
    assert moving.house.mailbox.notices == [(ASHA, "phone_changed"), (PHONE, "phone_changed")]


def test_the_new_address_alone_waits_three_days(moving_clock: MovingClock) -> None:
    moving = Moving()
    waits = moving.confirm(moving.new)
    assert waits is not None
    assert waits.due_at == waits.created_at + model.ADDRESS_CHANGE_WAIT
    assert moving.confirm(moving.new) == replace(waits, attempts=2)
    assert moving.house.address_changing.waiting(moving.user.id)[0].due_at == waits.due_at
    moving_clock.advance(WAIT_S - 1)
    assert moving.house.address_changing.make_due() == 0
    assert moving.now.email == ASHA.value
    moving_clock.advance(1)
    assert moving.house.address_changing.make_due() == 1
    assert moving.house.address_changing.make_due() == 0
    assert moving.now.email == NEW.value
    assert moving.house.memory.events[-1].data.confirmed_by == "time"
    assert moving.house.address_changing.waiting(moving.user.id) == []


def test_both_codes_make_a_waiting_change_too() -> None:
    moving = Moving()
    assert moving.confirm(moving.new) is not None
    assert moving.confirm(moving.new, moving.old) is None
    assert moving.now.email == NEW.value


def test_neither_code_alone_replaces_the_other() -> None:
    moving = Moving()
    for new, old in ((wrong(moving.new), None), (moving.new, wrong(moving.old)), (moving.old, moving.new)):
        if (new, old) == (moving.new, moving.old):
            continue
        with pytest.raises(CodeRefused):
            moving.confirm(new, old)
    assert moving.now.email == ASHA.value
    assert moving.house.address_changing.waiting(moving.user.id) == []


def test_five_tries_and_ten_minutes_bound_the_codes(moving_clock: MovingClock) -> None:
    moving = Moving()
    for _ in range(5):
        with pytest.raises(CodeRefused):
            moving.confirm(wrong(moving.new))
    with pytest.raises(CodeRefused):
        moving.confirm(moving.new, moving.old)
    moving.begin(NEW)
    moving_clock.advance(600)
    with pytest.raises(CodeRefused):
        moving.confirm(moving.new, moving.old)


def test_only_the_owner_confirms_lists_and_withdraws() -> None:
    moving = Moving()
    other = moving.house.register(OTHER)
    with pytest.raises(CodeRefused):
        moving.house.address_changing.confirm(other.id, moving.change.id, moving.new, moving.old)
    moving.confirm(moving.new)
    assert moving.house.address_changing.waiting(other.id) == []
    with pytest.raises(AddressChangeUnknown):
        moving.house.address_changing.withdraw(other.id, moving.change.id)
    moving.house.address_changing.withdraw(moving.user.id, moving.change.id)
    with pytest.raises(AddressChangeUnknown):
        moving.house.address_changing.withdraw(moving.user.id, moving.change.id)


def test_an_address_that_is_taken_answers_alike_and_its_owner_is_told() -> None:
    house = House()
    user = house.register()
    house.register(OTHER)
    free = house.address_changing.begin(user.id, NEW)
    sent = len(house.mailbox.sent)
    taken = house.address_changing.begin(user.id, OTHER)
    assert (taken.expires_at, taken.attempts, taken.due_at) == (free.expires_at, 0, None)
    assert len(house.mailbox.sent) - sent == 2
    assert house.mailbox.notes == [(OTHER, "address_taken")]


def test_no_code_takes_an_address_that_has_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    user = house.register()
    house.register(OTHER)
    monkeypatch.setattr(type(house.address_changing.chance), "code", lambda *_: "123456")
    taken = house.address_changing.begin(user.id, OTHER)
    with pytest.raises(CodeRefused):
        house.address_changing.confirm(user.id, taken.id, "123456", "123456")


def test_an_address_registered_meanwhile_is_not_taken_over(moving_clock: MovingClock) -> None:
    moving = Moving()
    moving.house.register(NEW)
    with pytest.raises(AddressTaken):
        moving.confirm(moving.new, moving.old)
    moving.begin(PHONE)
    moving.confirm(moving.new)
    moving.house.register(PHONE)
    moving_clock.advance(WAIT_S)
    assert moving.house.address_changing.make_due() == 0
    assert moving.now.phone is None


def test_the_address_before_stops_it_and_everybody_is_signed_out(moving_clock: MovingClock) -> None:
    moving = Moving()
    grant = moving.house.login()
    moving.confirm(moving.new)
    moving_clock.advance(WAIT_S - 1)
    word = moving.house.mailbox.words[-1]
    moving.house.address_changing.stop(f" {word[:10].upper()}-{word[10:]} ")
    moving_clock.advance(1)
    assert moving.house.address_changing.make_due() == 0
    assert moving.now.email == ASHA.value
    with pytest.raises(RefreshRefused):
        moving.house.sessions.refresh(grant.refresh_token, grant.device_id)
    assert moving.house.mirror.stale[moving.user.id] == moving.now.not_before > 0
    assert moving.house.mirror.families == {
        moving.house.memory.tokens[hash_of(grant.refresh_token)].family
    }, "also a token that is still being signed is refused"
    assert moving.house.event_types()[-1] == "user.sessions_revoked"
    told = [(ASHA, "address_change_waiting"), (ASHA, "address_change_stopped")]
    assert moving.house.mailbox.notices == told


def test_a_word_stops_once_and_only_what_is_open() -> None:
    moving = Moving()
    with pytest.raises(StopRefused):
        moving.house.address_changing.stop("abcdefghjkmnpqrstuvw")
    moving.house.address_changing.stop(moving.house.mailbox.words[-1])
    with pytest.raises(StopRefused):
        moving.house.address_changing.stop(moving.house.mailbox.words[-1])
    with pytest.raises(CodeRefused):
        moving.confirm(moving.new, moving.old)
    moving.begin(NEW)
    moving.confirm(moving.new, moving.old)
    with pytest.raises(StopRefused):
        moving.house.address_changing.stop(moving.house.mailbox.words[-1])


def test_a_newer_wish_for_the_same_channel_voids_the_one_before() -> None:
    moving = Moving()
    moving.confirm(moving.new)
    first = moving.change.id
    moving.begin(Address("email", "asha.third@example.com"))
    assert moving.house.address_changing.waiting(moving.user.id) == []
    with pytest.raises(CodeRefused):
        moving.house.address_changing.confirm(moving.user.id, first, moving.new, None)


def test_a_new_password_voids_a_change_that_waits(moving_clock: MovingClock) -> None:
    moving = Moving()
    moving.confirm(moving.new)
    reset = moving.house.password_resetting.ask(ASHA, "en")
    code = moving.house.mailbox.code_to(ASHA)
    moving.house.password_resetting.reset(reset.id, code, "seven blue kettles", None)
    moving_clock.advance(WAIT_S)
    assert moving.house.address_changing.make_due() == 0


def test_codes_under_way_to_the_address_before_die_with_the_change() -> None:
    moving = Moving()
    reset = moving.house.password_resetting.ask(ASHA, "en")
    code = moving.house.mailbox.code_to(ASHA)
    moving.confirm(moving.new, moving.old)
    with pytest.raises(CodeRefused):
        moving.house.password_resetting.reset(reset.id, code, "seven blue kettles", None)


def test_five_wishes_a_day(moving_clock: MovingClock) -> None:
    moving = Moving()
    for number in range(4):
        moving.begin(Address("email", f"asha.{number}@example.com"))
    with pytest.raises(TooManyCodes) as later:
        moving.begin(NEW)
    assert later.value.retry_after_s == 86_401
    moving_clock.advance(86_400)
    moving.begin(NEW)


def test_ones_own_address_and_a_missing_account_are_refused() -> None:
    house = House()
    user = house.register()
    with pytest.raises(AddressUnchanged):
        house.address_changing.begin(user.id, ASHA)
    with pytest.raises(UserUnknown):
        house.address_changing.begin(UNKNOWN, NEW)


def test_a_change_that_ends_while_it_is_confirmed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = Moving()
    tried = moving.house.memory.changes[moving.change.id]
    moving.house.address_changing.stop(moving.house.mailbox.words[-1])
    monkeypatch.setattr(moving.house.address_changing.changes, "attempt", lambda *_: tried)
    with pytest.raises(CodeRefused):
        moving.confirm(moving.new, moving.old)
    with pytest.raises(CodeRefused):
        moving.confirm(moving.new)


def test_the_address_before_is_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails then, its owner has the word that stops it."""
    house = House()
    user = house.register()

    def away(*_: object) -> None:
        raise Retryable

    monkeypatch.setattr(house.mailbox, "send_code", away)
    with pytest.raises(Retryable):
        house.address_changing.begin(user.id, NEW)
    assert len(house.mailbox.words) == 1


def test_an_unknown_change_is_refused() -> None:
    house = House()
    user = house.register()
    with pytest.raises(CodeRefused):
        house.address_changing.confirm(
            user.id, AddressChangeId("0197f3a0-0000-7000-8000-000000000009"), "123456", None
        )
