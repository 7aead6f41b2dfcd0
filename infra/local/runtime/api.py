"""The Lambda Runtime API, as ``awslambdaric`` speaks it: one small server for each worker process.

A port of its own tells us which process is calling. The peer is curl inside the runtime client, so a
hand-written reader of its requests is enough and keeps this path short. Every answer is ONE write:
headers and body in two packets cost 44 ms a call (delayed acknowledgement).
"""

import asyncio
from typing import Protocol

from local.runtime.job import Job

_PREFIX = b"/2018-06-01/runtime/"
_ACCEPTED = (
    b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"status":"OK"}'
)
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Runtime(Protocol):
    """What a worker does with the calls of its process."""

    def on_next(self, connection: "RuntimeConnection") -> None:
        """The process is ready; answer by :meth:`RuntimeConnection.send_job` when there is a job."""

    def on_result(self, request_id: str, body: bytes) -> None:
        """The handler returned ``body``."""

    def on_error(self, request_id: str, body: bytes) -> None:
        """The handler raised; ``body`` is the JSON error."""

    def on_init_error(self, body: bytes) -> None:
        """The handler could not be imported; ``body`` is the JSON error."""


class RuntimeConnection(asyncio.Protocol):
    """One keep-alive connection from the runtime client."""

    __slots__ = ("_buffer", "_need", "_runtime", "_transport")

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._buffer = bytearray()
        self._need = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport  # type: ignore[assignment]  # a stream transport by construction

    def data_received(self, data: bytes) -> None:
        """Collect until a request is whole, then act on it."""
        self._buffer += data
        while len(self._buffer) >= self._need:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end])
            total = end + 4 + _content_length(head)
            if len(self._buffer) < total:
                self._need = total
                return
            body = bytes(self._buffer[end + 4 : total])
            del self._buffer[:total]
            self._need = 0
            self._act(head.split(b" ", 2)[1], body)
            if not self._buffer:
                return

    def _act(self, target: bytes, body: bytes) -> None:
        parts = target.removeprefix(_PREFIX).split(b"/")
        if parts == [b"invocation", b"next"]:
            self._runtime.on_next(self)
        elif parts == [b"init", b"error"]:
            self._write(_ACCEPTED)
            self._runtime.on_init_error(body)
        elif len(parts) == 3 and parts[2] == b"response":  # noqa: PLR2004 - invocation/<id>/response
            self._write(_ACCEPTED)
            self._runtime.on_result(parts[1].decode(), body)
        elif len(parts) == 3 and parts[2] == b"error":  # noqa: PLR2004 - invocation/<id>/error
            self._write(_ACCEPTED)
            self._runtime.on_error(parts[1].decode(), body)
        else:
            self._write(_NOT_FOUND)

    def send_job(self, job: Job, arn: str, deadline_ms: int) -> None:
        """Hand ``job`` to the waiting process, in one write."""
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {job.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline_ms}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {_trace_id(job.request_id)}\r\n"
            f"Content-Length: {len(job.payload)}\r\n\r\n"
        )
        self._write(head.encode() + job.payload)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def _trace_id(request_id: str) -> str:
    digits = request_id.replace("-", "")
    return f"Root=1-{digits[:8]}-{digits[8:]};Sampled=0"


def _content_length(head: bytes) -> int:
    """Return the body's length that ``head`` announces; the peer never sends chunks."""
    lowered = head.lower()
    at = lowered.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    end = lowered.find(b"\r\n", at + 2)
    return int(lowered[at + 17 : end if end > 0 else None])
