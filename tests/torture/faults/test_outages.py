"""The main job while parts of the platform are away: nothing committed is lost, nothing arrives twice.

TREUM_OUTAGE_S says for how many seconds a store stays away.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.job import Job
from demo.people import Client
from demo.report import Report
from demo.session import Addresses
from fixtures.platform import RunningPlatform, start_platform
from local.stores import ports

pytestmark = pytest.mark.platform
OUTAGE_S = float(os.environ.get("TREUM_OUTAGE_S", "20"))
_STILL = ["--no-tape"]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform of this module's own: what is broken here disturbs nobody."""
    state = tmp_path_factory.mktemp("faulty")
    for folder in (state, *state.parents[:2]):
        folder.chmod(0o711)  # PostgreSQL, started by root, runs as another user
    running = start_platform(state, [*_STILL, "--port", str(ports.free())])
    yield running
    running.stop()


def job_with(running: RunningPlatform, fault: Callable[[], None], *, seed: int) -> Report:
    at = Addresses(running.api, running.ws, running.controls)
    job = Job(at, wanted=4, seconds=90.0, speed=60.0, seed=seed, fault=fault, patience=120.0)
    return asyncio.run(job.run())


def assert_nothing_lost(report: Report) -> None:
    assert report.failures() == [], report.line()
    assert report.gap_frames == 0, "24 hours of history are kept: nothing has to be told as lost"


@pytest.mark.parametrize("store", ["kafka", "postgres", "redis"])
def test_a_store_goes_away_and_comes_back(faulty: RunningPlatform, store: str) -> None:
    def fault() -> None:
        Client(faulty.api).post(f"/_local/chaos/outage/{store}", {"seconds": OUTAGE_S})

    assert_nothing_lost(job_with(faulty, fault, seed=11))


def test_every_worker_of_the_signal_path_is_killed(faulty: RunningPlatform) -> None:
    def fault() -> None:
        client = Client(faulty.api)
        for name in client.get("/_local/status")["functions"]:
            client.post(f"/_local/chaos/kill/{name}", {})

    assert_nothing_lost(job_with(faulty, fault, seed=12))


def test_the_platform_is_killed_and_started_again(platform_folder: Path) -> None:
    options = ["--no-tape", "--port", str(ports.free())]
    running = start_platform(platform_folder, options)

    def fault() -> None:
        running.kill()
        again = start_platform(platform_folder, options)
        running.process = again.process
        Client(running.api).post("/_local/tape/play", {"speed": 60.0})

    try:
        assert_nothing_lost(job_with(running, fault, seed=13))
    finally:
        running.stop()
