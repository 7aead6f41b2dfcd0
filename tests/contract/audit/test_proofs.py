"""Checkpoints, proofs, exports and verification, on both stores, as an outsider checks them."""

from dataclasses import replace

import pytest

from audit.errors import (
    ChainUnknown,
    CheckpointUnknown,
    EntryUnknown,
    HistoryBroken,
    NotCheckpointed,
    SizesRefused,
)
from audit.model import merkle
from audit.model.checkpoint import MARK_EVERY, leaf_data
from audit.model.entry import Chain, EntryId, run_on
from audit.service.documents import anchor_document, anchor_name
from audit.service.exporting import Wish
from builders.audit import MONEY, OTHER, USERS, later, record, records, told
from builders.audit_store import ORIGIN, Store, changed, exports, kept, verify_whole
from kit import ids
from treum_audit import Wrong, verify


def grow(store: Store, minutes: int, many: int = 4) -> None:
    """Append to two chains and checkpoint, once a minute."""
    for minute in range(minutes):
        store.at = later(60 * minute)
        for chain in (USERS, MONEY):
            store.log.append(chain, records(minute * many, many), store.at)
        assert store.checkpointing().run() is not None


def test_nothing_is_signed_while_there_is_nothing_new(store: Store) -> None:
    assert store.checkpointing().run() is None
    store.log.append(USERS, records(0, 1), store.at)
    first = store.checkpointing().run()
    assert first is not None
    assert (first.number, first.ends) == (1, tuple(store.log.heads()))
    assert store.checkpointing().run() is None
    assert store.tree.newest() == first == store.tree.at(1)
    assert store.tree.at(2) is None


def test_a_head_is_anchored_before_it_counts_and_signed_by_the_published_key(store: Store) -> None:
    grow(store, 3)
    newest = store.tree.newest()
    assert newest is not None
    assert store.anchors.documents[anchor_name(3)] == anchor_document(newest)
    assert store.tree.address(3) == f"memory://{anchor_name(3)}"
    assert store.tree.address(4) is None
    key = store.keys.all()[0]
    assert store.signer.verify(key, newest.signed.head, newest.signed.signature)
    assert f"keys/{key.key_id}.json" in store.anchors.documents
    assert [one.number for one in store.tree.page(None, 2)] == [3, 2]
    assert [one.number for one in store.tree.page(2, 9)] == [1]


def test_the_whole_store_verifies_against_any_head_that_was_kept(store: Store) -> None:
    grow(store, 5)
    for size in (1, 3, 5):
        report = verify_whole(store, kept(store.proving().checkpoint(size).signed), limit=3)
        assert report.entries == size * 8
    assert store.watching().run(100).differences == ()


def test_every_entry_has_a_proof_that_leads_to_the_root(store: Store) -> None:
    grow(store, 4)
    newest = store.proving().checkpoint(None)
    for entry in [*store.log.span(USERS, 0, 99), *store.log.span(MONEY, 0, 99)]:
        proof = store.proving().prove(entry.id)
        reached = run_on(proof.previous, [proof.entry, *proof.links])
        assert any(one.hash == reached and one.chain == entry.chain for one in proof.marks)
        root = merkle.root_of_inclusion(
            merkle.leaf_hash(leaf_data(proof.marks)), proof.leaf, newest.number, proof.path
        )
        assert root == newest.signed.head.root
        assert len(proof.links) < 4


def test_marks_on_the_way_keep_the_proofs_of_a_busy_minute_short(store: Store) -> None:
    many = 2 * MARK_EVERY + 100
    store.log.append(USERS, records(0, many), store.at)
    store.checkpointing().run()
    newest = store.proving().checkpoint(None)
    assert [one.length for one in newest.marks] == [MARK_EVERY, 2 * MARK_EVERY, many]
    proof = store.proving().prove_entry(store.log.span(USERS, 0, 1)[0], newest)
    assert len(proof.links) == MARK_EVERY - 1
    assert verify_whole(store, kept(newest.signed), limit=300).entries == many


