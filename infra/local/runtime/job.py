"""One call of a function on its way, and the payloads of the errors Lambda itself reports."""

import asyncio
import os
import time
from dataclasses import dataclass, field

import msgspec

from local.model import Invocation

MAX_PAYLOAD = 6 * 1024 * 1024


def request_id() -> str:
    """Return a random id in the shape of a UUID."""
    raw = os.urandom(16).hex()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


@dataclass(slots=True, eq=False)
class Job:
    """``payload`` for one invocation; ``future`` gets its outcome, whatever happens."""

    payload: bytes
    future: asyncio.Future[Invocation]
    request_id: str = field(default_factory=request_id)
    queued_at: float = field(default_factory=time.perf_counter)

    def finish(self, outcome: Invocation) -> None:
        """Settle the call unless its caller has gone."""
        if not self.future.done():
            self.future.set_result(outcome)


def failure(kind: str, message: str, error: str = "Unhandled", log_tail: str = "") -> Invocation:
    """Return the outcome of a call that the platform, not the handler, ended."""
    payload = msgspec.json.encode({"errorType": kind, "errorMessage": message})
    return Invocation(payload, error, log_tail)


def timed_out(job: Job, timeout_s: int, log_tail: str = "") -> Invocation:
    """The declared timeout passed; the process is killed and replaced."""
    text = f"RequestId: {job.request_id} Error: Task timed out after {timeout_s:.2f} seconds"
    return failure("Sandbox.Timedout", text, "Timeout", log_tail)


def exited(job: Job, code: int | None, log_tail: str = "") -> Invocation:
    """The process ended before it answered."""
    how = f"signal: {-code}" if code is not None and code < 0 else f"exit status {code}"
    text = f"RequestId: {job.request_id} Error: Runtime exited with error: {how}"
    return failure("Runtime.ExitError", text, log_tail=log_tail)


def throttled(function: str) -> Invocation:
    """No process may be started and the queue is full."""
    return failure("TooManyRequestsException", f"Rate Exceeded: {function} has no free worker", "Throttled")


def too_large(size: int) -> Invocation:
    """The handler answered more than Lambda carries."""
    text = (
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({MAX_PAYLOAD} bytes)."
    )
    return failure("Function.ResponseSizeTooLarge", text)
