"""Lambda REQUEST authorizers: when they are called, what their answer allows, and for how long it is kept."""

import fnmatch
import functools
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from local.gateway.events import flat_context
from local.model import Invocation, Invoker, RequestAuthorizer

_MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Allowed:
    """The caller may pass; ``context`` goes to the function as flat strings, with ``principalId``."""

    context: Mapping[str, str]


class Authorizers:
    """Calls authorizer functions and judges what they say."""

    def __init__(self, invoker: Invoker) -> None:
        self._invoker = invoker
        self._kept: dict[tuple[str, ...], tuple[float, Allowed]] = {}

    async def check(
        self, authorizer: RequestAuthorizer, event: Mapping[str, Any], method_arn: str
    ) -> Allowed | str:
        """Return :class:`Allowed`, or the gateway response type of the refusal."""
        presented = [_source(event, source) for source in authorizer.identity_sources]
        if not all(presented):
            return "UNAUTHORIZED"
        key = (authorizer.function, method_arn, *presented)
        if authorizer.ttl_s and (kept := self._kept.get(key)) and kept[0] > time.monotonic():
            return kept[1]
        payload = msgspec.json.encode({**event, "type": "REQUEST", "methodArn": method_arn})
        verdict = judge(await self._invoker.invoke(authorizer.function, payload), method_arn)
        if authorizer.ttl_s and isinstance(verdict, Allowed):
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + authorizer.ttl_s, verdict)
        return verdict


def judge(outcome: Invocation, method_arn: str) -> Allowed | str:
    """Return what the authorizer's answer means for ``method_arn``."""
    try:
        answer = msgspec.json.decode(outcome.payload)
    except msgspec.DecodeError:
        return "AUTHORIZER_CONFIGURATION_ERROR"
    if outcome.error is not None:
        unauthorized = isinstance(answer, dict) and answer.get("errorMessage") == "Unauthorized"
        return "UNAUTHORIZED" if unauthorized else "AUTHORIZER_FAILURE"
    try:
        principal = answer["principalId"]
        effects = set(_effects(answer["policyDocument"]["Statement"], method_arn))
        context = flat_context(answer.get("context") or {})
    except (KeyError, TypeError, AttributeError):
        return "AUTHORIZER_CONFIGURATION_ERROR"
    if context is None or not isinstance(principal, str):
        return "AUTHORIZER_CONFIGURATION_ERROR"
    if "Deny" in effects or "Allow" not in effects:
        return "ACCESS_DENIED"
    return Allowed({"principalId": principal, **context})


def _effects(statements: Any, method_arn: str) -> Iterable[str]:
    """Yield the effects of the statements that speak of ``method_arn``."""
    for statement in statements if isinstance(statements, list) else [statements]:
        actions, resources = statement["Action"], statement["Resource"]
        if _any_matches(actions, "execute-api:Invoke") and _any_matches(resources, method_arn):
            yield statement["Effect"]


def _any_matches(patterns: Any, value: str) -> bool:
    listed = patterns if isinstance(patterns, list) else [patterns]
    return any(one in {value, "*"} or ("*" in one and _compiled(one).match(value)) for one in listed)


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")), re.IGNORECASE)


def _source(event: Mapping[str, Any], source: str) -> str:
    """Return the value of an identity source such as ``header:Authorization``, empty when absent."""
    where, _, name = source.partition(":")
    if where == "query":
        return str((event.get("queryStringParameters") or {}).get(name, ""))
    wanted = name.lower()
    for key, value in (event.get("headers") or {}).items():
        if key.lower() == wanted:
            return str(value)
    return ""
