"""Indicators against figures that others published, and against definitions worked out by hand.

``published_indicators.json`` names the source of each table. The first values of Wilder's averages depend on
how they are begun, on which authors differ, so of long tables only the last rows count.
"""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from signals.indicators import answer, question
from signals.strategies.window import Window

TABLES = json.loads((Path(__file__).parent / "published_indicators.json").read_text())


def computed(name: str, parameters: dict[str, str], **columns: list[float]) -> dict[str, list[Any]]:
    """Return all values of a function over ``columns``; a column not given repeats the close (or is 1)."""
    close = columns.get("close") or columns["high"]
    series = {one: columns.get(one, close) for one in ("open", "high", "low", "close")}
    series["volume"] = columns.get("volume", [1.0] * len(close))
    window = Window("TEST", **{one: np.array(values, dtype=np.float64) for one, values in series.items()})
    one = question(name, parameters)
    rows = len(close)
    begun = replace(one, blind=one.reach)  # published tables begin where the indicator begins
    return dict(answer(begun, window, rows).outputs)


@pytest.mark.parametrize("table", TABLES, ids=[f"{at}-{one['indicator']}" for at, one in enumerate(TABLES)])
def test_a_published_table_is_met(table: dict[str, Any]) -> None:
    found = computed(table["indicator"], table["parameters"], **table["inputs"])

    for output, expected in table["expected"].items():
        compared = [
            (value, known)
            for value, known in zip(found[output], expected, strict=True)
            if known is not None and value is not None
        ]
        assert len(compared) >= 2
        for value, known in compared:
            assert value == pytest.approx(known, abs=table["tolerance"]), table["source"]


def test_the_tables_are_more_than_a_dozen_indicators_each_with_its_source() -> None:
    assert len({one["indicator"] for one in TABLES}) >= 12
    assert all(one["source"] for one in TABLES)


CLOSE = [10.0, 11.0, 13.0, 12.0, 15.0, 14.0, 18.0, 17.0]


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("SMA", {"timeperiod": "3"}, [None, None, 34 / 3, 12.0, 40 / 3, 41 / 3, 47 / 3, 49 / 3]),
        ("WMA", {"timeperiod": "3"}, [None, None, 71 / 6, 73 / 6, 82 / 6, 84 / 6, 97 / 6, 101 / 6]),
        ("MOM", {"timeperiod": "2"}, [None, None, 3.0, 1.0, 2.0, 2.0, 3.0, 3.0]),
        ("ROCP", {"timeperiod": "2"}, [None, None, 0.3, 1 / 11, 2 / 13, 2 / 12, 3 / 15, 3 / 14]),
        ("MAX", {"timeperiod": "3"}, [None, None, 13.0, 13.0, 15.0, 15.0, 18.0, 18.0]),
        ("MIDPOINT", {"timeperiod": "3"}, [None, None, 11.5, 12.0, 13.5, 13.5, 16.0, 16.0]),
        ("LINEARREG_SLOPE", {"timeperiod": "3"}, [None, None, 1.5, 0.5, 1.0, 1.0, 1.5, 1.5]),
        ("VAR", {"timeperiod": "2"}, [None, 0.25, 1.0, 0.25, 2.25, 0.25, 4.0, 0.25]),
        ("MAXINDEX", {"timeperiod": "3"}, [None, None, 0, 1, 0, 1, 0, 1]),
        ("LN", {}, [math.log(one) for one in CLOSE]),
    ],
)
def test_a_definition_worked_out_by_hand_is_met(
    name: str, parameters: dict[str, str], expected: list[float | None]
) -> None:
    (found,) = computed(name, parameters, close=CLOSE).values()

    assert [one is None for one in found] == [one is None for one in expected]
    assert [one for one in found if one is not None] == pytest.approx(
        [one for one in expected if one is not None]
    )
