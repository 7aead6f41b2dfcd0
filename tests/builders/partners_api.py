"""The partners API over one desk in memory, as its Lambda function runs it."""

from dataclasses import dataclass
from typing import Any

import pytest

from builders.partners import Desk
from builders.proxy import ask, event
from kit import clock
from kit.audit import Witness
from kit.http import Api
from kit.identity import Caller
from kit.ids import uuid7
from partners import bootstrap
from partners.api import api
from partners.service.usage import UsageReading

ADMIN = Caller(uuid7(), frozenset({"admin"}))


def somebody(plan: str = "enterprise") -> Caller:
    """Return somebody new who has just confirmed that it is them."""
    now = int(clock.unix())
    return Caller(uuid7(), frozenset({"user"}), plan, step_up_at=now, step_up_level=1)  # type: ignore[arg-type]  # a plan's name


@dataclass
class Counter:
    """The API and what stands behind it."""

    desk: Desk

    def ask(
        self, caller: Caller, method: str, path: str, body: Any = None, *, query: str = "", **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Return status, document and headers of the answer to ``path`` below ``/api/v1/partners``."""
        resource, parameters = _resource(api, method, path)
        asked: dict[str, list[str]] = {}
        for part in query.split("&") if query else ():
            name, _, value = part.partition("=")
            asked.setdefault(name, []).append(value)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = event(
            method, resource, body=body, caller=caller, path=parameters, query=asked or None, headers=named
        )
        return ask(api, sent)

    def application(self, caller: Caller, name: str = "Desk") -> str:
        """Register one and return its id."""
        status, made, _ = self.ask(caller, "POST", "/applications", {"name": name})
        assert status == 201, made
        return str(made["id"])


def counter_over(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Return the API over memory: its wiring is replaced for the length of the test."""
    desk = Desk()
    reading = UsageReading(desk.stores.applications, desk.stores.book)
    for name, made in (
        ("applications", desk.applications),
        ("keys", desk.keys),
        ("endpoints", desk.endpoints),
        ("logs", desk.logs),
        ("usage", reading),
        ("witness", Witness()),
    ):
        monkeypatch.setattr(bootstrap.api, name, lambda made=made: made)
    return Counter(desk)


def _resource(table: Api, method: str, path: str) -> tuple[str, dict[str, str]]:
    """Return the route whose template ``path`` fits, and its parameters."""
    given = f"/api/v1/partners{path}".split("/")
    for route in table.routes:
        parts = route.address.split("/")
        if (
            route.method == method
            and len(parts) == len(given)
            and all(part == value or part.startswith("{") for part, value in zip(parts, given, strict=True))
        ):
            pairs = zip(parts, given, strict=True)
            return route.address, {part[1:-1]: value for part, value in pairs if part.startswith("{")}
    raise AssertionError(f"no route is {method} {path}")
