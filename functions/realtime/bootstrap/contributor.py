"""What this domain does for a person's rights. It has no relay, so its contributor publishes by itself."""

from functools import cache

from kit.privacy.contributing import Contributing, over
from kit.privacy.tables import TableContributor
from kit.relay import Relay, to_kafka
from realtime.adapters.personal import HOLDINGS
from realtime.bootstrap.truth import database


@cache
def contributing() -> Contributing:
    """Return it."""
    return over("realtime", TableContributor(database(), HOLDINGS), database())


@cache
def relay() -> Relay:
    """Return what publishes."""
    return to_kafka(database())


__all__ = ["contributing", "database", "relay"]
