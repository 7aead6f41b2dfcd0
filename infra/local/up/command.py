"""The life of ``up``: claim the folder, start stores and platform, tell where it serves, end in order."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from local.gateway.server import bind
from local.platform import Options
from local.stores import ports
from local.up import compose
from local.up.checkout import State
from local.up.fleet import Fleet
from local.up.screen import Screen

_REFRESH_S = 0.5

T = TypeVar("T")


class InterruptedStartError(Exception):
    """Somebody asked us to end before we were ready."""


@dataclass(frozen=True, slots=True)
class UpOptions:
    """``port`` 0 takes a free one; ``speed`` (candles a second) 0 leaves the tape paused.

    ``ready_file`` gets a copy of ``run.json`` when everything serves.
    """

    root: Path
    state: Path
    port: int = 8080
    ready_file: Path | None = None
    template: Path | None = None
    watch: bool = True
    speed: float = 8.0


def run(options: UpOptions, screen: Screen) -> None:
    """Run until SIGINT or SIGTERM. Raises :class:`LocalError` with one line for a person."""
    state = State(options.state)
    with state.claimed() as killed:
        options = replace(options, port=options.port or ports.free())
        uvloop.run(_serve(options, state, screen, killed))


async def _serve(options: UpOptions, state: State, screen: Screen, killed: str) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(screen.close)
        fleet = Fleet(state.folder / "stores", screen.say)
        stack.push_async_callback(fleet.stop)
        with contextlib.suppress(InterruptedStartError):
            with contextlib.closing(bind(options.port)):  # held meanwhile: a store might choose it for itself
                await _or_end(asyncio.to_thread(fleet.prepare), ended)
                started = time.monotonic()
                await _or_end(fleet.start(), ended)
            platform = compose.platform(fleet, _options(options), screen.say, speed=options.speed)
            stack.push_async_callback(platform.stop)
            stack.callback(fleet.hurry)
            if killed:
                platform.record(
                    f"the run before (process {killed}) was killed: it goes on with what was stored"
                )
            await _or_end(platform.start(compose.bootstrap), ended)
            _announce(compose.run_file(platform, fleet), options, state, screen, time.monotonic() - started)
            await _show_until(ended, platform, screen)
        screen.close()
        screen.say("stopping")
    screen.say("stopped: nothing is left running")


async def _or_end(work: Awaitable[T], ended: asyncio.Event) -> T:
    """Return what ``work`` returns; when the end comes first, cancel it and raise."""
    doing = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(ended.wait())
    await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if doing.done():
        return doing.result()
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)
    raise InterruptedStartError


def _options(options: UpOptions) -> Options:
    return Options(
        root=options.root,
        state=options.state,
        template=options.template or options.root / "template.yaml",
        port=options.port,
        watch=options.watch,
    )


def _announce(
    content: dict[str, Any], options: UpOptions, state: State, screen: Screen, took_s: float
) -> None:
    state.announce(content)
    if options.ready_file is not None:
        partial = options.ready_file.with_suffix(".partial")
        partial.write_text(state.run_file.read_text())
        partial.rename(options.ready_file)
    for name, address in (("api", "api"), ("docs", "docs"), ("console", "console"), ("sockets", "ws")):
        screen.say(f"  {name:8} {content[address]}")
    screen.say(f"ready after {took_s:.1f} s: {content['api']}")


async def _show_until(ended: asyncio.Event, platform: compose.Observed, screen: Screen) -> None:
    while not ended.is_set():
        screen.show(platform.status())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _REFRESH_S)
