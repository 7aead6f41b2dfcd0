"""Another address for an account: confirmed by both, or by the new one and time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType

from users.model.accounts import Address, UserId
from users.model.codes import CODE_LIFE, CODE_TRIES

AddressChangeId = NewType("AddressChangeId", str)
Ending = Literal["made", "stopped", "withdrawn", "void"]
"""*void*: a newer change, a new password, or the address has an account by now."""

ADDRESS_CODE_LIFE = CODE_LIFE
ADDRESS_CODE_TRIES = CODE_TRIES
ADDRESS_CHANGES_PER_DAY = 5
ADDRESS_CHANGE_WAIT = timedelta(hours=72)
"""How long a change that only the new address confirmed can be stopped."""
STOP_WORD_CHARS = 20


@dataclass(frozen=True, slots=True)
class AddressChange:
    """A wish for another address, open until ``ended_at``.

    A ``decoy`` stands for an address that has an account already: it behaves alike and no code opens it.
    ``new_code`` and ``old_code`` are keyed digests of the codes sent to both addresses, ``stop_word`` that of
    the word that stops it. ``due_at``: the new address is proved, and the change is made then.
    """

    id: AddressChangeId
    user_id: UserId
    address: Address
    decoy: bool
    new_code: bytes
    old_code: bytes
    stop_word: bytes
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    due_at: datetime | None = None
    ended_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether codes are taken: of the try that was just counted, before their time is over."""
        tries_left = self.attempts <= ADDRESS_CODE_TRIES
        return self.ended_at is None and self.expires_at > now and tries_left
