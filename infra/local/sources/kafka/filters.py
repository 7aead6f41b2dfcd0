"""Event filter patterns over a record's JSON value.

Source: AWS Lambda Developer Guide, "Control which events Lambda sends to your function" (rule syntax) and
"Event filtering with Amazon MSK": the pattern's ``value`` member is matched against the decoded value; a
value that is not JSON is dropped by such a pattern.
"""

import fnmatch
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.sources.kafka.records import Record

_ABSENT = object()
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def accepts(filters: Sequence[Mapping[str, Any]], record: Record) -> bool:
    """Return whether any of ``filters`` (patterns, or ``{"Pattern": "<JSON>"}``) lets ``record`` through."""
    if not filters:
        return True
    try:
        value = json.loads(record.value or b"null")
    except ValueError:
        value = _ABSENT
    return any(_pattern(each, {"value": value}) for each in map(_parsed, filters))


def _parsed(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    text = declared.get("Pattern")
    parsed: Mapping[str, Any] = json.loads(text) if isinstance(text, str) else declared
    return parsed


def _pattern(pattern: Mapping[str, Any], event: Any) -> bool:
    return all(_member(name, rule, event) for name, rule in pattern.items())


def _member(name: str, rule: Any, event: Any) -> bool:
    if name == "$or":
        return any(_pattern(each, event) for each in rule)
    found = event.get(name, _ABSENT) if isinstance(event, dict) else _ABSENT
    if isinstance(rule, dict):
        return _pattern(rule, found)
    return any(_rule(each, found) for each in rule)


def _rule(rule: Any, found: Any) -> bool:
    if isinstance(rule, dict):
        return all(_OPERATORS[name](argument, found) for name, argument in rule.items())
    if isinstance(found, list):  # an array matches when one of its elements does
        return any(_equal(rule, each) for each in found)
    return _equal(rule, found)


def _equal(rule: Any, found: Any) -> bool:
    return type(rule) is type(found) and bool(rule == found)


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def check(argument: Any, found: Any) -> bool:
        return isinstance(found, str) and test(found, str(argument))

    return check


def _exists(argument: Any, found: Any) -> bool:
    # an object is no leaf: AWS knows existence of leaves only
    return (found is not _ABSENT and not isinstance(found, dict)) is bool(argument)


def _anything_but(argument: Any, found: Any) -> bool:
    if found is _ABSENT:
        return False
    if isinstance(argument, dict):
        return not _rule(argument, found)
    refused = argument if isinstance(argument, list) else [argument]
    return not any(_equal(each, found) for each in refused)


def _numeric(argument: Any, found: Any) -> bool:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_COMPARISONS[operator](found, limit) for operator, limit in pairs)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": _text(str.startswith),
    "suffix": _text(str.endswith),
    "equals-ignore-case": _text(lambda found, wanted: found.lower() == wanted.lower()),
    "wildcard": _text(lambda found, wanted: fnmatch.fnmatchcase(found, wanted.replace("[", "[[]"))),
    "exists": _exists,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
