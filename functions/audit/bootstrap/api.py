"""The HTTP API: entries, and what opens the sealed part of one."""

from functools import cache

from audit.adapters.postgres import PostgresSegments, PostgresVerifications
from audit.bootstrap import proofs, stores
from audit.service.showing import Showing
from kit.sealing import KmsWrapping, Sealer
from kit.stores.vault import PostgresVault


@cache
def showing() -> Showing:
    """Return what staff look at."""
    return Showing(
        log=stores.log(),
        tree=proofs.tree(),
        verifications=PostgresVerifications(stores.database()),
        open_sealed=_sealer().open,
    )


@cache
def segments() -> PostgresSegments:
    """Return the archived spans."""
    return PostgresSegments(stores.database())


@cache
def _sealer() -> Sealer:
    return Sealer(PostgresVault(stores.database()), KmsWrapping(stores.own().personal_data_key))
