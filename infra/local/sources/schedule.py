"""Fires schedules by the platform clock, so that a test which advances it sees what is due."""

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from local.aws import ACCOUNT, REGION
from local.model import Invoker, LocalError, ScheduleSource
from local.sources import cron

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.5


class Scheduler:
    """All schedules of a stack. ``now`` is the platform clock in Unix seconds.

    A clock that jumped over several times of one schedule fires it once, for the last of them: thirty days
    ahead must not mean forty thousand sweeps. :meth:`wake` looks at once.
    """

    def __init__(self, sources: Sequence[ScheduleSource], invoker: Invoker, now: Callable[[], float]) -> None:
        self._invoker = invoker
        self._now = now
        self._sources = sources
        self._expressions: dict[str, cron.Expression] = {}
        self._next: dict[str, float] = {}
        self._fired: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin. Raises :class:`LocalError` for an expression that is none."""
        began = self._now()
        for source in self._sources:
            try:
                expression = cron.parse(source.expression, began)
            except cron.ExpressionError as error:
                raise LocalError(f"Schedule {source.logical_id}: {error}") from error
            self._expressions[source.logical_id] = expression
            self._next[source.logical_id] = began if source.at_once else expression.after(began)
            self._fired[source.logical_id] = 0
        if self._sources:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Look at the clock now: it was moved."""
        self._changed.set()

    def fire(self, name: str) -> None:
        """Let the schedule with the logical id ``name`` fire as if it were due. Raises ``LookupError``."""
        if name not in self._next:
            raise LookupError(f"there is no schedule {name!r}: GET /_local/schedules lists them")
        self._next[name] = self._now()
        self.wake()

    def status(self) -> list[dict[str, Any]]:
        """Return each schedule with its next time and how often it fired."""
        return [
            {
                "id": source.logical_id,
                "function": source.function,
                "expression": source.expression,
                "next": self._next.get(source.logical_id),
                "fired": self._fired.get(source.logical_id, 0),
            }
            for source in self._sources
        ]

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            now = self._now()
            for source in self._sources:
                await self._fire_if_due(source, now)
            try:
                await asyncio.wait_for(self._changed.wait(), _LOOK_EVERY_S)
            except TimeoutError:
                continue

    async def _fire_if_due(self, source: ScheduleSource, now: float) -> None:
        name = source.logical_id
        expression = self._expressions[name]
        due = self._next[name]
        if due > now:
            # a clock moved back: what was far ahead may be near again
            self._next[name] = min(due, expression.after(now))
            return
        self._next[name] = expression.after(now)
        self._fired[name] += 1
        try:
            await self._invoker.invoke_async(source.function, _payload(source, due))
        except Exception:  # noqa: BLE001 - an edge: one failure must not end the source
            _log.exception("Schedule %s could not be delivered", name)


def _payload(source: ScheduleSource, due: float) -> bytes:
    if source.payload is not None:
        return source.payload.encode()
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{source.logical_id}"],
            "detail": {},
        },
    ).encode()