def test_what_is_newer_than_the_last_checkpoint_has_no_proof_yet(store: Store) -> None:
    with pytest.raises(EntryUnknown):
        store.proving().prove(EntryId(ids.uuid7()))
    store.log.append(USERS, records(0, 2), store.at)
    first, second = store.log.span(USERS, 0, 9)
    with pytest.raises(CheckpointUnknown):
        store.proving().prove(first.id)
    store.checkpointing().run()
    store.log.append(USERS, records(2, 1), store.at)
    with pytest.raises(NotCheckpointed):
        store.proving().prove(store.log.span(USERS, 2, 1)[0].id)
    store.checkpointing().run()
    with pytest.raises(NotCheckpointed):
        store.proving().prove(store.log.span(USERS, 2, 1)[0].id, size=1)
    assert store.proving().prove(second.id, size=1).signed.head.size == 1


def test_an_export_says_where_the_chain_goes_on(store: Store) -> None:
    grow(store, 2)
    first = store.exporting().export(Wish(USERS, 0, 5))
    assert (first.first, first.last, first.size, first.more) == (1, 5, 2, True)
    rest = store.exporting().export(Wish(USERS, 5, 99))
    assert (rest.first, rest.last, rest.more) == (6, 8, False)
    with pytest.raises(ChainUnknown):
        store.exporting().export(Wish(OTHER, 0, 5))
    with pytest.raises(NotCheckpointed):
        store.exporting().export(Wish(USERS, 8, 5))


def test_an_export_is_bounded_by_its_bytes(store: Store) -> None:
    batch = [told(offset, b'"%s"' % (b"x" * 1_000_000)) for offset in range(5)]
    store.log.append(USERS, batch, store.at)
    store.checkpointing().run()
    made = store.exporting().export(Wish(USERS, 0, 99))
    assert (made.last, made.more) == (2, True)


def test_a_newer_export_proves_that_it_extends_the_head_one_kept(store: Store) -> None:
    grow(store, 6)
    newest = store.exporting().export(Wish(USERS, 0, 99, kept=2)).body.decode().splitlines()
    old = kept(store.proving().checkpoint(2).signed)
    assert verify([newest], kept=old).entries == 24
    with pytest.raises(Wrong, match="does not begin with"):
        verify([newest], kept=changed(old, root=b"\x01" * 32))
    plain = store.exporting().export(Wish(USERS, 0, 99)).body.decode().splitlines()
    with pytest.raises(Wrong, match="newer than the head you kept"):
        verify([plain], kept=old)
    older = store.exporting().export(Wish(USERS, 0, 99, size=1)).body.decode().splitlines()
    with pytest.raises(Wrong, match="older than the head you kept"):
        verify([older], kept=old)


def test_consistency_is_proved_between_any_two_checkpoints(store: Store) -> None:
    grow(store, 5)
    for first in range(1, 6):
        for second in range(first, 6):
            old, new, path = store.proving().consistency(first, second)
            one, other = old.signed.head, new.signed.head
            assert merkle.is_consistent((one.size, one.root), (other.size, other.root), path)
    with pytest.raises(SizesRefused):
        store.proving().consistency(2, 1)
    with pytest.raises(CheckpointUnknown):
        store.proving().consistency(1, 9)


def test_a_crash_before_the_anchor_is_made_good_by_the_next_run(store: Store) -> None:
    store.log.append(USERS, records(0, 2), store.at)
    checkpointing = store.checkpointing()
    made = store.tree.grow(checkpointing._grow)  # and then the process ends
    assert made is not None
    assert store.tree.newest() is None
    assert store.tree.unanchored() == [made]
    assert store.watching().run(10).differences == ()
    assert checkpointing.run() is None
    assert store.tree.newest() == made
    assert store.anchors.documents[anchor_name(1)] == anchor_document(made)


def test_a_crash_after_the_anchor_is_made_good_too(store: Store) -> None:
    store.log.append(USERS, records(0, 2), store.at)
    checkpointing = store.checkpointing()
    made = store.tree.grow(checkpointing._grow)
    assert made is not None
    store.anchors.keep(anchor_name(1), anchor_document(made))
    assert store.watching().run(10).differences == ()
    store.log.append(USERS, records(2, 2), store.at)
    assert checkpointing.run() is not None
    assert [one.number for one in store.tree.page(None, 9)] == [2, 1]
    assert verify_whole(store, kept(store.proving().checkpoint(2).signed)).entries == 4


