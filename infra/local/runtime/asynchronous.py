"""Asynchronous invocation: accepted at once, retried, and at last written to the on-failure destination."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from local.model import FunctionSpec, Invocation
from local.runtime.environment import function_arn
from local.runtime.hooks import Hooks
from local.runtime.job import request_id
from local.runtime.limits import Limits
from local.runtime.pool import Pool

_THROTTLE_PAUSE_S = 0.2
_THROTTLE_LIFE_S = 60.0


class AsyncCalls:
    """The calls that nobody waits for. They live in memory, as long as the platform does."""

    def __init__(self, limits: Limits, hooks: Hooks, record: Callable[[str], None]) -> None:
        self._limits = limits
        self._hooks = hooks
        self._record = record
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        """How many calls are queued, running or waiting for a retry."""
        return len(self._tasks)

    def add(self, pool: Pool, payload: bytes) -> None:
        """Accept one call."""
        task = asyncio.get_running_loop().create_task(self._drive(pool, payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Drop what is pending."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drive(self, pool: Pool, payload: bytes) -> None:
        attempts = 0
        while True:
            outcome = await self._unthrottled(pool, payload)
            attempts += 1
            if outcome.error is None:
                return
            if attempts > pool.spec.max_async_retries:
                break
            pauses = self._limits.retry_s
            await asyncio.sleep(pauses[min(attempts, len(pauses)) - 1])
        await self._give_up(pool.spec, payload, outcome, attempts)

    async def _unthrottled(self, pool: Pool, payload: bytes) -> Invocation:
        """Run once; a throttled call waits for room instead of using up a retry, as in AWS."""
        until = time.monotonic() + _THROTTLE_LIFE_S
        while True:
            outcome = await pool.submit(payload)
            if outcome.error != "Throttled" or time.monotonic() > until:
                return outcome
            await asyncio.sleep(_THROTTLE_PAUSE_S)

    async def _give_up(self, spec: FunctionSpec, payload: bytes, outcome: Invocation, attempts: int) -> None:
        where = "no destination" if spec.on_failure is None else spec.on_failure.target
        self._record(f"{spec.name}: an asynchronous call failed {attempts} times; its event goes to {where}")
        if spec.on_failure is None:
            return
        record = failure_record(spec, payload, outcome, attempts)
        try:
            await self._hooks.deliver(spec.on_failure, record)
        except Exception as error:  # noqa: BLE001 - the edge: a destination that fails must be seen, not raise
            self._record(f"{spec.name}: the failure record could not be delivered to {where}: {error}")


def failure_record(spec: FunctionSpec, payload: bytes, outcome: Invocation, attempts: int) -> bytes:
    """Return Lambda's destination record for a call whose retries are exhausted."""
    return msgspec.json.encode(
        {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": request_id(),
                "functionArn": f"{function_arn(spec.name)}:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": attempts,
            },
            "requestPayload": _json(payload),
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            },
            "responsePayload": _json(outcome.payload),
        }
    )


def _json(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw) if raw else None
    except msgspec.DecodeError:
        return raw.decode("utf-8", "replace")
