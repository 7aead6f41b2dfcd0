"""The state machine and the code agree: tasks, verdicts, retries, and no wait longer than a minute."""

import re
from pathlib import Path
from typing import Any, get_args

import yaml

from kit.errors import Retryable
from signals.errors import SignalChanged
from signals.service.publication import Verdict
from signals.tasks import tasks

FILE = Path(__file__).resolve().parents[3] / "statemachines" / "signal-publication.asl.yaml"
MACHINE: dict[str, Any] = yaml.safe_load(FILE.read_text())
STATES: dict[str, Any] = MACHINE["States"]


def test_every_task_of_the_machine_exists_and_every_task_is_used() -> None:
    named = {state["Parameters"]["Payload"]["task"] for state in STATES.values() if "Parameters" in state}

    assert named == tasks.names


def test_every_state_is_reached_and_every_next_exists() -> None:
    targets = set(re.findall(r"(?:Next|Default|StartAt): (\w+)", FILE.read_text()))

    assert targets == set(STATES)


def test_the_verdicts_the_machine_branches_on_are_those_the_tasks_give() -> None:
    branched = {choice["StringEquals"] for state in STATES.values() for choice in state.get("Choices", [])}

    assert branched <= set(get_args(Verdict))


def test_every_task_is_tried_again_when_a_dependency_is_away() -> None:
    assert issubclass(SignalChanged, Retryable)
    for name, state in STATES.items():
        if state["Type"] == "Task":
            retried = [error for rule in state["Retry"] for error in rule["ErrorEquals"]]
            assert "Retryable" in retried, name


def test_a_person_is_waited_for_a_minute_at_most() -> None:
    asking = [state for state in STATES.values() if "waitForTaskToken" in state.get("Resource", "")]

    assert [state["TimeoutSeconds"] for state in asking] == [60]
    assert asking[0]["Catch"][0]["ErrorEquals"] == ["States.Timeout"]