def test_another_head_of_the_same_size_is_never_anchored(store: Store) -> None:
    """As after a restore of the database from yesterday: what was signed since is not signed again."""
    store.log.append(USERS, records(0, 2), store.at)
    store.anchors.keep(anchor_name(1), b"signed before the restore")
    with pytest.raises(HistoryBroken, match="anchored before"):
        store.checkpointing().run()
    assert store.tree.newest() is None


def test_a_rotated_key_leaves_older_heads_valid(store: Store) -> None:
    grow(store, 1)
    store.at = later(100)
    assert not store.signing_keys().ensure()
    new = store.signing_keys().rotate()
    store.at = later(120)
    store.log.append(USERS, records(50, 1), store.at)
    newest = store.checkpointing().run()
    assert newest is not None
    assert newest.signed.key_id == new.key_id != store.proving().checkpoint(1).signed.key_id
    both = store.public_keys()
    assert len(both) == 2
    for size in (1, 2):
        made = store.exporting().export(Wish(USERS, 0, 99, size)).body.decode().splitlines()
        assert verify([made], keys=both).entries
        with pytest.raises(Wrong, match="not signed by a key you trust"):
            verify([made], keys={"another": both[new.key_id]})
    assert store.watching().run(100).differences == ()


def test_a_key_does_not_vouch_for_the_time_before_it(store: Store) -> None:
    grow(store, 1)
    signed = store.proving().checkpoint(1).signed
    late = replace(store.keys.all()[0], valid_from=later(1))
    assert not store.signer.verify(late, signed.head, signed.signature)


def test_verification_goes_on_where_it_ended_and_begins_anew(store: Store) -> None:
    grow(store, 3)
    watching = store.watching()
    first = watching.run(5)
    assert (first.checked, first.differences) == (5, ())
    assert first.next is not None
    assert store.verifications.newest() == first
    total = first.checked
    while (found := watching.run(5)).next is not None:
        total += found.checked
    assert total + found.checked == 24
    assert watching.run(100).checked == 24
    assert store.verifications.newest_difference() is None


def test_an_empty_store_has_nothing_that_differs(store: Store) -> None:
    assert store.watching().run(10).differences == ()


def test_a_repeated_record_verifies_where_its_first_is_among_the_exports(store: Store) -> None:
    first = told(0)
    store.log.append(USERS, [first, replace(first, offset=1)], store.at)
    store.log.append(OTHER, [replace(first, offset=0), record(1, None), told(2, b"\xff\x00")], store.at)
    store.checkpointing().run()
    head = kept(store.proving().checkpoint(1).signed)
    assert verify_whole(store, head).elsewhere == 0
    alone = [lines for lines in exports(store, 1) if '"partition":1' in lines[0]]
    assert verify(alone, kept=head).elsewhere == 1
    assert store.watching().run(99).differences == ()


def test_a_store_without_one_of_its_chains_is_not_complete(store: Store) -> None:
    grow(store, 2)
    head = kept(store.proving().checkpoint(2).signed)
    parts = list(exports(store, 2, limit=3))
    verify(parts, kept=head, complete=True)
    for left_out in range(len(parts)):
        with pytest.raises(Wrong, match=r"it is missing|reaches the end"):
            verify([*parts[:left_out], *parts[left_out + 1 :]], kept=head, complete=True)
    assert {one.chain.topic for one in verify(parts, kept=head).sections} == {"payment-events", "user-events"}


def test_heads_of_another_installation_are_refused(store: Store) -> None:
    grow(store, 1)
    head = kept(store.proving().checkpoint(1).signed)
    assert head.origin == ORIGIN
    with pytest.raises(Wrong, match="another installation"):
        verify(exports(store, 1), kept=changed(head, origin="treum/other"))


def test_a_chain_of_another_name_is_another_chain(store: Store) -> None:
    store.log.append(Chain("a", 1), records(0, 1), store.at)
    store.log.append(Chain("a", 0), records(0, 1), store.at)
    hashes = [one.hash for one in store.log.heads()]
    assert len(set(hashes)) == 2
