"""The state machine and the code agree: every task exists, and is tried again."""

from pathlib import Path
from typing import Any

import yaml

from signals.research_tasks import tasks

MACHINE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[4] / "statemachines/backtest.asl.yaml").read_text()
)


def test_every_task_of_the_machine_exists_and_is_tried_again() -> None:
    inner = MACHINE["States"]["Slices"]["ItemProcessor"]["States"]
    calls = [one for one in [*MACHINE["States"].values(), *inner.values()] if one["Type"] == "Task"]
    assert {one["Parameters"]["Payload"]["task"] for one in calls} | {"resume"} == tasks.names
    assert all("Retryable" in one["Retry"][0]["ErrorEquals"] for one in calls)
