"""A reader of events: of one type or of many in turn, written by us or by somebody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from kit.errors import Poison
from kit.events import Data, Event, Reader
from kit.events.trading_signals import SignalApproved, SignalPublished

EXAMPLES = Path(__file__).resolve().parents[3] / "events/examples"
PUBLISHED, APPROVED = (
    json.loads(next((EXAMPLES / kind / "v1").glob("*.json")).read_text())
    for kind in ("signal.published", "signal.approved")
)
BOTH: dict[str, type[Data]] = {one.TYPE: one for one in (SignalPublished, SignalApproved)}


def compact(content: object) -> bytes:
    """Return JSON as our own writer makes it: the type stands right behind the id."""
    return json.dumps(content, separators=(",", ":")).encode()


def kind(found: Event[Any] | None) -> str | None:
    return None if found is None else found.type


def test_types_in_turn_and_foreign_ones_between_are_each_read_as_what_they_are() -> None:
    reader = Reader(BOTH)
    foreign = compact(PUBLISHED | {"type": "signal.forgotten"})
    spaced = json.dumps(APPROVED).encode()
    batch = [compact(APPROVED), compact(PUBLISHED), foreign, spaced, compact(PUBLISHED), compact(APPROVED)]

    read = [kind(reader.read(raw)) for raw in batch]

    published, approved = SignalPublished.TYPE, SignalApproved.TYPE
    assert read == [approved, published, None, approved, published, approved]


def test_a_type_that_begins_like_an_accepted_one_is_another() -> None:
    reader = Reader({SignalPublished.TYPE: SignalPublished})

    assert reader.read(compact(PUBLISHED | {"type": "signal.published_again"})) is None
    assert kind(reader.read(compact(PUBLISHED))) == "signal.published"


def test_a_record_that_names_two_types_or_another_specification_is_poison() -> None:
    reader = Reader(BOTH)
    assert reader.read(compact(PUBLISHED)) is not None
    twice = compact(PUBLISHED)[:-1] + b',"type":"signal.approved"}'

    with pytest.raises(Poison, match=r"not a signal.published of CloudEvents 1.0, but signal.approved"):
        reader.read(twice)
    with pytest.raises(Poison, match=r"'0.3'"):
        reader.read(compact(PUBLISHED | {"specversion": "0.3"}))
    with pytest.raises(Poison, match="can be read: Input data was truncated"):
        reader.read(b"")


def test_a_reader_of_nothing_passes_everything_over() -> None:
    assert Reader({}).read(compact(PUBLISHED)) is None
