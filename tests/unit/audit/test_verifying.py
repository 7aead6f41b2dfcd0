"""Verification from within: each thing that can differ is planted once, and named where it lies."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from audit.adapters.memory import MemoryLog, MemoryTree
from audit.errors import ChainUnknown, HistoryBroken
from audit.model.checkpoint import SignedHead
from audit.model.entry import Entry, EntryId, Facts, Kind
from audit.service.documents import anchor_name
from audit.service.exporting import Wish
from builders.audit import AT, OTHER, USERS, later, record, records, told
from builders.audit_store import Store, memory_store
from kit import ids


def filled() -> Store:
    store = memory_store()
    first = told(0)
    batch = [first, replace(first, offset=1), record(2, None), *records(3, 3)]
    store.log.append(USERS, batch, AT)
    store.checkpointing().run()
    store.log.append(USERS, records(6, 2), later(60))
    store.checkpointing().run()
    return store


def entries(store: Store) -> list[Entry]:
    assert isinstance(store.log, MemoryLog)
    return store.log.chains[USERS]


def tree(store: Store) -> MemoryTree:
    assert isinstance(store.tree, MemoryTree)
    return store.tree


def change(place: int, **values: object) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        found = entries(store)
        found[place] = replace(found[place], **values)  # type: ignore[arg-type]  # fields by name

    return plant


def resigned(store: Store, number: int, **values: object) -> None:
    kept = tree(store).checkpoints
    one = kept[number]
    signed = replace(one.signed, **values)  # type: ignore[arg-type]  # fields by name
    kept[number] = replace(one, signed=signed)


def shorter(store: Store) -> None:
    """Take the last entry away, and let the chain's own row say what it said."""
    heads = store.log.heads()
    entries(store).pop()
    store.log.heads = lambda: heads  # type: ignore[method-assign]  # memory keeps no such row


PLANTED: dict[str, Callable[[Store], object]] = {
    "entries are missing before it": lambda store: entries(store).pop(3),
    "its hash does not follow": change(4, timestamp_ms=1),
    "its content is not what was hashed": change(4, value=b"{}"),
    "what it is searched by": change(4, facts=Facts()),
    "its id is another's": change(4, id=EntryId(ids.uuid7())),
    "it comes before the entry before it": change(4, offset=0),
    "the chain ends elsewhere": shorter,
    "it is not the entry that was signed": lambda store: entries(store).pop(),
    "its signature is not that of our key": lambda store: resigned(store, 2, signature=bytes(64)),
    "its anchor says something else": lambda store: store.anchors.documents.pop(anchor_name(2)),
    "its marks are not those of the tree": lambda store: tree(store).kept.update({(0, 0): bytes(32)}),
    "its root does not follow from the tree": lambda store: tree(store).kept.update({(1, 0): bytes(32)}),
    "nodes of its tree are missing": lambda store: tree(store).kept.pop((1, 0)),
}


def found(store: Store) -> list[str]:
    return [f"{one.where}: {one.what}" for one in store.watching().run(99).differences]


@pytest.mark.parametrize("name", PLANTED)
def test_each_difference_is_found_and_named(name: str) -> None:
    store = filled()
    assert found(store) == []
    PLANTED[name](store)
    differences = found(store)
    assert any(name in one for one in differences), differences


def test_a_repeated_record_whose_first_is_another_is_found() -> None:
    store = filled()
    change(0, content=b"\x00" * 32)(store)
    assert isinstance(store.log, MemoryLog)
    store.log._first = {event: replace(one, content=b"\x01" * 32) for event, one in store.log._first.items()}
    assert "user-events/0/2: its content is not what was hashed" in found(store)


def test_a_tombstone_with_facts_and_a_record_without_a_value_are_found() -> None:
    store = filled()
    change(2, facts=Facts(type="x"))(store)
    change(3, value=None)(store)
    differences = found(store)
    assert "user-events/0/3: its content is not what was hashed" in differences
    assert "user-events/0/4: its content is not what was hashed" in differences


def test_a_checkpoint_that_is_gone_is_found_by_its_anchor() -> None:
    store = filled()
    del tree(store).checkpoints[2]
    tree(store)._anchors.pop(2)
    assert any("the checkpoint is gone" in one for one in found(store))


def test_a_checkpoint_that_cannot_be_read_is_a_difference_and_no_crash() -> None:
    store = filled()

    class Unreadable(MemoryTree):
        def newest(self) -> None:
            raise ValueError("no leaf")

    store.tree = Unreadable(store.log)
    assert found(store) == ["a checkpoint: it cannot be read any more"]


def test_a_walk_from_an_entry_that_is_gone_is_found() -> None:
    store = filled()
    store.watching().run(3)
    del entries(store)[2]
    assert any("does not follow" in one for one in found(store))


def test_many_chains_are_checked_in_one_run() -> None:
    store = filled()
    store.log.append(OTHER, records(0, 3), later(90))
    assert store.watching().run(8).checked == 8
    assert store.watching().run(99).checked >= 3


def test_what_is_gone_is_neither_signed_nor_exported_nor_proved() -> None:
    store = filled()
    del entries(store)[5:]
    with pytest.raises(HistoryBroken, match="gone"):
        store.exporting().export(Wish(USERS, 6, 9))
    with pytest.raises(HistoryBroken, match="not the one that was signed"):
        store.checkpointing().run()
    with pytest.raises(ChainUnknown):
        store.proving().before(USERS, 99)


def test_a_tree_with_another_root_is_not_signed_again() -> None:
    store = filled()
    tree(store).kept[1, 0] = bytes(32)
    store.log.append(USERS, records(8, 1), later(120))
    with pytest.raises(HistoryBroken, match="root"):
        store.checkpointing().run()


def test_a_signature_by_an_unknown_key_is_found() -> None:
    store = filled()
    signed = tree(store).checkpoints[2].signed
    tree(store).checkpoints[2] = replace(
        tree(store).checkpoints[2], signed=SignedHead(signed.head, "unknown", signed.signature)
    )
    assert any("signature" in one for one in found(store))
    assert entries(store)[1].kind == Kind.REPEATED
