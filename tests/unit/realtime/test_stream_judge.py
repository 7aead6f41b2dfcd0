"""The judge of the stream's promise turns red on each kind of broken history."""

import pytest

from torture.stream import CHANNEL, Plan, Subscriber, Torture
from treum_client import Gap, Position, Stream

ADDRESSES = {"ws": "ws://127.0.0.1:1", "stores": {"redis": "redis://127.0.0.1:1", "kafka": "127.0.0.1:1"}}


async def no_ticket() -> str:
    return ""


def judged(
    offsets: list[int], *, events: list[str] | None = None, gaps: tuple[Gap, ...] = ()
) -> tuple[int, ...]:
    run = Torture(ADDRESSES, Plan(sockets=1, messages=5, rate=1, drops=0, seed=1))
    one: Subscriber = run._subscribers[0]
    one.stream = Stream("ws://127.0.0.1:1", no_ticket, on_event=one.take)
    one.stream.connections = 1
    one.stream.positions[CHANNEL] = Position(CHANNEL, epoch="e1", following=6)
    names = events or [f"event-{offset}" for offset in offsets]
    one.seen = [(offset, name, 1.0) for offset, name in zip(offsets, names, strict=True)]
    one.gaps = list(gaps)
    run._judge(5)
    found = run.report
    return found.gaps_undetected, found.duplicates_undetected, found.unfinished


def test_a_whole_history_is_green() -> None:
    assert judged([1, 2, 3, 4, 5]) == (0, 0, 0)


def test_a_missing_offset_is_red() -> None:
    assert judged([1, 2, 4, 5]) == (1, 0, 0)


def test_a_missing_offset_that_was_told_as_a_gap_is_green() -> None:
    assert judged([1, 5], gaps=(Gap(CHANNEL, 2, 4, "/api/v1/signals/live"),)) == (0, 0, 0)


def test_a_repeated_offset_is_red() -> None:
    assert judged([1, 2, 2, 3, 4, 5])[1] > 0


def test_one_event_under_two_offsets_is_red() -> None:
    assert judged([1, 2, 3, 4, 5], events=["a", "b", "c", "c", "d"]) == (0, 1, 0)


@pytest.mark.parametrize("head", [6, 9])
def test_a_history_that_ends_too_early_is_red(head: int) -> None:
    run = Torture(ADDRESSES, Plan(sockets=1, messages=5, rate=1, drops=0, seed=1))
    one = run._subscribers[0]
    one.stream = Stream("ws://127.0.0.1:1", no_ticket, on_event=one.take)
    one.stream.connections = 1
    one.stream.positions[CHANNEL] = Position(CHANNEL, epoch="e1", following=6)
    one.seen = [(offset, str(offset), 1.0) for offset in range(1, 6)]
    run._judge(head)
    assert run.report.unfinished == 1
