"""The main job while parts of the platform are away: nothing committed is lost, nothing arrives twice.

TREUM_OUTAGE_S says for how many seconds a store stays away.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.faults import STORES, Faults, drive
from fixtures.platform import start_platform
from local.stores import ports

pytestmark = pytest.mark.platform
OUTAGE_S = float(os.environ.get("TREUM_OUTAGE_S", "20"))


@pytest.fixture
def faults(platform_folder: Path) -> Iterator[Faults]:
    """A platform of this test's own: what is broken here disturbs nobody."""
    options = ["--no-tape", "--port", str(ports.free())]
    running = start_platform(platform_folder, options)
    yield Faults(running, options, OUTAGE_S)
    running.stop()


@pytest.mark.parametrize("store", STORES)
def test_a_store_goes_away_and_comes_back(faults: Faults, store: str) -> None:
    drive(faults, [faults.away(store)], wanted=4, seed=11)


def test_every_worker_of_every_function_is_killed(faults: Faults) -> None:
    drive(faults, [faults.workers] * 3, wanted=4, seed=12)


def test_the_platform_is_killed_and_started_again(faults: Faults) -> None:
    drive(faults, [faults.platform], wanted=4, seed=13)
