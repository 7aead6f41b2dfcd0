"""One invocation through the runtime client: an HTTP handler that does nothing beside one that says the same.

The peer returns the same answer and writes the same log line, both made beforehand: what it costs to say them
is the runtime client's, what ours costs more is parsing, limits, access and composing. The floor is an empty
handler, which says nothing at all.

All stand behind awslambdaric in processes of their own, get the same API Gateway event, and are asked in
turn, by a runtime API on a bare socket: nothing else dilutes the ratio. Counted is the CPU time of the
function's process from one event to the next, runtime client included; what it prints is dropped. The wall
clock would measure the scheduler: a virtual machine that waits longer than its polling window wakes up late.
"""

import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.http_edge import proxy_event
from benchmarks.measure import Result, alternate, result
from benchmarks.startup import EMPTY, path_with

NOTHING = """
from kit.http import Api, Request, Route, signed_in

def nothing(request: Request) -> None:
    return None

api = Api("bench", [Route("POST", "/orders", nothing, id="nothing", summary="Nothing", access=signed_in())])
handler = api.handler
"""
SAME = """
import sys

def handler(event, context):
    sys.stdout.write({line!r})
    return ANSWER

ANSWER = {answer!r}
"""
_ASKED = """
import time
inner = handler

def handler(event, context):
    return time.process_time() if event == "cpu" else inner(event, context)
"""
_ARN = "arn:aws:lambda:ap-south-1:123456789012:function:bench"
_CALLS = 1000
_START_S = 30.0
_MET = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_HEADERS_END = b"\r\n\r\n"


class Invoked:
    """A handler behind awslambdaric, and the runtime API that it asks."""

    def __init__(self, handler: str, path: str) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_START_S)
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._listener.getsockname()[1]}",
            "AWS_REGION": "ap-south-1",
            "PYTHONPATH": path,
        }
        command = [sys.executable, "-m", "awslambdaric", handler]
        self._child = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> Self:
        self._runtime, _ = self._listener.accept()
        self._runtime.settimeout(_START_S)
        self._runtime.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expect(b"GET")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        self._child.wait()
        self._runtime.close()
        self._listener.close()

    def cpu_seconds(self) -> float:
        """Return the CPU time that the function's process has used."""
        return float(self.invoke(b'"cpu"'))

    def invoke(self, event: bytes) -> bytes:
        """Return what the handler answers to ``event``."""
        deadline = int((time.time() + _START_S) * 1000)
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(event)}\r\n"
            f"Lambda-Runtime-Aws-Request-Id: bench\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {_ARN}\r\n\r\n"
        ).encode()
        self._runtime.sendall(head + event)
        answer = self._expect(b"POST")
        self._runtime.sendall(_MET)
        self._expect(b"GET")
        return answer

    def _expect(self, method: bytes) -> bytes:
        """Read one request of the runtime client; return its body."""
        seen = b""
        while _HEADERS_END not in seen:
            seen += self._some()
        head, _, body = seen.partition(_HEADERS_END)
        if not head.startswith(method):
            raise RuntimeError(f"the runtime client sent {head[:80]!r} where {method!r} was expected")
        sizes = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if b"content-length" in line]
        while sizes and len(body) < int(sizes[0]):
            body += self._some()
        return body

    def _some(self) -> bytes:
        read = self._runtime.recv(65536)
        if not read:
            raise RuntimeError("the handler's process ended")
        return read


def measure() -> list[Result]:
    """Return the CPU microseconds of a round trip, ours over those of a handler that says the same."""
    event = json.dumps(proxy_event()).encode()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder, "empty.py").write_text(EMPTY + _ASKED)
        Path(folder, "same.py").write_text(_same() + _ASKED)
        Path(folder, "nothing.py").write_text(NOTHING + _ASKED)
        path = path_with(folder)
        ours = stack.enter_context(Invoked("nothing.handler", path))
        same = stack.enter_context(Invoked("same.handler", path))
        empty = stack.enter_context(Invoked("empty.handler", path))
        answered = json.loads(ours.invoke(event))
        if answered["statusCode"] != 200 or answered != json.loads(same.invoke(event)):
            raise RuntimeError(f"the handler that does nothing answered {answered}")
        mine, peer, floor = alternate(_cpu(ours, event), _cpu(same, event), _cpu(empty, event))
    return [
        result(
            "function round trip, kit.http doing nothing",
            mine,
            "µs CPU",
            peer,
            "a handler that only answers and logs the same",
            "<= 1.5",
            floor=floor,
        )
    ]


def _same() -> str:
    """Return a handler that says what ours says."""
    made: dict[str, Any] = {}
    exec(NOTHING, made)  # noqa: S102 - the text above, as the function's process runs it
    with redirect_stdout(io.StringIO()) as line:
        answer = made["handler"](proxy_event(), None)
    return SAME.format(line=line.getvalue(), answer=answer)


def _cpu(invoked: Invoked, event: bytes) -> Callable[[], float]:
    def side() -> float:
        began = invoked.cpu_seconds()
        for _ in range(_CALLS):
            invoked.invoke(event)
        return (invoked.cpu_seconds() - began) / _CALLS * 1e6

    return side
