"""The HTTP function."""

from functools import cache

from kit.audit import Witness
from kit.sealing import KmsWrapping, Sealer
from kit.stores.vault import PostgresVault
from privacy.bootstrap import stores
from privacy.bootstrap.stores import erasing, exporting
from privacy.service.holding import Holding


@cache
def holding() -> Holding:
    """Return the use cases of holds."""
    return Holding(stores.holds(), stores.erasures(), stores.due(), stores.database().transaction)


@cache
def witness() -> Witness:
    """Return what knows who acts; without a key for personal data it keeps no addresses."""
    key = stores.own().personal_data_key
    return Witness(Sealer(PostgresVault(stores.database()), KmsWrapping(key)).seal) if key else Witness()


__all__ = ["erasing", "exporting", "holding", "witness"]
