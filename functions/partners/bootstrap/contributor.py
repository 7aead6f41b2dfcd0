"""What this domain does for a person's rights."""

from functools import cache

from kit.privacy.contributing import Contributing, over
from kit.privacy.tables import TableContributor
from partners.adapters.postgres.personal import holdings
from partners.bootstrap.stores import database, mirroring, sealer
from partners.model.application import CONTACT


@cache
def contributing() -> Contributing:
    """Return it."""
    return over("partners", TableContributor(database(), holdings(sealer(), CONTACT)), database())


__all__ = ["contributing", "database", "mirroring"]
