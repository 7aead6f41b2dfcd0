"""What this domain does for a person's rights."""

from functools import cache

from kit.privacy.contributing import Contributing, over
from kit.privacy.tables import TableContributor
from kyc.adapters.postgres.personal import holdings
from kyc.bootstrap.stores import bucket, database, seal


@cache
def contributing() -> Contributing:
    """Return it."""
    return over("kyc", TableContributor(database(), holdings(seal(), bucket())), database())


__all__ = ["contributing", "database"]
