"""Intrinsic functions resolve as CloudFormation resolves them."""

from typing import Any

import pytest

from local.model import LocalError
from local.templates.intrinsics import NO_VALUE, Resolver


class Fixed:
    """A scope of a few fixed names."""

    def ref(self, name: str) -> Any:
        return {"Stage": "local", "Ids": ["a", "b"], "AWS::NoValue": NO_VALUE}[name]

    def attribute(self, logical_id: str, name: str) -> Any:
        return f"{logical_id}-{name}"

    def condition(self, name: str) -> bool:
        return name == "Yes"

    def find(self, map_name: str, first: str, second: str) -> Any:
        return f"{map_name}/{first}/{second}"


CASES: list[tuple[Any, Any]] = [
    ({"Ref": "Stage"}, "local"),
    ({"Fn::Sub": "x-${Stage}-${Queue.Arn}-${!literal}"}, "x-local-Queue-Arn-${literal}"),
    ({"Fn::Sub": ["${own}/${Stage}", {"own": {"Ref": "Stage"}}]}, "local/local"),
    ({"Fn::GetAtt": "Queue.Arn"}, "Queue-Arn"),
    ({"Fn::GetAtt": ["Nested", "Outputs.Url"]}, "Nested-Outputs.Url"),
    ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-local"),
    ({"Fn::Join": [",", {"Ref": "Ids"}]}, "a,b"),
    ({"Fn::If": ["Yes", 1, 2]}, 1),
    ({"Fn::If": ["No", 1, {"Ref": "Stage"}]}, "local"),
    ({"a": 1, "b": {"Ref": "AWS::NoValue"}}, {"a": 1}),
    ([1, {"Fn::If": ["No", 2, {"Ref": "AWS::NoValue"}]}], [1]),
    ({"Fn::Equals": [{"Ref": "Stage"}, "local"]}, True),
    ({"Fn::Not": [{"Condition": "Yes"}]}, False),
    ({"Fn::And": [{"Condition": "Yes"}, {"Fn::Equals": [True, "true"]}]}, True),
    ({"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}, True),
    ({"Fn::Select": ["1", {"Fn::Split": [".", "a.b.c"]}]}, "b"),
    ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}, "Sizes/local/Memory"),
    ({"Fn::Base64": "hi"}, "aGk="),
    (
        {"Condition": {"StringEquals": {"a": {"Ref": "Stage"}}}},
        {"Condition": {"StringEquals": {"a": "local"}}},
    ),
]


@pytest.mark.parametrize(("value", "expected"), CASES)
def test_an_intrinsic_resolves(value: Any, expected: Any) -> None:
    assert Resolver(Fixed()).resolve(value) == expected


@pytest.mark.parametrize("name", ["Fn::ImportValue", "Fn::Cidr", "Fn::Transform"])
def test_an_intrinsic_that_cannot_be_resolved_here_is_named(name: str) -> None:
    with pytest.raises(LocalError, match=name):
        Resolver(Fixed()).resolve({"a": {name: "x"}})


def test_a_selection_outside_its_list_is_named() -> None:
    with pytest.raises(LocalError, match="Fn::Select 2 of a list of 2"):
        Resolver(Fixed()).resolve({"Fn::Select": [2, {"Ref": "Ids"}]})
