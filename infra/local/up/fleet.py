"""The stores of one platform as one part: started side by side, watched, started again after a crash."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.model import LocalError
from local.oidc_emulator import packages
from local.oidc_emulator.server import OidcServer
from local.oidc_emulator.server import available as oidc_available
from local.stores import Influx, Kafka, Postgres, Store, Valkey, java
from local.stores.influx import available
from local.up.watch import Say, Watch


class Fleet:
    """All stores under ``folder``; ``influx`` is None without a server: PostgreSQL keeps candles then.

    ``oidc`` is None without Node or its packages: nobody signs in by a provider then.
    """

    def __init__(self, folder: Path, say: Say) -> None:
        self.postgres = Postgres.configured(folder / "postgres")
        self.redis = Valkey.configured(folder / "redis")
        self.kafka = Kafka.configured(folder / "kafka")
        self.kafka.say = say
        self.influx = Influx.configured(folder / "influx") if available() else None
        self.oidc = OidcServer.configured(folder / "oidc") if oidc_available() else None
        self._say = say
        self._watch = Watch(self.stores.values(), say)

    @property
    def stores(self) -> dict[str, Store]:
        """The stores by name."""
        found = (self.postgres, self.redis, self.kafka, self.influx, self.oidc)
        return {store.name: store for store in found if store is not None}

    def prepare(self) -> None:
        """Fetch and make what this machine lacks, once in its life; blocks, and says what it does."""
        if not self.kafka.external:
            java.prepare(self.kafka.say)
        if self.oidc is not None and not self.oidc.external:
            self._prepare_oidc()

    def _prepare_oidc(self) -> None:
        try:
            packages.modules()
        except LocalError as error:
            self._say(f"{error}: nobody signs in by a provider in this run")
            self.oidc = None
            self._watch = Watch(self.stores.values(), self._say)

    async def start(self) -> None:
        """Start all; raises the first :class:`LocalError` once all have ended their attempt."""
        outcomes = await self._each(_start)
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failed:
            raise failed[0]

    async def stop(self) -> None:
        """Stop all that run."""
        await self._watch.stop()
        await self._each(_stop)

    def watch(self, say: Say) -> None:
        """From now on start a store again when it crashes, and ``say`` so."""
        self._watch.say = say
        self._watch.start()

    def hurry(self) -> None:
        """End every outage now, so that nobody waits for its end."""
        for store in self.stores.values():
            store.hurry()

    def status(self) -> Mapping[str, Any]:
        """``{"stores": [{name, label, version, pid, running, wanted, history}, …]}``.

        ``history`` tells in words when it was away; URLs hold passwords, so none.
        """
        rows = []
        for store in self.stores.values():
            address = store.address
            rows.append(
                {
                    "name": store.name,
                    "label": store.label,
                    "version": address.version,
                    "pid": address.pid,
                    "running": store.running,
                    "wanted": store.wanted or store.external,
                    "history": self._watch.history(store.name),
                },
            )
        return {"stores": rows}

    async def _each(self, act: Callable[[Store], None]) -> list[BaseException | None]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(len(self.stores), thread_name_prefix="stores") as pool:
            jobs = [loop.run_in_executor(pool, act, store) for store in self.stores.values()]
            return await asyncio.gather(*jobs, return_exceptions=True)


def _start(store: Store) -> None:
    store.start()


def _stop(store: Store) -> None:
    if store.running and not store.external:
        store.stop()
