"""What this domain does for a person's rights."""

from functools import cache

from kit.privacy.contributing import Contributing, over
from kit.privacy.tables import TableContributor
from signals.adapters.postgres.personal import HOLDINGS
from signals.bootstrap.stores import database


@cache
def contributing() -> Contributing:
    """Return it."""
    return over("signals", TableContributor(database(), HOLDINGS), database())


__all__ = ["contributing", "database"]
