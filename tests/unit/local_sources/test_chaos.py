"""Chaos, the tape and the fault proxy: they do what they are told, within bounds."""

import asyncio
import contextlib
import time
from typing import Any

import pytest

from local.controls.chaos import Chaos
from local.controls.faultproxy import FaultProxy
from local.controls.tape import TapeControl
from local.model import LocalError
from local.up.tape import Tape


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


def test_a_step_before_the_platform_is_there_is_refused_in_words() -> None:
    control = TapeControl(Tape(playing=False, speed=1.0))
    with pytest.raises(LocalError, match="the platform is starting"):
        asyncio.run(control.drive("step", {}, {"count": 3}))


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
