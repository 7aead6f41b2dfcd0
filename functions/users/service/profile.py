"""What a person sees and changes of their own account."""

from dataclasses import dataclass, replace

from kit import clock
from kit.errors import PreconditionFailed
from users.errors import UserUnknown
from users.model import Locale, User, UserId
from users.ports import Accounts


@dataclass(frozen=True, slots=True)
class Profile:
    """Reads and changes one account, its owner's."""

    accounts: Accounts

    def read(self, user_id: UserId) -> User:
        """Return the account. Raises ``UserUnknown``."""
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        return user

    def change(
        self, user_id: UserId, expected_version: int, display_name: str | None, locale: Locale | None
    ) -> User:
        """Change what is given and return the account. Raises ``UserUnknown``, ``PreconditionFailed``."""
        user = self.read(user_id)
        changed = replace(
            user,
            display_name=user.display_name if display_name is None else display_name,
            locale=locale or user.locale,
            version=expected_version + 1,
            updated_at=clock.now(),
        )
        if user.version != expected_version or not self.accounts.save(changed, expected_version, ()):
            raise PreconditionFailed
        return changed
