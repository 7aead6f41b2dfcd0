"""Who may use the controls; the clock's file, failpoints and chaos beneath them."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.controls.chaos import Chaos
from local.controls.clock import PlatformClock
from local.controls.failpoints import Failpoints
from local.controls.faultproxy import FaultProxy
from local.controls.routes import Control, Controls
from local.controls.tape import TapeControl
from local.gateway.messages import HttpRequest


async def _echo(rest: str, query: Mapping[str, str], body: Mapping[str, Any]) -> Any:
    return {"rest": rest, "query": dict(query), "body": dict(body)}


def _ask(method: str = "POST", target: str = "/_local/x/y?a=1", **changes: Any) -> tuple[int, Any]:
    controls = Controls((Control("POST", "/x", _echo, rest=True),))
    request = HttpRequest(method, target, [("Host", "127.0.0.1:8080")], b'{"n": 1}')
    for name, value in changes.items():
        setattr(request, name, value)
    response = asyncio.run(controls.handle(request))
    return response.status, json.loads(response.body)


def test_a_control_gets_path_query_and_body() -> None:
    assert _ask() == (200, {"rest": "y", "query": {"a": "1"}, "body": {"n": 1}})


@pytest.mark.parametrize(
    "changes",
    [
        {"source_ip": "192.168.1.7"},
        {"headers": [("Host", "evil.test:8080")]},
        {"headers": []},
        {"headers": [("Host", "127.0.0.1:8080"), ("Origin", "https://evil.test")]},
        {"headers": [("Host", "127.0.0.1:8080"), ("Origin", "http://127.0.0.1:9999")]},
        {"headers": [("Host", "127.0.0.1:8080"), ("Origin", "null")]},
    ],
)
def test_others_are_refused(changes: dict[str, Any]) -> None:
    assert _ask(**changes)[0] == 403


def test_own_pages_are_not_refused() -> None:
    own = [("Host", "localhost:8080"), ("Origin", "http://localhost:8080")]
    assert _ask(headers=own)[0] == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"body": b"no"}, 422),
        ({"body": b"[]"}, 422),
        ({"method": "GET"}, 404),
        ({"body": b" " * 70_000}, 413),
    ],
)
def test_bad_input_is_a_problem_document(changes: dict[str, Any], status: int) -> None:
    found, problem = _ask(**changes)
    assert found == problem["status"] == status


def test_functions_read_the_clock_that_the_platform_moves(tmp_path: Path) -> None:
    clock = PlatformClock(tmp_path / "clock")
    clock.freeze(1_700_000_000.0)
    clock.advance(90)
    script = "from kit import clock; print(clock.unix())"
    shown = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "CLOCK_SOURCE": str(tmp_path / "clock")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(shown.stdout) == 1_700_000_090.0
    clock.thaw()
    assert -1 <= PlatformClock(tmp_path / "clock").now() - 1_700_000_090.0 < 60, (
        "it goes on, also in the next run"
    )
    clock.reset()
    assert abs(clock.now() - time.time()) < 1


def test_a_failpoint_strikes_as_often_as_armed_across_processes(tmp_path: Path) -> None:
    armed = Failpoints(tmp_path / "points" / "armed.json")
    script = "from kit import failpoint; failpoint.hit('after.commit'); print('alive')"

    def run() -> tuple[int, str]:
        environment = {**os.environ, "FAILPOINT_FILE": str(tmp_path / "points" / "armed.json")}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.strip()

    assert run() == (0, "alive")
    armed.put("after.commit", {"action": "exit", "count": 2})
    assert [run()[0] for _ in range(3)] == [70, 70, 0]
    armed.put("after.commit", {"action": "raise"})
    assert [run()[0] for _ in range(2)] == [1, 0]
    armed.put("after.commit", {"action": "exit"})
    armed.clear("after.commit")
    assert run() == (0, "alive")


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("../x", {"action": "exit"}),
        ("ok", {"action": "explode"}),
        ("ok", {"action": "exit", "count": 0}),
        ("ok", {"action": "delay", "delay_s": 3600}),
    ],
)
def test_a_failpoint_out_of_bounds_is_refused(tmp_path: Path, name: str, wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Failpoints(tmp_path / "armed.json").put(name, wish)


class FakeStore:
    """A store whose outages are only noted."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def outage(self, seconds: float) -> None:
        self.did.append(f"outage {seconds}")

    def crash(self) -> None:
        self.did.append("crash")

    def freeze(self) -> None:
        self.did.append("freeze")

    def thaw(self) -> None:
        self.did.append("thaw")


