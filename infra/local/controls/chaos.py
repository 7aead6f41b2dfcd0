"""Breaks things on purpose: workers, stores, the emulator, the wire to a store."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Protocol

from local.controls.faultproxy import FaultProxy
from local.controls.routes import AbsentError
from local.model import LocalError

_MAX_OUTAGE_S = 120.0


class Breakable(Protocol):
    """A store that can be stopped for a while, killed, frozen; ``local.stores.Store`` is one."""

    def outage(self, seconds: float) -> Any:
        """Stop it for ``seconds``, then start it again; blocks."""

    def crash(self) -> None:
        """Kill it as an accident would."""

    def freeze(self) -> None:
        """Stop answering without closing anything."""

    def thaw(self) -> None:
        """Answer again."""


class Killable(Protocol):
    """The functions, as far as chaos needs them."""

    def kill(self, function: str) -> int:
        """Kill the processes of ``function``; return how many."""


class Restartable(Protocol):
    """The AWS endpoint, as far as chaos needs it."""

    async def restart_emulator(self) -> None:
        """Kill the emulator and wait for its successor."""


class Chaos:
    """``stores`` by name; ``proxies`` are fault proxies by name where traffic goes through one."""

    def __init__(
        self,
        functions: Killable,
        aws: Restartable,
        stores: Mapping[str, Breakable],
        proxies: Mapping[str, FaultProxy],
    ) -> None:
        self._functions = functions
        self._aws = aws
        self._stores = stores
        self._proxies = proxies
        self._running: dict[str, asyncio.Task[None]] = {}

    async def kill(self, name: str, _query: Mapping[str, str], _body: Mapping[str, Any]) -> dict[str, Any]:
        """Kill the workers of function ``name`` at once."""
        return {"function": name, "killed": self._functions.kill(name)}

    async def outage(self, name: str, _query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """Stop store ``name`` for ``seconds``; answers at once. One outage a store at a time."""
        store, seconds = self._store(name), body.get("seconds", 20)
        if (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float)
            or not 0 < seconds <= _MAX_OUTAGE_S
        ):
            raise ValueError(f"seconds is above 0 and up to {_MAX_OUTAGE_S:.0f}")
        if name in self._running:
            raise ValueError(f"{name} is already stopped")
        task = asyncio.get_running_loop().create_task(self._stop_for(store, float(seconds)))
        self._running[name] = task
        task.add_done_callback(lambda _: self._running.pop(name, None))
        return {"store": name, "stopped_for_s": seconds}

    async def crash(self, name: str, _query: Mapping[str, str], _body: Mapping[str, Any]) -> dict[str, Any]:
        """SIGKILL store ``name``; the supervisor starts it again."""
        await asyncio.to_thread(self._store(name).crash)
        return {"store": name, "killed": True}

    async def freeze(self, name: str, _query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """SIGSTOP store ``name``, or SIGCONT with ``{"thaw": true}``."""
        store = self._store(name)
        await asyncio.to_thread(store.thaw if body.get("thaw") else store.freeze)
        return {"store": name, "frozen": not body.get("thaw")}

    async def emulator(
        self, _name: str, _query: Mapping[str, str], _body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Kill the AWS emulator; answers when its successor has what is kept."""
        await self._aws.restart_emulator()
        return {"restarted": True}

    async def wire(self, name: str, _query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """Set the faults on the way to store ``name``: delay_s, drop_replies, drop_requests, refuse, cut."""
        proxy = self._proxies.get(name)
        if proxy is None:
            have = ", ".join(self._proxies) or "none"
            raise AbsentError(f"No fault proxy stands before {name} (there: {have})")
        delay = body.get("delay_s", 0)
        if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= _MAX_OUTAGE_S:
            raise ValueError(f"delay_s is 0 to {_MAX_OUTAGE_S:.0f}")
        faults = proxy.faults
        faults.delay_s = float(delay)
        faults.drop_replies = bool(body.get("drop_replies"))
        faults.drop_requests = bool(body.get("drop_requests"))
        faults.refuse = bool(body.get("refuse"))
        if body.get("cut"):
            proxy.cut()
        return {"store": name, "delay_s": delay, "drop_replies": faults.drop_replies, "refuse": faults.refuse}

    def state(self) -> dict[str, Any]:
        """Return what is broken now."""
        return {"stopped": sorted(self._running), "wires": sorted(self._proxies)}

    async def settle(self) -> None:
        """Wait until every outage is over: a store must not be started after the platform has ended."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _store(self, name: str) -> Breakable:
        store = self._stores.get(name)
        if store is None:
            raise AbsentError(f"There is no store {name!r} (there: {', '.join(self._stores)})")
        return store

    @staticmethod
    async def _stop_for(store: Breakable, seconds: float) -> None:
        with contextlib.suppress(
            LocalError
        ):  # it did not start at once: whoever watches tries again, and says so
            await asyncio.to_thread(store.outage, seconds)
