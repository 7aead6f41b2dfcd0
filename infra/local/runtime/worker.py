"""One process of ``awslambdaric`` and the state of the call it is on.

starting → idle ⇄ busy → gone. The process has its own session, dies with the platform and is killed, with
whatever it started, when its declared timeout passes.
"""

import asyncio
import contextlib
import os
import signal
import time
from typing import Literal, Protocol

from local.model import FunctionSpec, Invocation
from local.runtime.api import RuntimeConnection
from local.runtime.environment import environment, function_arn
from local.runtime.hooks import Hooks
from local.runtime.job import MAX_PAYLOAD, Job, exited, failure, timed_out, too_large
from local.runtime.logs import FunctionLog, Tail
from local.runtime.processes import Processes


class Owner(Protocol):
    """What a worker tells its pool."""

    def on_idle(self, worker: "Worker") -> None:
        """The worker asks for a job."""

    def on_gone(self, worker: "Worker", why: Invocation | None) -> None:
        """The process has ended; ``why`` is set when it never became ready."""


class Worker:
    """One process. :meth:`run` gives it a job; the pool hears of everything else."""

    def __init__(self, spec: FunctionSpec, owner: Owner, log: FunctionLog, processes: Processes) -> None:
        self.spec = spec
        self.state: Literal["starting", "idle", "busy", "gone"] = "starting"
        self.job: Job | None = None
        self.retired = False
        self.killed = False  # on purpose: whoever did it has said so
        self.last_words = ""
        self.idle_since = self.started_at = time.monotonic()
        self.start_s = 0.0
        self.pid = 0
        self.started = asyncio.Event()  # it asked for its first call, or never will
        self.gone = asyncio.Event()
        self._arn = function_arn(spec.name)
        self._owner = owner
        self._log = log
        self._processes = processes
        self._tail = Tail()
        self._init_error: bytes | None = None
        self._waiting: RuntimeConnection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None
        self._timed_out = False

    async def start(self, hooks: Hooks, sockets: str, init_s: float) -> None:
        """Open the Runtime API port and start the process."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: RuntimeConnection(self), "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        env = environment(self.spec, hooks, runtime_api=f"127.0.0.1:{port}", sockets=sockets)
        # before the process exists: it may ask for its first call, which ends this timer, before we are told
        # that it runs; a timer set afterwards would kill a healthy process
        self._timer = loop.call_later(init_s, self._too_slow)
        self.pid = await self._processes.launch(self.spec.handler, env, self.spec.code_root, self)

    def run(self, job: Job) -> None:
        """Give the idle process ``job``."""
        connection, self._waiting = self._waiting, None
        if connection is None:
            raise RuntimeError("a job was given to a worker that did not ask for one")
        self.state, self.job = "busy", job
        self._tail.clear()
        timeout = self.spec.timeout_s
        connection.send_job(job, self._arn, int((time.time() + timeout) * 1000))
        self._timer = asyncio.get_running_loop().call_later(timeout, self._expire)

    def retire(self) -> None:
        """End the process: now when it does nothing, else after its present call."""
        self.retired = True
        if self.state != "busy":
            self.kill()

    def kill(self) -> None:
        """End the process and what it started, at once."""
        if self.pid and self.state != "gone":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    # ---- calls of the process (Runtime API) ----

    def on_next(self, connection: RuntimeConnection) -> None:
        """The process is ready: tell the pool, unless this worker is to end."""
        if self.state == "starting":
            self._stop_timer()
            self.start_s = time.monotonic() - self.started_at
            self.started.set()
        self.state, self._waiting, self.idle_since = "idle", connection, time.monotonic()
        if self.retired:
            self.kill()
        else:
            self._owner.on_idle(self)

    def on_result(self, request_id: str, body: bytes) -> None:
        """Settle the present call with what the handler returned."""
        if len(body) > MAX_PAYLOAD:
            self._settle(request_id, too_large(len(body)))
        else:
            self._settle(request_id, Invocation(body, None, self._tail.text()))

    def on_error(self, request_id: str, body: bytes) -> None:
        """Settle the present call with what the handler raised, once its last words have been read too."""
        # the traceback is in the pipe already, but the loop may have looked at this socket first
        asyncio.get_running_loop().call_soon(self._raised, request_id, body)

    def _raised(self, request_id: str, body: bytes) -> None:
        self._settle(request_id, Invocation(body, "Unhandled", self._tail.text()))

    def on_init_error(self, body: bytes) -> None:
        """Remember why the handler cannot be imported; the process ends by itself."""
        self._init_error = body

    def _settle(self, request_id: str, outcome: Invocation) -> None:
        job = self.job
        if job is None or job.request_id != request_id:
            return
        self._stop_timer()
        self.job = None
        job.finish(outcome)

    # ---- time and the process ----

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        job, self.job = self.job, None
        self._timed_out = True
        self._log.write(f"Task timed out after {self.spec.timeout_s:.2f} seconds\n".encode())
        if job is not None:
            job.finish(timed_out(job, self.spec.timeout_s, self._tail.text()))
        self.kill()

    def _too_slow(self) -> None:
        message = f"{self.spec.handler} was not ready in time: its module does too much at import"
        self._init_error = failure("Sandbox.Timedout", message).payload
        self.kill()

    def on_output(self, data: bytes) -> None:
        """Keep what the process printed."""
        self._tail.write(data)
        self._log.write(data)

    def on_exit(self, code: int | None) -> None:
        """The process has ended: settle what hung on it and tell the pool."""
        never_ready, self.state = self.state == "starting", "gone"
        self.last_words = self._how_it_ended(code)
        self._stop_timer()
        if self._server is not None:
            self._server.close()
        job, self.job = self.job, None
        if job is not None:
            job.finish(exited(job, code, self._tail.text()))
        why = None
        if never_ready and not self.retired:
            why = self._init_failure(code)
        self.started.set()
        self.gone.set()
        self._owner.on_gone(self, why)

    def _how_it_ended(self, code: int | None) -> str:
        if self.killed:
            return "killed on purpose"
        if self._timed_out:
            return f"killed after its timeout of {self.spec.timeout_s} s"
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    def _init_failure(self, code: int | None) -> Invocation:
        if self._init_error is not None:
            return Invocation(self._init_error, "Unhandled", self._tail.text())
        message = f"{self.spec.handler}: the process ended during start with exit status {code}"
        return failure("Runtime.ExitError", message, log_tail=self._tail.text())
