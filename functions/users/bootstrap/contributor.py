"""What this domain does for a person's rights."""

from functools import cache

from kit.pages import home
from kit.privacy.contributing import Contributing, over
from kit.privacy.tables import TableContributor
from users.adapters.postgres.personal import HOLDINGS
from users.adapters.privacy_letters import MailedPrivacyLetters
from users.bootstrap import stores
from users.bootstrap.stores import database
from users.service.leaving import AccountContributor, Leaving


@cache
def contributing() -> Contributing:
    """Return it."""
    tables = TableContributor(database(), HOLDINGS)
    account = AccountContributor(tables, stores.accounts(), stores.outbox().append)
    return over("users", account, database())


@cache
def leaving() -> Leaving:
    """Return what follows."""
    return Leaving(stores.accounts(), stores.mirror(), MailedPrivacyLetters(database(), home()))


__all__ = ["contributing", "database", "leaving"]
