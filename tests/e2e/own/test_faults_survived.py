"""The main job survives, in one go: each store away, workers killed, poison, the platform killed.

The full tier, with outages of 20 s and one fault at a time, is ``tests/torture/faults``.
"""

from typing import Any

import pytest

from builders.faults import POISON, STORES, Faults, drive

pytestmark = pytest.mark.platform


def test_the_main_job_survives_one_fault_after_another_and_the_status_tells_them(faults: Faults) -> None:
    broken = [*(faults.away(store) for store in STORES), faults.poison, faults.workers, faults.platform]

    assert len(faults.running.family()) >= 5  # stores, emulators, functions: none may outlive it

    drive(faults, broken, wanted=6, seed=11)

    _assert_told(faults.seen)
    assert any("was killed" in line for line in faults.status()["events"])


def _assert_told(status: dict[str, Any]) -> None:
    for store in status["stores"]:
        if store["name"] in STORES:
            assert "stopped on purpose" in store["history"], store
    assert any("processes killed on purpose" in line for line in status["events"])
    assert status["dead_letters"]["open"] >= len(POISON)
    assert any("the record is not an event" in line for line in status["dead_letters"]["latest"])
    assert any("Connection refused" in one["history"] for one in status["sources"]["kafka"].values())
