"""Whatever order, repetition or loss the network brings, a channel is delivered in order and once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from treum_client import Position

Frame = dict[str, Any]


def event(offset: int) -> Frame:
    return {"type": "event", "channel": "signals", "offset": offset}


def answer(offset: int, *, recovered: bool = True, epoch: str = "e1") -> Frame:
    return {"type": "subscribed", "epoch": epoch, "offset": offset, "recovered": recovered}


def offsets(frames: list[Frame]) -> list[int]:
    return [frame["offset"] for frame in frames]


def test_the_first_answer_tells_where_to_begin() -> None:
    position = Position("signals")
    assert position.since() is None
    assert position.event(event(8)) == []
    assert offsets(position.subscribed(answer(7))) == [8]
    assert position.since() == {"epoch": "e1", "offset": 8}


def test_an_event_behind_a_hole_waits_for_it() -> None:
    position = Position("signals")
    position.subscribed(answer(0))
    assert position.event(event(2)) == []
    assert position.waiting
    assert offsets(position.event(event(1))) == [1, 2]
    assert not position.waiting


def test_duplicates_are_counted_and_not_delivered() -> None:
    position = Position("signals")
    position.subscribed(answer(0))
    position.event(event(1))
    assert position.event(event(1)) == []
    position.event(event(3))
    assert position.event(event(3)) == []
    assert position.duplicates == 2


def test_a_resumed_answer_keeps_the_place_and_a_lost_one_moves_it() -> None:
    position = Position("signals")
    position.subscribed(answer(5))
    assert position.subscribed(answer(9)) == []
    assert position.following == 6
    assert position.subscribed(answer(9, recovered=False)) == []
    assert position.following == 10


def test_another_epoch_begins_anew() -> None:
    position = Position("signals")
    position.subscribed(answer(50))
    position.event(event(60))
    position.subscribed(answer(2, recovered=False, epoch="e2"))
    assert position.since() == {"epoch": "e2", "offset": 2}


def test_a_head_beyond_the_place_shows_a_lost_tail() -> None:
    position = Position("signals")
    position.subscribed(answer(5))
    assert not position.behind(5)
    assert position.behind(6)


def test_a_latest_value_channel_delivers_only_what_is_newer() -> None:
    position = Position("quotes:NIFTY")
    position.subscribed({"type": "subscribed", "channel": "quotes:NIFTY"})
    assert offsets(position.event(event(10))) == [10]
    assert position.event(event(9)) == []
    assert offsets(position.event(event(15))) == [15]
    assert not position.behind(99)


@given(st.permutations(range(1, 9)), st.lists(st.integers(min_value=1, max_value=8), max_size=8))
def test_any_order_with_any_repetition_is_delivered_in_order_and_once(
    order: list[int], repeated: list[int]
) -> None:
    position = Position("signals")
    position.subscribed(answer(0))
    seen = [one for offset in [*order, *repeated] for one in offsets(position.event(event(offset)))]
    assert seen == list(range(1, 9))
    assert position.duplicates == len(repeated)
