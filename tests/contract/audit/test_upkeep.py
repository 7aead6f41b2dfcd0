"""Archive, keys, erasure and what is kept of verifications, on memory and PostgreSQL."""

import gzip
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from audit.adapters.memory import MemoryAnchors, MemoryErasures, MemorySegments
from audit.adapters.postgres import PostgresErasures, PostgresSegments
from audit.model.entry import EntryId
from audit.model.upkeep import Difference, Place, Verification
from audit.ports import Segments
from audit.service.showing import Network, Showing
from audit.service.upkeep import Archiving, Erasing
from builders.audit import AT, USERS, later, records, told
from builders.audit_store import Store, kept, memory_store, verify_whole
from kit import audit, events
from kit.audit import Actor
from kit.outbox import Outbox
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping
from kit.stores.vault import PostgresVault
from treum_audit import verify

if TYPE_CHECKING:
    from fixtures.database import Databases


def segments_of(store: Store) -> Segments:
    db = getattr(store.log, "_db", None)
    return MemorySegments() if db is None else PostgresSegments(db)


def test_closed_spans_go_to_the_archive_and_verify_alone(store: Store) -> None:
    segments, archive = segments_of(store), MemoryAnchors()
    archiving = Archiving(store.log, segments, archive, store.exporting(), span=4, now=lambda: store.at)
    assert archiving.run(9) == 0
    store.log.append(USERS, records(0, 10), store.at)
    assert archiving.run(9) == 0  # not under a signed head yet
    store.checkpointing().run()
    assert archiving.run(9) == 2  # two are long enough, the third waits for its day to end
    store.at = AT + timedelta(days=1)
    assert archiving.run(9) == 1
    assert archiving.run(9) == 0
    found = segments.page(USERS, 0, 9)
    assert [(one.first, one.last) for one in found] == [(1, 4), (5, 8), (9, 10)]
    assert segments.archived(USERS) == 10
    assert segments.page(USERS, 5, 1) == found[2:]
    segments.add(found[0])
    bodies = [archive.documents[one.key] for one in found]
    assert [hashlib.sha256(one).digest() for one in bodies] == [one.sha256 for one in found]
    exports = [gzip.decompress(one).decode().splitlines() for one in bodies]
    assert verify(exports, kept=kept(store.proving().checkpoint(1).signed), complete=True).entries == 10


def test_what_a_verification_found_is_kept(store: Store) -> None:
    assert store.verifications.newest() is None
    clean = Verification(AT, later(1), 9, None, None, ())
    wrong = Verification(AT, later(2), 9, 1, Place(USERS, 9), (Difference("gone", "user-events/0/9"),))
    for one in (wrong, clean):
        store.verifications.add(one)
    assert store.verifications.newest() == clean
    assert store.verifications.newest_difference() == wrong


def test_erasing_a_person_leaves_every_hash_verifiable() -> None:
    store, vault = memory_store(), MemoryVault()
    sealer = Sealer(vault, MemoryWrapping(), keep_s=0)
    actor = Actor("admin-1", ("admin",), "r-1", sealer.seal("admin-1", audit.NETWORK, "203.0.113.7"))
    deed = audit.performed(actor, "user.grant_plan", kind="user", id="u-1", after=1)
    store.log.append(USERS, [told(0, events.encode(deed))], store.at)
    store.checkpointing().run()
    head = kept(store.proving().checkpoint(1).signed)
    showing = Showing(store.log, store.tree, store.verifications, sealer.open)
    assert showing.entry(EntryId(deed.id))[1] == Network("open", "203.0.113.7")
    erasures = MemoryErasures(vault)
    assert Erasing(erasures).erase("admin-1", Actor("officer-1"))
    assert not Erasing(erasures).erase("admin-1", Actor("officer-1"))
    assert [(one.data.action, one.data.actor) for one in erasures.events] == [("person.erase", "officer-1")]
    assert showing.entry(EntryId(deed.id))[1] == Network("erased")
    assert verify_whole(store, head).entries == 1
    assert store.watching().run(9).differences == ()


@pytest.mark.stores
def test_a_key_is_destroyed_and_told_together(database: "Databases") -> None:
    db = database("audit", "vault")
    vault = PostgresVault(db)
    vault.keep("asha", b"wrapped", AT)
    erasing = Erasing(PostgresErasures(db, Outbox(db, None)))
    assert erasing.erase("asha", Actor("officer-1"))
    assert not erasing.erase("asha", Actor("officer-1"))
    assert db.all("SELECT topic, key FROM outbox") == [("audit-events", "asha")]
