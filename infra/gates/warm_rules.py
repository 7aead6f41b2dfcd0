"""Holds templates to what must never start cold: the way from the gateway to an open socket (ADR 34)."""

from collections.abc import Iterator, Mapping
from typing import Any

from gates.template_tree import Tree, short

PAID_PATH: Mapping[str, int] = {
    "payments-api": 1,
    "payments-relay": 2,  # of a relay one sweeps
    "payments-worker": 1,
    "users-entitlements": 1,
    "users-relay": 2,
    "realtime-entitlements": 1,
    "realtime-fanout": 1,
}
"""Functions, and how many environments of each are warm at every hour."""
_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def problems(tree: Tree) -> Iterator[str]:
    """Yield a line for each function of :data:`PAID_PATH` that has fewer at some hour."""
    warm = {
        short(str(one.properties["ResourceId"]).removeprefix("function:")): _least(one.properties)
        for one in tree.of(_TARGET)
    }
    for function, wanted in PAID_PATH.items():
        if (least := warm.get(function, 0)) < wanted:
            yield f"{function}: {least} environments are warm at every hour, {wanted} must be"


def _least(target: Mapping[str, Any]) -> int:
    actions = [action["ScalableTargetAction"] for action in target["ScheduledActions"]]
    return min(int(one["MinCapacity"]) for one in (target, *actions))