class FakePlatform:
    """Functions and emulator that only count."""

    killed = 0

    def kill(self, function: str) -> int:
        self.killed += 1
        return 2

    async def restart_emulator(self) -> None:
        self.killed += 1


def test_chaos_breaks_what_it_is_told_and_nothing_unknown() -> None:
    async def scenario() -> None:
        store, platform = FakeStore(), FakePlatform()
        chaos = Chaos(platform, platform, {"kafka": store}, {})
        assert await chaos.kill("f", {}, {}) == {"function": "f", "killed": 2}
        await chaos.outage("kafka", {}, {"seconds": 5})
        await chaos.settle()
        await chaos.crash("kafka", {}, {})
        await chaos.freeze("kafka", {}, {})
        await chaos.freeze("kafka", {}, {"thaw": True})
        assert store.did == ["outage 5.0", "crash", "freeze", "thaw"]
        for bad in ({"seconds": 0}, {"seconds": 1e9}, {"seconds": "20"}):
            with pytest.raises(ValueError):
                await chaos.outage("kafka", {}, bad)
        with pytest.raises(Exception, match="no store"):
            await chaos.outage("oracle", {}, {})
        with pytest.raises(Exception, match="No fault proxy"):
            await chaos.wire("kafka", {}, {})

    asyncio.run(scenario())


class FakeTape:
    """A player that notes what it was told."""

    def __init__(self) -> None:
        self.did: list[Any] = []

    def play(self, *, speed: float | None = None, name: str | None = None, rewind: bool = False) -> None:
        self.did.append(("play", speed, name, rewind))

    def pause(self) -> None:
        self.did.append("pause")

    async def step(self, count: int) -> None:
        self.did.append(("step", count))

    def status(self) -> dict[str, Any]:
        return {"tape": {"calls": len(self.did)}}


def test_the_tape_is_driven_within_bounds() -> None:
    async def scenario() -> None:
        tape = FakeTape()
        control = TapeControl(tape)
        assert await control.drive("play", {}, {"speed": 50, "tape": "spx-1d"}) == {"calls": 1}
        await control.drive("pause", {}, {})
        await control.drive("step", {}, {"count": 3})
        await control.drive("rewind", {}, {})
        assert tape.did == [("play", 50.0, "spx-1d", False), "pause", ("step", 3), ("play", None, None, True)]
        for rest, body in (("play", {"speed": -1}), ("step", {"count": 0}), ("step", {"count": True})):
            with pytest.raises(ValueError):
                await control.drive(rest, {}, body)
        with pytest.raises(LookupError):
            await control.drive("eject", {}, {})

    asyncio.run(scenario())


async def _first_byte(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.wait_for(reader.readexactly(1), 5)
    finally:
        await _closed(writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        HEARD.append(data)
        writer.write(b"re:" + data)
        await writer.drain()
    writer.close()


HEARD: list[bytes] = []


def test_the_fault_proxy_delays_swallows_replies_refuses_and_cuts() -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(_server, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with FaultProxy("127.0.0.1", port) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"a")
            assert await asyncio.wait_for(reader.read(10), 5) == b"re:a"
            proxy.faults.delay_s = 0.2
            begun = time.monotonic()
            writer.write(b"b")
            assert await asyncio.wait_for(reader.read(10), 5) == b"re:b"
            assert time.monotonic() - begun >= 0.2
            proxy.faults.delay_s, proxy.faults.drop_replies = 0.0, True
            writer.write(b"c")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(10), 0.3)
            assert HEARD[-1] == b"c", "applied, and nobody heard of it"
            proxy.cut()
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.readexactly(1), 5)
            proxy.faults.refuse = True
            with pytest.raises(ConnectionResetError):
                await _first_byte(proxy.port)
            await _closed(writer)
        server.close()
        await server.wait_closed()

    asyncio.run(scenario())
