"""A reader's choice: it drops events after they were ordered, and never looks like a gap."""

from typing import Any

from treum_client.choice import Choice
from treum_client.ordering import Position


def frame(offset: int, kind: str, signal_id: str, **data: str) -> dict[str, Any]:
    event = {"type": f"signal.{kind}", "data": {"signal_id": signal_id, **data}}
    return {"type": "event", "channel": "signals", "offset": offset, "event": event}


FRAMES = [
    frame(1, "published", "a", symbol="AAPL", strategy="s-1"),
    frame(2, "published", "b", symbol="MSFT", strategy="s-2"),
    frame(3, "published", "c", symbol="SPX", strategy="s-1"),
    frame(4, "closed", "a", symbol="AAPL"),
    frame(5, "closed", "b", symbol="MSFT"),
    frame(6, "closed", "c", symbol="SPX"),
]


def test_a_choice_is_by_instrument_or_strategy_and_follows_a_signal_to_its_end() -> None:
    choice = Choice.of({"symbols": ["MSFT"], "strategies": ["s-1"], "version": 3})

    assert [one["offset"] for one in FRAMES if choice.wants(one["event"])] == [1, 2, 3, 4, 5, 6]
    only = Choice.of({"symbols": [], "strategies": ["s-1"]})
    assert [one["offset"] for one in FRAMES if only.wants(one["event"])] == [1, 3, 4, 6]
    assert not any(Choice.of({"symbols": [], "strategies": []}).wants(one["event"]) for one in FRAMES)


def test_what_a_choice_drops_leaves_no_gap_behind() -> None:
    position, choice = Position("signals"), Choice.of({"symbols": ["SPX"], "strategies": []})
    position.subscribed({"epoch": "e", "offset": 0, "recovered": True})

    shown = [
        one["offset"]
        for given in (FRAMES[2], FRAMES[0], FRAMES[1], FRAMES[0], *FRAMES[3:])
        for one in position.event(given)
        if choice.wants(one["event"])
    ]

    assert shown == [3, 6]
    assert (position.following, position.waiting, position.behind(6), position.behind(7)) == (
        7,
        False,
        False,
        True,
    )
