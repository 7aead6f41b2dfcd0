"""Many sockets, many messages and much that goes wrong: what each subscriber saw, judged afterwards.

``PYTHONPATH=tests python -m torture.stream --sockets 1000 --messages 1000`` starts a platform of its own;
``--run FILE`` uses one that runs (its ``run.json``). Each subscriber keeps its own history, which is judged
against PostgreSQL's at the end. ``--seed`` replays the same choice of drops.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from builders.realtime import published
from fixtures.platform import start_platform
from kit import clock, events, ids
from kit.identity import Caller
from kit.kafka.producer import Out, Producer
from kit.stores.redis import Redis
from realtime.adapters.redis_tickets import RedisTickets
from treum_client import Gap, Stream

CHANNEL = "signals"
_AT_ONCE = 25
_WARMING = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """``rate``: messages a second. ``drops``: how many connections are cut in all. Shares are of the messages."""

    sockets: int
    messages: int
    rate: float
    drops: int
    seed: int
    flush_at: float = 0.33
    kill_at: float = 0.66
    settle_s: float = 60.0


@dataclass(slots=True)
class Report:
    """What came of it. ``gaps_undetected`` and ``duplicates_undetected`` must be 0.

    ``frames`` are those of the run's own messages; signals of a tape beside it are judged for gaps as well.
    """

    seed: int
    sockets: int
    messages: int
    frames: int = 0
    drops_forced: int = 0
    workers_killed: int = 0
    reconnects: int = 0
    gap_frames: int = 0
    duplicates_detected: int = 0
    gaps_undetected: int = 0
    duplicates_undetected: int = 0
    unfinished: int = 0
    lost_before_history: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    quiet_p50_ms: float = 0.0
    quiet_p99_ms: float = 0.0
    seconds: float = 0.0


@dataclass(slots=True)
class Subscriber:
    """One stream and its own history: each delivery as (offset, event id, milliseconds since published)."""

    stream: Stream = field(init=False)
    seen: list[tuple[int, str, float]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    began_at: int = 0

    def take(self, _channel: str, frame: dict[str, Any]) -> None:
        published_at = datetime.fromisoformat(frame["published_at"])
        late = (datetime.now(tz=UTC) - published_at).total_seconds() * 1000
        self.seen.append((frame["offset"], frame["event"]["id"], late))

    @property
    def reached(self) -> int:
        return self.stream.positions[CHANNEL].following - 1

    @property
    def is_subscribed(self) -> bool:
        return CHANNEL in self.stream.positions and self.stream.positions[CHANNEL].epoch is not None


class Torture:
    """One run against a platform that is up; ``addresses`` is its ``run.json``."""

    def __init__(self, addresses: Mapping[str, Any], plan: Plan) -> None:
        self._addresses = addresses
        self._plan = plan
        self._redis = Redis(addresses["stores"]["redis"], timeout_s=5.0)
        self._producer = Producer(addresses["stores"]["kafka"], deadline_s=30.0)
        self._random = random.Random(plan.seed)  # noqa: S311 - a seed that replays a run
        self._subscribers = [Subscriber() for _ in range(plan.sockets)]
        self._marks: set[int] = set()
        self._sent: list[str] = []
        self.report = Report(plan.seed, plan.sockets, plan.messages)

    async def run(self) -> Report:
        """Run the whole and return what came of it."""
        began = clock.monotonic()
        for at, one in enumerate(self._subscribers):
            one.stream = self._stream(at, one)
        tasks = [asyncio.create_task(_follow(at, one)) for at, one in enumerate(self._subscribers)]
        try:
            await self._until(lambda: all(one.is_subscribed for one in self._subscribers), 120)
            await self._warm()
            for one in self._subscribers:
                one.began_at = one.reached
                one.seen.clear()
            await self._publish()
            head = await asyncio.to_thread(self._head)
            await self._until(
                lambda: all(one.reached >= head for one in self._subscribers), self._plan.settle_s
            )
            self._judge(head)
        finally:
            for one in self._subscribers:
                await one.stream.close()
            await asyncio.wait(tasks, timeout=10)
            self._producer.close()
            self._redis.close()
        self.report.seconds = round(clock.monotonic() - began, 1)
        return self.report

    def _stream(self, at: int, one: Subscriber) -> Stream:
        caller = Caller(subject=f"torture-{self._plan.seed}-{at}", plan="enterprise", family=f"f-{at}")

        async def ticket() -> str:
            made = ids.uuid7()
            RedisTickets(self._redis).keep(made, caller, clock.unix())
            return made

        return Stream(
            str(self._addresses["ws"]),
            ticket,
            on_event=one.take,
            on_gap=one.gaps.append,
            on_error=one.errors.append,
            # one ping in five minutes is what clients do; here a flush must show sooner
            ping_s=max(3.0, self._plan.sockets / 40) * self._random.uniform(1.0, 1.3),
            patience_s=2.0,
        )

    async def _warm(self) -> None:
        """Wake every function: in market hours they hold provisioned concurrency."""
        self._sent = [await asyncio.to_thread(self._send) for _ in range(_WARMING)]
        head = await asyncio.to_thread(self._head)
        await self._until(lambda: all(one.reached >= head for one in self._subscribers), self._plan.settle_s)
        self._sent = []

    async def _publish(self) -> None:
        plan, loop = self._plan, asyncio.get_running_loop()
        began = loop.time()
        every = max(1, plan.messages // max(1, plan.drops // _AT_ONCE))
        for number in range(plan.messages):
            self._sent.append(await asyncio.to_thread(self._send))
            if number % every == every // 2:
                self._drop(min(_AT_ONCE, plan.drops - self.report.drops_forced))
            if number == int(plan.messages * plan.flush_at):
                self._redis.call("FLUSHALL")
            if number == int(plan.messages * plan.kill_at):
                self.report.workers_killed = await asyncio.to_thread(self._kill)
            await asyncio.sleep(max(0.0, began + (number + 1) / plan.rate - loop.time()))

    def _send(self) -> str:
        event = published()
        self._producer.send([Out("trading-signals", event.subject, events.encode(event))])
        return event.id

    def _drop(self, many: int) -> None:
        for one in self._random.sample(self._subscribers, min(many, len(self._subscribers))):
            one.stream.drop()
            self.report.drops_forced += 1

    def _kill(self) -> int:
        url = f"{self._addresses['controls']}/chaos/kill/treum-local-realtime-fanout"
        request = urllib.request.Request(url, data=b"{}", method="POST")  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return int(json.load(answer)["killed"])

    def _places(self) -> dict[str, int]:
        with psycopg.connect(self._addresses["stores"]["postgres"], autocommit=True) as db:
            rows = db.execute(
                'SELECT event_id::text, "offset" FROM realtime.history WHERE channel = %s AND event_id = ANY(%s)',
                (CHANNEL, self._sent),
            ).fetchall()
        return {str(event): int(offset) for event, offset in rows}

    def _head(self) -> int:
        """Return the highest offset of what was sent, once all of it has one or the time is over."""
        until = clock.monotonic() + self._plan.settle_s
        while len(places := self._places()) < len(self._sent) and clock.monotonic() < until:
            clock.sleep(0.2)
        self.report.lost_before_history = len(self._sent) - len(places)
        return max(places.values())

    async def _until(self, condition: Any, timeout_s: float) -> None:
        until = clock.monotonic() + timeout_s
        while not condition() and clock.monotonic() < until:  # noqa: ASYNC110 - the state of many clients, no event tells it
            await asyncio.sleep(0.1)

    def _judge(self, head: int) -> None:
        report = self.report
        late: list[float] = []
        quiet: list[float] = []
        calm = int(self._plan.messages * self._plan.flush_at * 0.9)
        ours = frozenset(self._sent)
        for one in self._subscribers:
            offsets = [offset for offset, _, _ in one.seen]
            told = {offset for gap in one.gaps for offset in range(gap.first, gap.last + 1)}
            missing = set(range(one.began_at + 1, one.reached + 1)) - set(offsets) - told
            report.gaps_undetected += len(missing)
            report.duplicates_undetected += _repeated(offsets) + _repeated(
                [event for _, event, _ in one.seen]
            )
            report.unfinished += one.reached < head
            report.gap_frames += len(one.gaps)
            report.frames += sum(event in ours for _, event, _ in one.seen)
            report.reconnects += one.stream.connections - 1
            report.duplicates_detected += one.stream.positions[CHANNEL].duplicates
            late += [ms for _, _, ms in one.seen]
            quiet += [ms for offset, _, ms in one.seen if offset - one.began_at <= calm]
        report.p50_ms, report.p99_ms = _percentiles(late)
        report.quiet_p50_ms, report.quiet_p99_ms = _percentiles(quiet)


async def _follow(at: int, one: Subscriber) -> None:
    await one.stream.subscribe(CHANNEL)
    await asyncio.sleep(at / 100)  # no faster than a laptop takes new sockets
    await one.stream.run()


def _repeated(values: list[Any]) -> int:
    return sum(many - 1 for many in Counter(values).values())


def _percentiles(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return 0.0, 0.0
    cuts = statistics.quantiles(values, n=100)
    return round(cuts[49], 1), round(cuts[98], 1)


def main() -> int:
    """Print the report as JSON; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=2.0, help="messages a second")
    parser.add_argument("--drops", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--run", type=Path, help="run.json of a platform that is up")
    asked = parser.parse_args()
    plan = Plan(asked.sockets, asked.messages, asked.rate, asked.drops, asked.seed)
    if asked.run is not None:
        report = asyncio.run(Torture(json.loads(asked.run.read_text()), plan).run())
    else:
        with tempfile.TemporaryDirectory(prefix="treum-torture-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o711)
            platform = start_platform(Path(folder))
            try:
                report = asyncio.run(Torture(platform.addresses, plan).run())
            finally:
                platform.stop()
    print(json.dumps(asdict(report)))  # noqa: T201 - the report is the product
    return int(bool(report.gaps_undetected or report.duplicates_undetected or report.unfinished))


if __name__ == "__main__":
    sys.exit(main())
