"""The KYC provider's emulator for tests, on a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kyc.adapters.providers_http import HttpProvider
from local.kyc_emulator.server import KycServer


@dataclass
class Provider:
    """A running emulator; ``timeout_s`` is how long our client waits for it."""

    server: KycServer
    timeout_s: float

    def client(self, api_key: str | None = None) -> HttpProvider:
        """Return our client of it, with another key where one is given."""
        return HttpProvider(
            self.server.url, lambda: api_key or self.server.state.api_key, timeout_s=self.timeout_s
        )


@contextmanager
def provider(folder: Path, slow_s: float = 0.6, timeout_s: float = 0.3) -> Iterator[Provider]:
    """Run one that is slower than our patience where it is slow."""
    loop = asyncio.new_event_loop()
    server = KycServer(folder, slow_s)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield Provider(server, timeout_s)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
