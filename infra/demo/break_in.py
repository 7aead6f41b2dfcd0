"""Requests with tokens that nobody may come in with, to every operation that wants one."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
_AT_ONCE = 4
_TIMEOUT_S = 30.0
_REFUSED = {http.client.UNAUTHORIZED, http.client.REQUEST_HEADER_FIELDS_TOO_LARGE}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API: its method and a path whose parameters name nothing."""

    method: str
    path: str


@dataclass(slots=True)
class Attempts:
    """``accepted`` says of each request that was not refused for its token what it was.

    ``unsent`` names the tokens that no client can put into a header: they are not counted as tried.
    """

    tried: int = 0
    accepted: list[str] = field(default_factory=list)
    unsent: set[str] = field(default_factory=set)


def closed_operations() -> list[Operation]:
    """Return every operation that wants a token."""
    document: Mapping[str, Any] = json.loads(_DOCUMENT.read_text())
    return [
        Operation(method.upper(), _filled(path))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation.get("security")
    ]


def _filled(path: str) -> str:
    return "/".join("nothing" if part.startswith("{") else part for part in path.split("/"))


def attempt(
    base: str, operations: Sequence[Operation], tokens: Mapping[str, str], *, one_in: int = 1
) -> Attempts:
    """Send every token to every operation, or to each ``one_in``th in turn so that all pairs come near.

    ``base`` is the API's address. Only 401, and 431 for one that is too long for a header, are refusals.
    """
    found = Attempts()
    with ThreadPoolExecutor(_AT_ONCE) as crowd:
        shares = [list(enumerate(operations))[hand::_AT_ONCE] for hand in range(_AT_ONCE)]
        parts = crowd.map(lambda share: _attempt(base, share, tokens, one_in), shares)
        for part in parts:
            found.tried += part.tried
            found.accepted += part.accepted
            found.unsent |= part.unsent
    return found


def _attempt(
    base: str, operations: Sequence[tuple[int, Operation]], tokens: Mapping[str, str], one_in: int
) -> Attempts:
    found, line = Attempts(), http.client.HTTPConnection(urlsplit(base).netloc, timeout=_TIMEOUT_S)
    for operation, name in _pairs(operations, list(tokens), one_in):
        token = tokens[name]
        if not token.isascii() or "\n" in token:  # no client can put it into a header
            found.unsent.add(name)
            continue
        found.tried += 1
        status = _status(line, operation, token)
        if status not in _REFUSED:
            found.accepted.append(f"{operation.method} {operation.path} answered {status} to: {name}")
    line.close()
    return found


def _pairs(
    operations: Sequence[tuple[int, Operation]], names: Sequence[str], one_in: int
) -> Iterator[tuple[Operation, str]]:
    for place, operation in operations:
        for number, name in enumerate(names):
            if (place + number) % one_in == 0:
                yield operation, name


def _status(line: http.client.HTTPConnection, operation: Operation, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = None if operation.method == "GET" else "{}"
    try:
        line.request(operation.method, operation.path, body, headers)
        answer = line.getresponse()
    except http.client.RemoteDisconnected:  # the line was idle for too long
        line.close()
        line.request(operation.method, operation.path, body, headers)
        answer = line.getresponse()
    answer.read()
    return answer.status
