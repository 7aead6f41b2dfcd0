"""Judges recorded calls by the policies of the template: what AWS would have denied.

Source: IAM User Guide, "Policy evaluation logic" for identity-based policies: an explicit Deny wins, else an
Allow is needed. Conditions are not evaluated: a statement with one counts as if its condition held, and the
decision says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from local.aws.actions import UNKNOWN
from local.aws.calls import Call
from local.model import FunctionSpec


@dataclass(frozen=True, slots=True)
class Denied:
    """A call that the role's policies do not allow."""

    call: Call
    reason: str


def denied(calls: Iterable[Call], functions: Mapping[str, FunctionSpec]) -> list[Denied]:
    """Return the calls made by ``functions`` (by name) that their own policies would deny, each once.

    Calls of roles that are no function of the template (the platform itself, tests) are not judged.
    """
    by_name = {spec.name: spec for spec in functions.values()}
    found = {}
    for call in calls:
        spec = by_name.get(call.role)
        if spec is not None and call not in found:
            reason = refusal(spec.role_policies, call.action, call.resource)
            if reason:
                found[call] = Denied(call, reason)
    return list(found.values())


def refusal(policies: Iterable[Mapping[str, Any]], action: str, resource: str) -> str | None:
    """Return why ``policies`` deny ``action`` on ``resource``, or None when they allow it."""
    matching = [each for each in _statements(policies) if _matches(each, action, resource)]
    for statement in matching:
        # what a call does not name, such as the telephone of a text message, is denied by "*" alone
        unnamed = resource == UNKNOWN and "*" not in _many(statement.get("Resource", "*"))
        if statement.get("Effect") == "Deny" and "Condition" not in statement and not unnamed:
            return f"denied by statement {statement.get('Sid', '(no Sid)')}"
    if any(statement.get("Effect") == "Allow" for statement in matching):
        return None
    return f"no statement allows {action} on {resource}"


def conditional(policies: Iterable[Mapping[str, Any]], action: str, resource: str) -> bool:
    """Return whether every statement that allows it has a condition, which is not evaluated here."""
    allows = [
        each
        for each in _statements(policies)
        if each.get("Effect") == "Allow" and _matches(each, action, resource)
    ]
    return bool(allows) and all("Condition" in each for each in allows)


def _statements(policies: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for policy in policies:
        # SAM and IAM roles wrap the document; a bare one is taken as it is
        document = policy.get("PolicyDocument", policy)
        yield from _many(document.get("Statement", ()))


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _matches(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return _named(statement, "Action", action.lower(), lower=True) and (
        resource == UNKNOWN
        or _named(statement, "Resource", resource, lower=False)
        # a template's reference to a secret lacks the random suffix that its ARN has in AWS
        or _named(statement, "Resource", resource.removesuffix("-000000"), lower=False)
    )


def _named(statement: Mapping[str, Any], member: str, value: str, *, lower: bool) -> bool:
    negated = f"Not{member}" in statement
    patterns = _many(statement.get(f"Not{member}" if negated else member, ()))
    hit = any(_pattern(str(each).lower() if lower else str(each)).fullmatch(value) for each in patterns)
    return hit != negated


@cache
def _pattern(wildcards: str) -> re.Pattern[str]:
    return re.compile(re.escape(wildcards).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
