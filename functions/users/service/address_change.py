"""Change a confirmed address: by codes to both, or by the new one and three days to stop it (ADR 115)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest
from typing import Any, Literal

from kit import clock, ids
from kit.events import Event
from users import model
from users.errors import (
    AddressChangeUnknown,
    AddressTaken,
    AddressUnchanged,
    CodeRefused,
    StopRefused,
    TooManyCodes,
    UserUnknown,
)
from users.model import Address, AddressChange, AddressChangeId, User, UserId
from users.ports import Accounts, AddressChanges, Chance, Digests, Made, Notice, OtpSender, RevocationMirror
from users.service import facts
from users.service.notices import Notices
from users.service.revoking import refuse_all
from users.service.tokens import stale_from

_AT_ONCE = 200
_STOPPED = "address_change_stopped"


@dataclass(frozen=True, slots=True)
class AddressChanging:
    """Puts another address in place of a confirmed one, or beside the only one."""

    accounts: Accounts
    changes: AddressChanges
    digests: Digests
    chance: Chance
    sender: OtpSender
    notices: Notices
    mirror: RevocationMirror

    def begin(self, user_id: UserId, address: Address) -> AddressChange:
        """Send a code to ``address``, another and the word that stops it to the address before.

        One that has an account gets a note instead, and the answer is the same. Raises ``AddressUnchanged``,
        ``TooManyCodes``, ``UserUnknown``, ``Retryable`` when they cannot be sent.
        """
        user = self._user(user_id)
        if address in user.addresses:
            raise AddressUnchanged
        now, made = clock.now(), AddressChangeId(ids.uuid7())
        new, old = self.chance.code(model.CODE_DIGITS), self.chance.code(model.CODE_DIGITS)
        word = self.chance.word(model.STOP_WORD_CHARS)
        change = AddressChange(
            id=made,
            user_id=user_id,
            address=address,
            decoy=self.accounts.by_address(address) is not None,
            new_code=self.digests.of("address.new", made, new),
            old_code=self.digests.of("address.old", made, old),
            stop_word=self._stop_digest(word),
            created_at=now,
            expires_at=now + model.ADDRESS_CODE_LIFE,
        )
        wait = self.changes.open(change, per_day=model.ADDRESS_CHANGES_PER_DAY)
        if wait is not None:
            raise TooManyCodes(retry_after_s=int(wait.total_seconds()) + 1)
        before = user.at(address.channel) or model.reached_at(user)
        self.sender.send_address_change(before, old, word, user.locale)
        if change.decoy:
            self.sender.send_note(address, "address_taken", user.locale)
        else:
            self.sender.send_code(address, new, user.locale)
        return change

    def confirm(
        self, user_id: UserId, change_id: AddressChangeId, new_code: str, old_code: str | None
    ) -> AddressChange | None:
        """Make the change with both codes (None); with ``new_code`` alone let it wait, and return it.

        Both codes make one that waits at once, too, as long as they live.
        Raises ``CodeRefused``, ``AddressTaken``, ``UserUnknown``.
        """
        user, now = self._user(user_id), clock.now()
        change = self.changes.attempt(change_id, user_id)
        if change is None or not self._fits(change, new_code, old_code) or not change.open_at(now):
            raise CodeRefused("/new_code")
        if old_code is None:
            return self._wait(user, change, now + model.ADDRESS_CHANGE_WAIT)
        made = self._make(user, change, "both")
        if made == "taken":
            raise AddressTaken
        if made == "ended":
            raise CodeRefused("/new_code")
        return None

    def waiting(self, user_id: UserId) -> list[AddressChange]:
        """Return the person's changes that wait for their time."""
        return self.changes.waiting(user_id)

    def withdraw(self, user_id: UserId, change_id: AddressChangeId) -> None:
        """End one's own change that waits. Raises ``AddressChangeUnknown``."""
        found = next((one for one in self.changes.waiting(user_id) if one.id == change_id), None)
        if found is None or not self.changes.withdraw(found, clock.now()):
            raise AddressChangeUnknown

    def stop(self, word: str) -> None:
        """Stop a change by the ``word`` sent to the address before, and end every session.

        Whoever asked for it may be somebody else, signed in. Raises ``StopRefused``.
        """
        now = clock.now()

        def tell(after: User) -> Event[Any]:
            return facts.sessions_ended(after, _STOPPED, now)

        change = self.changes.by_stop_word(self._stop_digest(word))
        stopped = self.changes.stop(change, stale_from(now), now, tell) if change else None
        if stopped is None:
            raise StopRefused
        refuse_all(self.mirror, stopped)
        self.notices.tell(stopped.user, "address_change_stopped")

    def make_due(self) -> int:
        """Make the changes whose time has come; return how many. Raises ``Retryable``."""
        due = self.changes.due(clock.now(), _AT_ONCE)
        return sum(self._make(self._user(one.user_id), one, "time") == "made" for one in due)

    def _wait(self, user: User, change: AddressChange, due_at: datetime) -> AddressChange:
        if change.due_at is not None:  # the answer was lost
            return change
        if not self.changes.wait(change.id, change.user_id, due_at):
            raise CodeRefused("/new_code")
        self.notices.tell(user, "address_change_waiting")
        return replace(change, due_at=due_at)

    def _make(self, user: User, change: AddressChange, confirmed_by: Literal["both", "time"]) -> Made:
        now, channel = clock.now(), change.address.channel

        def tell(after: User) -> Sequence[Event[Any]]:
            return (facts.address_changed(after, channel, confirmed_by, now),)

        made = self.changes.make(change, now, tell)
        if made == "made":
            told: Notice = "email_changed" if channel == "email" else "phone_changed"
            self.notices.tell(user, told, change.address)
        return made

    def _fits(self, change: AddressChange, new_code: str, old_code: str | None) -> bool:
        new = compare_digest(change.new_code, self.digests.of("address.new", change.id, new_code))
        offered = self.digests.of("address.old", change.id, old_code or "")
        old = compare_digest(change.old_code, offered) or old_code is None
        return new and old and not change.decoy

    def _stop_digest(self, word: str) -> bytes:
        return self.digests.of("address.stop", model.backup_code_of(word))

    def _user(self, user_id: UserId) -> User:
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        return user
