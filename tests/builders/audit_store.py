"""The event store's use cases over either store, and what an outsider does with it: keep a head, export, verify."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from audit.adapters.memory import (
    MemoryAnchors,
    MemoryKeys,
    MemoryLog,
    MemorySecret,
    MemoryTree,
    MemoryVerifications,
)
from audit.adapters.postgres import PostgresKeys, PostgresLog, PostgresTree, PostgresVerifications
from audit.adapters.signing import Ed25519Keys, Ed25519Signer
from audit.model.checkpoint import SignedHead
from audit.ports import CheckpointTree, EventLog, Keys, Verifications
from audit.service.checkpointing import Checkpointing
from audit.service.documents import head_document
from audit.service.exporting import Exporting, Wish
from audit.service.proving import Proving
from audit.service.upkeep import SigningKeyKeeping, Watching
from audit.service.verifying import Verifying
from builders.audit import AT
from kit.stores.postgres import Database
from treum_audit import Head, Report, verify
from treum_audit.reading import head_of

ORIGIN = "treum/test"


@dataclass
class Store:
    """Everything of one event store; ``at`` is the time its use cases see."""

    log: EventLog
    tree: CheckpointTree
    keys: Keys
    verifications: Verifications
    anchors: MemoryAnchors
    secret: MemorySecret
    at: datetime = AT

    @property
    def signer(self) -> Ed25519Signer:
        return Ed25519Signer(self.secret)

    def checkpointing(self) -> Checkpointing:
        return Checkpointing(self.log, self.tree, self.signer, self.anchors, ORIGIN, lambda: self.at)

    def proving(self) -> Proving:
        return Proving(self.log, self.tree)

    def exporting(self) -> Exporting:
        return Exporting(self.log, self.proving())

    def verifying(self) -> Verifying:
        return Verifying(self.log, self.tree, self.keys, self.signer, self.anchors)

    def watching(self) -> Watching:
        return Watching(self.verifying(), self.verifications, lambda: self.at)

    def signing_keys(self) -> SigningKeyKeeping:
        return SigningKeyKeeping(Ed25519Keys(self.secret), self.keys, self.anchors, lambda: self.at)

    def public_keys(self) -> dict[str, bytes]:
        return {one.key_id: one.raw for one in self.keys.all()}


def memory_store() -> Store:
    """Return a store in memory with a signing key."""
    log = MemoryLog()
    made = Store(log, MemoryTree(log), MemoryKeys(), MemoryVerifications(), MemoryAnchors(), MemorySecret())
    made.signing_keys().ensure()
    return made


def postgres_store(db: Database, *, ensure: bool = True) -> Store:
    """Return a store on PostgreSQL; its anchors, as they would, lie elsewhere."""
    made = Store(
        PostgresLog(db),
        PostgresTree(db, ORIGIN),
        PostgresKeys(db),
        PostgresVerifications(db),
        MemoryAnchors(),
        MemorySecret(),
    )
    if ensure:
        made.signing_keys().ensure()
    return made


def kept(signed: SignedHead) -> Head:
    """Return what an outsider keeps of a head."""
    return head_of(json.loads(json.dumps(head_document(signed))))


def exports(store: Store, size: int, limit: int = 1000) -> Iterator[list[str]]:
    """Iterate over the whole store as exports proved in the tree of ``size``."""
    for end in store.proving().checkpoint(size).ends:
        after, more = 0, True
        while more:
            made = store.exporting().export(Wish(end.chain, after, limit, size))
            yield made.body.decode().rstrip("\n").split("\n")
            after, more = made.last, made.more


def verify_whole(store: Store, head: Head, limit: int = 1000) -> Report:
    """Verify the whole store from outside against a kept head. Raises what is wrong."""
    return verify(list(exports(store, head.size, limit)), kept=head, complete=True)


def changed(head: Head, **values: object) -> Head:
    """Return ``head`` with other values."""
    return replace(head, **values)  # type: ignore[arg-type]  # fields by name
