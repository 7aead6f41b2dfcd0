"""Webhooks: events signed and posted, tried again with back-off, doubled and shuffled on demand."""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.stripe.records import MOST, Delivery
from local.stripe.world import World

_LOOK_EVERY_S = 0.5
_MANY = 8
_LAST_ATTEMPT = 15
_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 12 * 3600.0
_PATIENCE_S = 30.0
_ACCEPTED = range(200, 300)

Post = Callable[[bytes, dict[str, str]], Awaitable[int]]
"""Posts a body with headers; returns the status, raises ``OSError`` when nobody answered."""


@dataclass(frozen=True, slots=True)
class Manner:
    """``copies`` of each event are sent; ``shuffled``: in any order; ``paused``: nothing is sent."""

    copies: int = 1
    shuffled: bool = False
    paused: bool = False


def sign(payload: bytes, secret: str, at: int) -> str:
    """Return the hexadecimal v1 signature: HMAC-SHA256 of ``<at>.<payload>``."""
    return hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()


def signature_header(payload: bytes, secrets: Sequence[str], at: int) -> str:
    """Return the ``Stripe-Signature`` header, one v1 a secret (two while a secret is being rotated)."""
    return ",".join([f"t={at}", *(f"v1={sign(payload, secret, at)}" for secret in secrets)])


class Deliveries:
    """Sends what :meth:`World.emit` put on its way. ``post`` is the endpoint; ``secrets`` sign."""

    def __init__(self, world: World, secrets: Sequence[str], post: Post, tick: Callable[[], None]) -> None:
        self.manner = Manner()
        self.secrets = tuple(secrets)
        self._world = world
        self._post = post
        self._tick = tick
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop; what was not delivered goes out after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def change(self, wish: dict[str, Any]) -> Manner:
        """Change the manner; raises ``ValueError``."""
        copies = int(wish.get("copies", self.manner.copies))
        if not 1 <= copies <= 10:  # noqa: PLR2004 - enough to prove anything
            raise ValueError("copies is a number from 1 to 10")
        flags = {name: bool(wish[name]) for name in ("shuffled", "paused") if name in wish}
        self.manner = replace(self.manner, copies=copies, **flags)
        self.wake()
        return self.manner

    async def _run(self) -> None:
        while True:
            self._tick()
            if not self.manner.paused and await self.flush(due_only=True) >= MOST:
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY_S)
            except TimeoutError:
                continue
            self._wake.clear()

    async def flush(self, *, due_only: bool = False) -> int:
        """Send what waits (only what is due with ``due_only``); return how many were tried."""
        async with self._turn:
            waiting = list(self._world.records.waiting(self._world.now() if due_only else None))
            if self.manner.shuffled:
                random.shuffle(waiting)
            gate = asyncio.Semaphore(_MANY if self.manner.shuffled else 1)
            await asyncio.gather(*(self._send(each, gate) for each in waiting))
            return len(waiting)

    async def _send(self, delivery: Delivery, gate: asyncio.Semaphore) -> None:
        event = self._world.records.get(delivery.event)
        payload = json.dumps(event).encode()
        async with gate:
            answers = [await self._try(payload) for _ in range(self.manner.copies)]
        records = self._world.records
        with records.change():
            if all(answers):
                records.end(delivery.id, "delivered")
            elif delivery.attempt >= _LAST_ATTEMPT:
                records.end(delivery.id, "given up")
            else:
                records.end(delivery.id, "retried")
                wait = min(_FIRST_WAIT_S * 2**delivery.attempt, _LONGEST_WAIT_S)
                records.deliver(delivery.event, self._world.now() + wait, delivery.attempt + 1)

    async def _try(self, payload: bytes) -> bool:
        header = signature_header(payload, self.secrets, int(self._world.now()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}
        try:
            return await asyncio.wait_for(self._post(payload, headers), _PATIENCE_S) in _ACCEPTED
        except (OSError, TimeoutError, ValueError):
            return False


def poster(port: Callable[[], int], path: str) -> Post:
    """Return what posts to ``path`` on this machine's ``port``."""

    async def post(body: bytes, headers: dict[str, str]) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port())
        try:
            lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port()}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            lines += [f"Content-Length: {len(body)}", "User-Agent: Stripe/1.0 (stand-in)", "", ""]
            writer.write("\r\n".join(lines).encode() + body)
            await writer.drain()
            status = await reader.readline()
            await reader.read()
            return int(status.split()[1])
        except IndexError as error:
            raise ConnectionResetError("no answer") from error
        finally:
            writer.close()

    return post
