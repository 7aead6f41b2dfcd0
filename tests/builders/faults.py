"""Faults for the main job: a store away, workers killed, poison on the path, the platform killed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from confluent_kafka import Producer

from demo.job import Job
from demo.people import Client
from demo.report import Report
from demo.session import Addresses
from fixtures.platform import RunningPlatform, start_platform
from local.stores.base import until

STORES = ("kafka", "postgres", "redis")
# What a source's filter would drop unread, as AWS does, proves nothing: on ``trading-signals`` the type fits.
POISON = (
    ("market-data", b'{"specversion": "1.0", "type": "no.such'),
    ("trading-signals", b'{"specversion": "1.0", "type": "signal.drafted"}'),
    ("trading-signals", b'{"specversion": "1.0", "type": "signal.published"}'),
)
_PATIENCE_S = 120.0
_RECOVERY_S = 200  # beyond the time that an unfinished publication is left alone


@dataclass(slots=True)
class Faults:
    """Breaks ``running`` on purpose; ``options`` are those it was started with.

    ``seen`` is the status just before the platform was killed.
    """

    running: RunningPlatform
    options: Sequence[str]
    outage_s: float
    speed: float = 60.0
    seen: dict[str, Any] = field(default_factory=dict)

    def away(self, store: str) -> Callable[[], None]:
        """Return the fault that stops ``store`` and waits until it is back."""
        return partial(self._away, store)

    def workers(self) -> None:
        """SIGKILL to every process of every function."""
        client = Client(self.running.api)
        for name in self.status()["functions"]:
            client.post(f"/_local/chaos/kill/{name}", {})

    def poison(self) -> None:
        """Put a record that nobody can read in the middle of each topic of the signal path."""
        producer = Producer({"bootstrap.servers": self.running.stores["kafka"], "acks": "all"})
        for topic, garbage in POISON:
            producer.produce(topic, garbage, b"a-key-of-its-own")
        assert producer.flush(10) == 0
        assert until(self._set_aside, _PATIENCE_S), self.status()["dead_letters"]

    def platform(self) -> None:
        """SIGKILL to the platform, then start it again; its clock goes on past the workflows' patience."""
        assert until(lambda: not self._troubled(), _PATIENCE_S), self._troubled()
        self.seen = self.status()
        self.running.kill()
        again = start_platform(self.running.state, self.options)
        assert again.stores == self.running.stores
        self.running.process = again.process
        client = Client(self.running.api)
        client.post("/_local/clock", {"advance_s": _RECOVERY_S})

    def status(self) -> dict[str, Any]:
        """Return what ``/_local/status`` tells."""
        found: dict[str, Any] = Client(self.running.api).get("/_local/status")
        return found

    def store(self, name: str) -> dict[str, Any]:
        """Return the status of one store."""
        return next(row for row in self.status()["stores"] if row["name"] == name)

    def _troubled(self) -> list[str]:
        """Return what keeps a source from reading or delivering at this moment."""
        return [one["last_error"] for one in self.status()["sources"]["kafka"].values() if one["last_error"]]

    def _set_aside(self) -> bool:
        words = " ".join(self.status()["dead_letters"]["latest"])
        return all(f"{topic}-" in words for topic, _ in POISON)

    def _away(self, store: str) -> None:
        Client(self.running.api).post(f"/_local/chaos/outage/{store}", {"seconds": self.outage_s})
        assert until(partial(self._is_back, store), self.outage_s + _PATIENCE_S), self.store(store)

    def _is_back(self, store: str) -> bool:
        """Whether no outage of ``store`` goes on, and its end was seen."""
        status, row = self.status(), self.store(store)
        return store not in status["chaos"]["stopped"] and "for" in row["history"].split()


def drive(faults: Faults, broken: Sequence[Callable[[], None]], *, wanted: int, seed: int) -> Report:
    """Run the main job until ``wanted`` signals are published, ``broken`` in its middle; judge it."""
    running = faults.running
    at = Addresses(running.api, running.ws, running.controls)
    job = Job(at, wanted, 120.0, faults.speed, seed, faults=broken, patience=_PATIENCE_S)
    report = asyncio.run(job.run())
    assert report.failures() == [], report
    assert report.gap_frames == 0, "24 hours of history are kept: nothing has to be told as lost"
    return report
