"""The bench report has the shape its schema promises, and a missed goal is said to be missed."""

import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import measure

BENCHMARKS = Path(measure.__file__).parent
SCHEMA = json.loads((BENCHMARKS / "results.schema.json").read_text())


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
