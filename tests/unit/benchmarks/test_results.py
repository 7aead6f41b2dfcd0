"""The bench report has the shape its schema promises, and a missed goal is said to be missed."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from benchmarks import __main__ as bench
from benchmarks import measure

BENCHMARKS = Path(measure.__file__).parent
SCHEMA = json.loads((BENCHMARKS / "results.schema.json").read_text())
GOALS = (
    ("authorizer, start-up", "<= 2.5"),
    ("authorizer, warm, a new token", "<= 1.5"),
    ("start-up realtime.socket", "<= 2.5"),
    ("start-up realtime.fanout", "<= 2.5"),
    ("start-up realtime.authorizer", "<= 2.5"),
    ("start-up realtime.api", "<= 6"),
    ("start-up users.api", "<= 6"),
    ("start-up signals.api", "<= 6"),
    ("validated POST, warm, with log line and metrics", "<= 0.6"),
    ("function round trip, kit.http doing nothing", "<= 1.5"),
    ("decode and validate 100 signals of an MSK batch", "<= 1.2"),
    ("decode and validate 100 signals of an MSK batch, envelope too", "<= 0.3"),
    ("order plus outbox, p50 at 1 ms a round trip", "<= 0.6"),
    ("fan-out posts over TLS", ">= 20"),
    ("events appended to the event store", ">= 0.8"),
    ("events projected into figures", ">= 0.1"),
    ("local platform, authorised GET", ">= 1"),
    ("local platform, ready on an empty folder", "<= 1"),
)
"""The speed goals that have a line in every report."""


def _latest() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(bench.LATEST.read_text())
    return found


def test_a_ratio_is_held_against_its_goal_in_both_directions() -> None:
    assert measure.result("a", 2.0, "ms", 1.0, "p", "<= 2.5").met
    assert not measure.result("a", 3.0, "ms", 1.0, "p", "<= 2.5").met
    assert measure.result("a", 20.0, "posts/s", 1.0, "p", ">= 20").met
    assert not measure.result("a", 19.0, "posts/s", 1.0, "p", ">= 20").met


def test_the_sides_run_in_turn_and_the_median_counts() -> None:
    order: list[str] = []
    values = iter([9.0, 1.0, 2.0, 3.0])

    def ours() -> float:
        order.append("ours")
        return next(values)

    def peer() -> float:
        order.append("peer")
        return 5.0

    assert measure.alternate(ours, peer, rounds=3) == [2.0, 5.0]
    assert order == ["ours", "peer"] * 4


def test_results_fit_the_schema_and_a_broken_one_does_not() -> None:
    good = measure.result("a", 2.0, "ms", 1.0, "p", "<= 2.5").as_json()
    jsonschema.validate([good], SCHEMA)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{**good, "goal": "fast"}], SCHEMA)


def test_the_committed_results_fit_the_schema_and_say_met_only_where_they_are() -> None:
    jsonschema.validate(_latest(), SCHEMA)
    for one in _latest():
        sign, bound = one["goal"].split()
        holds = one["ratio"] <= float(bound) if sign == "<=" else one["ratio"] >= float(bound)
        assert one["met"] == holds, one["name"]
        assert one["ratio"] == pytest.approx(one["ours"] / one["peer"], rel=0.01, abs=5e-4), one["name"]


@pytest.mark.parametrize(("name", "goal"), GOALS)
def test_every_goal_has_a_line(name: str, goal: str) -> None:
    assert [one["goal"] for one in _latest() if one["name"] == name] == [goal]


def test_what_cannot_be_measured_is_said_and_the_committed_results_stay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> list[measure.Result]:
        raise RuntimeError("no store here")

    broken = ModuleType("benchmarks.broken")
    vars(broken)["measure"] = fail
    monkeypatch.setitem(sys.modules, "benchmarks.broken", broken)
    before = bench.LATEST.read_bytes()

    assert bench.main(["broken"]) == 1
    assert "not measured: broken: RuntimeError: no store here" in capsys.readouterr().out
    assert bench.LATEST.read_bytes() == before
