"""Rules for state machines, which no linter looks into: targets and tasks exist, all states are reached."""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gates.tables import ROOT, domain_templates
from kit.task import Tasks
from local.templates.load import load_yaml

_LOST = {"Retryable", "Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"}


def problems(folder: Path = ROOT / "statemachines") -> list[str]:
    """Return one line for each defect of the machines in ``folder``."""
    return [f"{path.name}: {line}" for path in sorted(folder.glob("*.asl.yaml")) for line in _machine(path)]


def _machine(path: Path) -> Iterator[str]:
    machine = load_yaml(path, "state machine")
    yield from graph(machine)
    domain = tasks_of(path)
    names = set(_tasks(machine))
    if domain is not None:
        yield from (f"the task {name} is not in {path.stem}'s domain" for name in sorted(names - domain))


def tasks_of(path: Path) -> frozenset[str] | None:
    """Return the tasks of the domain whose template uses the machine at ``path``; None when nobody does."""
    for template in domain_templates():
        if path.name in template.read_text():
            folder = ROOT / "functions" / template.relative_to(ROOT / "functions").parts[0]
            modules = [f"{folder.name}.{one.stem}" for one in sorted(folder.glob("*tasks.py"))]
            known = [vars(importlib.import_module(name)).values() for name in modules]
            return frozenset().union(*(one.names for part in known for one in part if isinstance(one, Tasks)))
    return None


def graph(machine: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """Yield the defects of a machine, or of a branch of one."""
    states: Mapping[str, Any] = machine["States"]
    targets = {name: list(_targets(state)) for name, state in states.items()}
    targets[""] = [machine["StartAt"]]
    for name, wanted in targets.items():
        yield from (
            f"{where}{name or 'StartAt'} goes to {to}, which is no state" for to in wanted if to not in states
        )
    reached: set[str] = set()
    todo = [machine["StartAt"]]
    while todo:
        name = todo.pop()
        if name in states and name not in reached:
            reached.add(name)
            todo += targets[name]
    yield from (f"{where}{name} is never reached" for name in states if name not in reached)
    for name, state in states.items():
        if not targets[name] and not _ends(state):
            yield f"{where}{name} neither ends nor goes on"
        yield from (f"{where}{name} does not retry {lost}" for lost in sorted(_unretried(state)))
        for branch in [*state.get("Branches", []), *_inner(state)]:
            yield from graph(branch, f"{where}{name}/")


def _unretried(state: Mapping[str, Any]) -> set[str]:
    """Return the names of a lost worker that the retries of a task leave out: its work was only begun."""
    named = {error for retry in state.get("Retry", []) for error in retry["ErrorEquals"]}
    return _LOST - named if state["Type"] == "Task" else set()


def _inner(state: Mapping[str, Any]) -> list[Any]:
    return [state[key] for key in ("ItemProcessor", "Iterator") if key in state]


def _ends(state: Mapping[str, Any]) -> bool:
    return bool(state.get("End")) or state["Type"] in {"Succeed", "Fail"}


def _targets(state: Mapping[str, Any]) -> Iterator[str]:
    for key in ("Next", "Default"):
        if key in state:
            yield state[key]
    for choice in (*state.get("Choices", []), *state.get("Catch", [])):
        yield choice["Next"]


def _tasks(machine: Any) -> Iterator[str]:
    if isinstance(machine, Mapping):
        payload = machine.get("Payload")
        if isinstance(payload, Mapping) and isinstance(payload.get("task"), str):
            yield payload["task"]
        for value in machine.values():
            yield from _tasks(value)
    elif isinstance(machine, list):
        for value in machine:
            yield from _tasks(value)
