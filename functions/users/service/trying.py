"""Count a try at a password before it is made: sign-in, and the change that asks for the present one."""

from dataclasses import dataclass

from kit import clock
from users.errors import SignInLocked, SignInPaused
from users.model import Address, UserId
from users.ports import Digests, SignInAttempts


@dataclass(frozen=True, slots=True)
class Trying:
    """Bounds tries at each address, whether it has an account or not."""

    attempts: SignInAttempts
    digests: Digests

    def count(self, address: Address, user_id: UserId | None) -> None:
        """Count a try as failed. Raises ``SignInPaused``, ``SignInLocked`` when none is allowed now."""
        now = clock.now()
        wait = self.attempts.begin(self._account(address), user_id, now)
        if wait is not None:
            raise (SignInLocked if wait.locked else SignInPaused)(wait.until, now)

    def forgive(self, *addresses: Address) -> None:
        """Forget the failures: the try succeeded."""
        for address in addresses:
            self.attempts.forgive(self._account(address))

    def _account(self, address: Address) -> bytes:
        return self.digests.of("account", address.channel, address.value)
