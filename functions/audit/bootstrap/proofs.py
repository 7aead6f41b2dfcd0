"""The tree, its anchors and keys, and what proves and verifies over them."""

from functools import cache

from audit.adapters.aws import KeySecret, LockedBucket
from audit.adapters.postgres import PostgresKeys, PostgresTree
from audit.adapters.signing import Ed25519Signer
from audit.bootstrap import stores
from audit.service.exporting import Exporting
from audit.service.proving import Proving
from audit.service.verifying import Verifying
from kit import secrets


@cache
def tree() -> PostgresTree:
    """Return the checkpoints."""
    return PostgresTree(stores.database(), stores.own().origin)


@cache
def keys() -> PostgresKeys:
    """Return the public keys."""
    return PostgresKeys(stores.database())


@cache
def bucket() -> LockedBucket:
    """Return the locked store."""
    return LockedBucket(stores.own().audit_bucket)


@cache
def signer() -> Ed25519Signer:
    """Return what signs, where the role may read the key, and what verifies."""
    return Ed25519Signer(KeySecret(secrets.get, f"treum/{stores.own().stage}/audit-signing-key"))


@cache
def proving() -> Proving:
    """Return the proofs."""
    return Proving(stores.log(), tree())


@cache
def exporting() -> Exporting:
    """Return the exports."""
    return Exporting(stores.log(), proving())


@cache
def verifying() -> Verifying:
    """Return the verification from within."""
    return Verifying(stores.log(), tree(), keys(), signer(), bucket())
