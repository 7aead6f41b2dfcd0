"""What is refused around accounts that are disabled."""

from kit.errors import Conflict, Forbidden


class AccountDisabled(Forbidden):
    """Whoever asks proved who they are, and the account is disabled (403)."""

    code = "ACCOUNT_DISABLED"
    title = "This account is disabled, so nobody can sign in to it: write to our support"


class AlreadyDisabled(Conflict):
    """The account is disabled (409)."""

    code = "ALREADY_DISABLED"
    title = "This account is disabled already: to give another reason, enable it first"


class NotDisabled(Conflict):
    """The account is not disabled (409)."""

    code = "NOT_DISABLED"
    title = "This account is not disabled: there is nothing to enable"


class OwnAccount(Conflict):
    """Nobody disables themselves (409)."""

    code = "OWN_ACCOUNT"
    title = "You cannot disable your own account: ask another administrator"


class LastAdministrator(Conflict):
    """Without this account nobody could administer the platform (409)."""

    code = "LAST_ADMINISTRATOR"
    title = "This is the last administrator whose account is not disabled: make another one first"
