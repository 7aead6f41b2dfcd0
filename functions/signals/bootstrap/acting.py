"""Who acts: what the HTTP API's privileged actions are told by."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.audit import Witness
from kit.sealing import KmsWrapping, Sealer
from kit.stores.vault import PostgresVault
from signals.bootstrap import stores


@dataclass(frozen=True, slots=True)
class SealSettings:
    """The KMS key under which personal data is sealed."""

    personal_data_key: str = ""


@cache
def witness() -> Witness:
    """Return what knows who acts; without a key for personal data it keeps no addresses."""
    key = settings.load(SealSettings).personal_data_key
    if not key:
        return Witness()
    return Witness(Sealer(PostgresVault(stores.database()), KmsWrapping(key)).seal)
