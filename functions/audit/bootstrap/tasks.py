"""The jobs: checkpoints, verification, the archive, keys, erasure."""

from functools import cache

from audit.adapters.aws import KeySecret
from audit.adapters.postgres import PostgresErasures, PostgresSegments, PostgresVerifications
from audit.adapters.signing import Ed25519Keys
from audit.bootstrap import proofs, stores
from audit.service.checkpointing import Checkpointing
from audit.service.upkeep import Archiving, Erasing, SigningKeyKeeping, Watching
from kit import secrets
from kit.aws.client import AwsClient
from kit.outbox import Outbox


@cache
def checkpointing() -> Checkpointing:
    """Return what makes checkpoints."""
    own = stores.own()
    return Checkpointing(stores.log(), proofs.tree(), proofs.signer(), proofs.bucket(), own.origin)


@cache
def watching() -> Watching:
    """Return the verification that goes on by itself."""
    return Watching(proofs.verifying(), PostgresVerifications(stores.database()))


@cache
def archiving() -> Archiving:
    """Return what archives."""
    segments = PostgresSegments(stores.database())
    return Archiving(stores.log(), segments, proofs.bucket(), proofs.exporting())


@cache
def signing_keys() -> SigningKeyKeeping:
    """Return the upkeep of the key that signs."""
    name = f"treum/{stores.own().stage}/audit-signing-key"
    secret = KeySecret(secrets.get, name, AwsClient("secretsmanager"))
    return SigningKeyKeeping(Ed25519Keys(secret), proofs.keys(), proofs.bucket())


@cache
def erasing() -> Erasing:
    """Return what destroys keys."""
    db = stores.database()
    return Erasing(PostgresErasures(db, Outbox(db, stores.own().relay_function or None)))
