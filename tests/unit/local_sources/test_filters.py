"""Event filter patterns: each operator accepts what it should and nothing else."""

import json
from typing import Any

import pytest

from local.sources.kafka.filters import accepts
from local.sources.kafka.records import Record


def _record(value: Any) -> Record:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Record("t", 0, 0, 0, "CREATE_TIME", None, raw)


@pytest.mark.parametrize(
    ("rule", "hit", "miss"),
    [
        (["a", "b"], "a", "c"),
        ([1], 1, "1"),
        ([None], None, 0),
        ([{"prefix": "si"}], "signal", "design"),
        ([{"suffix": "al"}], "signal", "all"),
        ([{"equals-ignore-case": "BUY"}], "buy", "sell"),
        ([{"wildcard": "s*l"}], "signal", "signals"),
        ([{"anything-but": ["a"]}], "b", "a"),
        ([{"anything-but": {"prefix": "x"}}], "y", "xy"),
        ([{"numeric": [">", 1, "<=", 5]}], 5, 1),
        ([{"exists": True}], 0, {}),
    ],
)
def test_a_rule_takes_its_value_and_refuses_another(rule: list[Any], hit: Any, miss: Any) -> None:
    pattern = ({"value": {"x": rule}},)
    assert accepts(pattern, _record({"x": hit}))
    assert not accepts(pattern, _record({"x": miss}))


def test_absence_is_asked_for_by_exists_false() -> None:
    assert accepts(({"value": {"x": [{"exists": False}]}},), _record({}))
    assert not accepts(({"value": {"x": [{"exists": False}]}},), _record({"x": 1}))


def test_members_are_anded_patterns_and_or_are_alternatives() -> None:
    both = {"value": {"a": [1], "b": {"c": [2]}}}
    assert accepts((both,), _record({"a": 1, "b": {"c": 2}}))
    assert not accepts((both,), _record({"a": 1, "b": {"c": 3}}))
    assert accepts((both, {"value": {"a": [9]}}), _record({"a": 9}))
    either = {"value": {"$or": [{"a": [1]}, {"b": [1]}]}}
    assert accepts((either,), _record({"b": 1}))
    assert not accepts((either,), _record({"b": 2}))


def test_a_pattern_as_templates_write_it_and_an_array_in_the_value() -> None:
    assert accepts(({"Pattern": '{"value": {"tags": ["live"]}}'},), _record({"tags": ["new", "live"]}))


def test_without_filters_everything_passes_and_with_one_only_json_does() -> None:
    assert accepts((), _record(b"\xff"))
    assert not accepts(({"value": {"x": [1]}},), _record(b"\xff"))
