"""What events say for searching, batches of several chains, what staff are shown."""

import json
from datetime import datetime
from typing import Any

import pytest

from audit.adapters.memory import MemoryLog
from audit.errors import EntryUnknown
from audit.model.checkpoint import leaf_data, marks_in
from audit.model.entry import NOTHING, Appended, Chain, EntryId, Head, Incoming, microseconds, moment
from audit.ports import SearchQuery
from audit.service.facts import facts_of
from audit.service.keeping import Keeping
from audit.service.showing import Network, Showing
from builders.audit import AT, MONEY, USERS, event_bytes, records, told
from builders.audit_store import memory_store
from kit import audit, events, ids
from kit.audit import Actor
from kit.errors import Retryable
from kit.kafka.records import Record
from kit.sealing import Erased, SealBroken


def test_facts_are_what_the_event_says() -> None:
    raw = event_bytes("u-9", by="admin-7")
    found = facts_of(raw)
    assert (found.type, found.subject, found.actor) == ("user.plan_changed", "u-9", "admin-7")
    assert found.event_id == json.loads(raw)["id"]


def test_the_actor_of_a_privileged_action_is_whoever_acted() -> None:
    deed = audit.performed(Actor("admin-1"), "user.grant_plan", kind="user", id="u-1")
    assert facts_of(events.encode(deed)).actor == "admin-1"


@pytest.mark.parametrize(
    "change",
    [
        {"id": "not a uuid"},
        {"type": ""},
        {"type": "x" * 201},
        {"subject": "a\x00b"},
        {"time": "2026-11-21T10:00:00"},
        {"id": None},
    ],
)
def test_what_is_no_event_has_no_facts(change: dict[str, Any]) -> None:
    assert facts_of(json.dumps(json.loads(event_bytes()) | change).encode()) == NOTHING


@pytest.mark.parametrize("raw", [None, b"", b"\xff", b"[]", b"{}", b'{"id": "\\ud800"}'])
def test_bytes_without_an_envelope_have_no_facts(raw: bytes | None) -> None:
    assert facts_of(raw) == NOTHING


@pytest.mark.parametrize("data", ["text", {"changed_by": 7}, {"changed_by": "a\x00"}, {}])
def test_an_event_whose_data_name_nobody_has_no_actor(data: Any) -> None:
    found = facts_of(json.dumps(json.loads(event_bytes()) | {"data": data}).encode())
    assert (found.type, found.actor) == ("user.plan_changed", None)


def record(topic: str, offset: int, value: bytes | None = None) -> Record:
    return Record(topic, 0, offset, 5, b"k", value or event_bytes())


def test_a_batch_of_several_chains_is_kept_whole() -> None:
    log = MemoryLog()
    batch = [record("user-events", 0), record("payment-events", 0), record("user-events", 1)]
    assert Keeping(log, lambda: AT).keep(batch) == []
    assert log.counts() == {"payment-events": 1, "user-events": 2}
    assert Keeping(log, lambda: AT).keep(batch) == []
    assert log.counts() == {"payment-events": 1, "user-events": 2}


@pytest.mark.parametrize("error", [Retryable("away"), ValueError("a defect")])
def test_a_chain_that_fails_comes_again_and_holds_up_no_other(error: Exception) -> None:
    class Away(MemoryLog):
        def append(self, chain: Chain, batch: Any, at: datetime) -> Appended:
            if chain.topic == "user-events":
                raise error
            return super().append(chain, batch, at)

    log = Away()
    batch = [record("user-events", 0), record("payment-events", 0), record("user-events", 1)]
    assert Keeping(log, lambda: AT).keep(batch) == [batch[0], batch[2]]
    assert log.counts() == {"payment-events": 1}


def test_a_contradiction_is_counted_and_not_tried_again() -> None:
    log = MemoryLog()
    keeping = Keeping(log, lambda: AT)
    keeping.keep([record("user-events", 0)])
    assert keeping.keep([record("user-events", 0, event_bytes("forged"))]) == []
    assert log.conflicts() == 1


def test_entries_are_shown_with_where_an_action_came_from() -> None:
    store = memory_store()
    outcome: list[str | Exception] = ["203.0.113.7", Erased(), SealBroken()]

    def opened(*_: str) -> str:
        found = outcome.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    deed = audit.performed(Actor("a", network="s1.x"), "user.grant_plan", kind="user", id="u")
    bare = audit.performed(Actor("a"), "user.grant_plan", kind="user", id="u")
    broken = json.loads(events.encode(bare)) | {"id": ids.uuid7(), "data": {"actor": 7}}
    values = [events.encode(deed), events.encode(bare), json.dumps(broken).encode(), event_bytes()]
    store.log.append(USERS, [told(offset, value) for offset, value in enumerate(values)], AT)
    showing = Showing(store.log, store.tree, store.verifications, opened)
    entries = store.log.span(USERS, 0, 9)
    networks = [showing.entry(entries[0].id)[1] for _ in range(3)]
    assert networks == [Network("open", "203.0.113.7"), Network("erased"), Network("broken")]
    assert [showing.entry(one.id)[1] for one in entries[1:]] == [None, None, None]
    assert showing.search(SearchQuery(limit=2)) == store.log.search(SearchQuery(limit=2))
    with pytest.raises(EntryUnknown):
        showing.entry(EntryId(ids.uuid7()))


def test_the_standing_says_what_is_covered() -> None:
    store = memory_store()
    showing = Showing(store.log, store.tree, store.verifications, lambda *_: "")
    assert (showing.standing().newest, showing.standing().covered) == (None, 0)
    store.log.append(USERS, records(0, 3), AT)
    store.checkpointing().run()
    store.log.append(MONEY, records(0, 2), AT)
    store.watching().run(99)
    found = showing.standing()
    assert (found.entries, found.covered, found.conflicts) == (5, 3, 0)
    assert found.counts == {"payment-events": 2, "user-events": 3}
    assert found.verification is not None
    assert found.difference is None


def test_a_leaf_says_no_more_and_no_less_than_its_marks() -> None:
    marks = (Head(MONEY, 3, b"\x01" * 32), Head(USERS, 512, b"\x02" * 32), Head(USERS, 700, b"\x03" * 32))
    raw = leaf_data(marks)
    assert marks_in(raw) == marks
    for broken in (raw[:-1], raw + b"\x00", raw[1:], b"", raw[:30]):
        with pytest.raises(ValueError):
            marks_in(broken)


def test_microseconds_go_there_and_back() -> None:
    assert moment(microseconds(AT)) == AT
    assert Incoming(0, 0, None, None).content == Incoming(0, 0, None, b"").content
