"""The workers of one function: started when calls wait, bounded, replaced when they end, reaped when idle."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from local.model import FunctionSpec, Invocation
from local.runtime.hooks import Hooks
from local.runtime.job import Job, failure, throttled
from local.runtime.limits import Limits
from local.runtime.logs import FunctionLog
from local.runtime.meter import Deaths, Meter
from local.runtime.processes import Processes
from local.runtime.worker import Worker

_STARTING_AT_ONCE = 2
_WORTH_A_START = 0.3


class Pool:
    """Runs the calls of one function, first come first served, on at most ``cap`` processes."""

    def __init__(
        self,
        spec: FunctionSpec,
        limits: Limits,
        hooks: Hooks,
        log: FunctionLog,
        *,
        record: Callable[[str], None],
        processes: Processes,
    ) -> None:
        self.spec = spec
        reserved = spec.reserved_concurrency
        self.cap = limits.max_workers if reserved is None else min(reserved, limits.max_workers)
        self.meter = Meter()
        self.log = log
        self.sockets = ""
        self.last_init_error = ""
        self.deaths = Deaths()
        self.workers: set[Worker] = set()
        self._limits = limits
        self._hooks = hooks
        self._record = record
        self._processes = processes
        self._idle: list[Worker] = []
        self._doomed: set[Worker] = set()
        self._queue: deque[Job] = deque()
        self._check: asyncio.TimerHandle | None = None
        self._starts: set[asyncio.Task[None]] = set()
        self._closed = False
        self._start_s = 0.0

    async def warm(self) -> None:
        """Start the provisioned environments and return when they wait for work, or could not start."""
        for _ in range(min(self.spec.provisioned, self.cap) - len(self.workers)):
            self._spawn()
        await asyncio.gather(*(worker.started.wait() for worker in self.workers))

    def submit(self, payload: bytes) -> asyncio.Future[Invocation]:
        """Queue one call and return its outcome-to-be; never raises."""
        loop = asyncio.get_running_loop()
        job = Job(payload, loop.create_future())
        job.future.add_done_callback(lambda _f: self.meter.count(job))
        if self._idle:
            self._idle.pop().run(job)
        elif self.cap == 0 or self._closed or len(self._queue) >= self._limits.queue:
            job.finish(throttled(self.spec.name))
        else:
            self._queue.append(job)
            self._scale()
        return job.future

    # ---- scaling ----

    def _scale(self) -> None:
        if not self.workers:
            self._spawn()
        elif self._check is None and len(self.workers) < self.cap:
            self._check = asyncio.get_running_loop().call_later(self._limits.scale_up_s, self._scale_up)

    def _scale_up(self) -> None:
        self._check = None
        if not self._queue or len(self.workers) >= self.cap:
            return
        waited = time.perf_counter() - self._queue[0].queued_at
        starting = sum(worker.state == "starting" for worker in self.workers)
        # one more process is worth its start only to a call that would wait about as long anyway
        if waited >= max(self._limits.scale_up_s, self._start_s * _WORTH_A_START) and starting < min(
            _STARTING_AT_ONCE, len(self._queue)
        ):
            self._spawn()
        self._scale()

    def _spawn(self) -> None:
        if self._closed:
            return
        worker = Worker(self.spec, self, self.log, self._processes)
        self.workers.add(worker)
        self.meter.cold_starts += 1
        task = asyncio.get_running_loop().create_task(self._start(worker))
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)

    async def _start(self, worker: Worker) -> None:
        try:
            await worker.start(self._hooks, self.sockets, self._limits.init_s)
        except Exception as error:  # noqa: BLE001 - the edge: whatever the reason, the calls that wait must hear it
            worker.state = "gone"
            worker.started.set()
            worker.gone.set()
            self.on_gone(worker, failure("Runtime.StartError", f"{self.spec.name} did not start: {error}"))
        if self._closed or worker.retired:
            worker.kill()

    # ---- what workers tell ----

    def on_idle(self, worker: Worker) -> None:
        """Give the worker the oldest waiting call, or let it wait."""
        if worker in self._doomed:
            return  # killed after it had asked for work: the end of the process is on its way
        self._start_s = worker.start_s
        while self._queue:
            job = self._queue.popleft()
            if not job.future.done():
                worker.run(job)
                return
        self._idle.append(worker)

    def on_gone(self, worker: Worker, why: Invocation | None) -> None:
        """Forget the worker; when none could start, the calls that wait for one fail with its reason."""
        self.workers.discard(worker)
        self._doomed.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if why is not None:
            self.last_init_error = _one_line(why.payload)
            if not self.workers:
                self._fail_all(why)
        elif not worker.retired:
            self._mourn(worker)
        if why is None and len(self.workers) < min(self.spec.provisioned, self.cap):
            self._spawn()
        if self._queue and not self._closed:
            self._scale()

    def _mourn(self, worker: Worker) -> None:
        self.meter.crashes += 1
        self.deaths.add(worker.last_words)
        if not worker.killed:
            self._record(f"{self.spec.name}: a process ended: {worker.last_words}")

    def _fail_all(self, outcome: Invocation) -> None:
        while self._queue:
            self._queue.popleft().finish(outcome)

    # ---- life ----

    def restart(self) -> None:
        """Let every process go: idle ones now, busy ones after their call. The next call starts anew."""
        self.last_init_error = ""
        self._idle.clear()
        for worker in list(self.workers):
            worker.retire()

    def kill(self) -> int:
        """Kill every process at once, busy or not (a fault on purpose); return how many."""
        doomed = list(self.workers)
        self._idle.clear()
        self._doomed.update(doomed)
        for worker in doomed:
            worker.killed = True
            worker.kill()
        return len(doomed)

    def reap(self) -> None:
        """End workers that were idle for longer than the limit; the newest stays, and what is provisioned."""
        limit = time.monotonic() - self._limits.idle_s
        kept = max(1, self.spec.provisioned)
        for worker in [w for w in self._idle[:-kept] if w.idle_since < limit]:
            self._idle.remove(worker)
            worker.retire()

    async def stop(self) -> None:
        """Kill every process and wait until it is gone; waiting calls end as throttled."""
        self._closed = True
        if self._check is not None:
            self._check.cancel()
        self._fail_all(throttled(self.spec.name))
        if self._starts:
            await asyncio.wait(self._starts)
        doomed = list(self.workers)
        for worker in doomed:
            worker.retired = True
            worker.kill()
        for worker in doomed:
            await worker.gone.wait()
        self.log.close()

    def status(self) -> dict[str, Any]:
        """Counts and latencies (milliseconds) for the status page."""
        return {
            **self.meter.status(),
            "workers": len(self.workers),
            "busy": sum(worker.state == "busy" for worker in self.workers),
            "queued": len(self._queue),
            "cap": self.cap,
            "pids": [worker.pid for worker in self.workers],
            "init_error": self.last_init_error,
            "deaths": self.deaths.words(),
        }


def _one_line(payload: bytes) -> str:
    """Return ``type: message`` of a Lambda error payload."""
    try:
        error = msgspec.json.decode(payload)
        return f"{error['errorType']}: {error['errorMessage']}".partition("\n")[0]
    except (msgspec.DecodeError, KeyError, TypeError):
        return payload[:200].decode("utf-8", "replace")
