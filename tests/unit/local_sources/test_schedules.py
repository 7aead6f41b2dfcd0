"""Schedule expressions and the scheduler on a clock that tests move."""

import asyncio
import functools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders.aws_endpoint import eventually
from local.controls.clock import PlatformClock
from local.model import Invocation, LocalError, ScheduleSource
from local.sources import cron
from local.sources.schedule import Scheduler


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("cron(0 10 * * ? *)", "2026-03-01T10:00:00", "2026-03-02T10:00:00"),
        ("cron(0/15 9-15 ? * MON-FRI *)", "2026-03-06T15:45:00", "2026-03-09T09:00:00"),
        ("cron(0 0 1 * ? *)", "2026-01-31T23:59:59", "2026-02-01T00:00:00"),
        ("cron(30 18 L * ? *)", "2028-02-01T00:00:00", "2028-02-29T18:30:00"),
        ("cron(0 8 1W * ? *)", "2026-08-01T00:00:00", "2026-08-03T08:00:00"),
        ("cron(0 8 ? * 2#1 *)", "2026-03-03T00:00:00", "2026-04-06T08:00:00"),
        ("cron(0 8 ? * 6L *)", "2026-03-01T00:00:00", "2026-03-27T08:00:00"),
        ("cron(5,35 12 ? JAN,JUL SUN 2027)", "2026-01-01T00:00:00", "2027-01-03T12:05:00"),
        ("rate(5 minutes)", "2026-03-01T10:00:00", "2026-03-01T10:05:00"),
    ],
)
def test_an_expression_names_its_next_time(expression: str, after: str, expected: str) -> None:
    found = cron.parse(expression, _unix(after)).after(_unix(after))
    assert datetime.fromtimestamp(found, UTC).isoformat() == f"{expected}+00:00"


def test_a_year_in_the_past_never_comes_again() -> None:
    assert cron.parse("cron(0 0 1 1 ? 2020)", 0).after(_unix("2026-01-01T00:00:00")) == float("inf")


@pytest.mark.parametrize(
    "expression",
    [
        "rate(5 fortnights)",
        "cron(0 0 * * *)",
        "cron(0 0 * * * *)",
        "cron(61 0 * * ? *)",
        "cron(0 0 ? * XYZ *)",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(cron.ExpressionError):
        cron.parse(expression, 0)


class Seen:
    """An Invoker that keeps asynchronous invocations."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self.changed = asyncio.Event()

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        raise AssertionError("schedules are asynchronous")

    async def invoke_async(self, function: str, payload: bytes) -> None:
        self.payloads.append(payload)
        self.changed.set()


def test_advancing_the_clock_fires_what_is_due_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, seen = PlatformClock(tmp_path / "clock"), Seen()
        clock.freeze(_unix("2026-03-01T00:00:00"))
        hourly = ScheduleSource("Hourly", "f", "rate(1 hour)", '{"sweep": true}')
        daily = ScheduleSource("Daily", "f", "cron(0 9 * * ? *)")
        scheduler = Scheduler([hourly, daily], seen, clock.now)
        await scheduler.start()
        clock.advance(3 * 3600 + 1)
        scheduler.wake()
        await asyncio.wait_for(seen.changed.wait(), 5)
        assert seen.payloads == [b'{"sweep": true}'], (
            "three hours: one firing of the hourly, none of the daily"
        )
        seen.changed.clear()
        clock.advance(6 * 3600)
        scheduler.wake()
        async with asyncio.timeout(5):
            while len(seen.payloads) < 3:
                seen.changed.clear()
                await seen.changed.wait()
        event = json.loads(seen.payloads[-1])
        assert (event["source"], event["time"]) == ("aws.events", "2026-03-01T09:00:00Z")
        await scheduler.stop()

    asyncio.run(scenario())


def _settled(scheduler: Scheduler, clock: PlatformClock, seen: Seen, fired: int) -> bool:
    return len(seen.payloads) >= fired and scheduler.status()[0]["next"] - clock.now() <= 86_400


def test_a_clock_that_goes_back_does_not_silence_a_schedule(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, seen = PlatformClock(tmp_path / "clock"), Seen()
        clock.freeze(_unix("2026-03-01T00:00:00"))
        scheduler = Scheduler([ScheduleSource("Daily", "f", "cron(0 9 * * ? *)")], seen, clock.now)
        await scheduler.start()
        for moved_to, fired in (
            ("2026-06-01T10:00:00", 1),
            ("2026-03-01T08:00:00", 1),
            ("2026-03-01T09:00:01", 2),
        ):
            clock.freeze(_unix(moved_to))
            scheduler.wake()
            due = functools.partial(_settled, scheduler, clock, seen, fired)
            await eventually(due)
        await scheduler.stop()

    asyncio.run(scenario())


def test_one_is_let_fire_before_its_time_and_one_that_is_none_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, seen = PlatformClock(tmp_path / "clock"), Seen()
        clock.freeze(_unix("2026-03-01T00:00:00"))
        scheduler = Scheduler([ScheduleSource("Daily", "f", "cron(0 9 * * ? *)", "{}")], seen, clock.now)
        await scheduler.start()
        scheduler.fire("Daily")
        await eventually(functools.partial(_settled, scheduler, clock, seen, 1))
        assert (seen.payloads, scheduler.status()[0]["fired"]) == ([b"{}"], 1)
        with pytest.raises(LookupError, match="Weekly"):
            scheduler.fire("Weekly")
        await scheduler.stop()

    asyncio.run(scenario())


def test_a_bad_expression_names_its_schedule() -> None:
    async def scenario() -> None:
        scheduler = Scheduler([ScheduleSource("Broken", "f", "rate(x)")], Seen(), lambda: 0.0)
        with pytest.raises(LocalError, match="Broken"):
            await scheduler.start()

    asyncio.run(scenario())
