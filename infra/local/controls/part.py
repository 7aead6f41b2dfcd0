"""The test controls as a part of the platform: ``/_local/*`` through the gateway's ``control`` hook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.aws import policy
from local.controls.chaos import Breakable, Chaos
from local.controls.clock import PlatformClock
from local.controls.failpoints import Failpoints
from local.controls.people import People
from local.controls.routes import Body, Control, Controls, Query, Rest
from local.controls.tape import Playable, TapeControl

if TYPE_CHECKING:
    from local.aws.part import AwsServices
    from local.controls.faultproxy import FaultProxy
    from local.platform import Platform

_MAX_ADVANCE_S = 100 * 366 * 86_400


class PlatformControls:
    """Start it after the AWS part. ``on_clock`` is called when the clock was moved (schedules look again).

    ``others`` are the controls of other parts.
    """

    clock: PlatformClock

    def __init__(
        self,
        aws: AwsServices,
        stores: Mapping[str, Breakable],
        tape: Playable,
        on_clock: Callable[[], None] = lambda: None,
        proxies: Mapping[str, FaultProxy] | None = None,
        *,
        others: tuple[Control, ...] = (),
    ) -> None:
        self._aws = aws
        self._stores = stores
        self._tape = TapeControl(tape)
        self._on_clock = on_clock
        self._proxies = proxies or {}
        self._others = others
        self._platform: Platform | None = None
        self._chaos: Chaos | None = None

    async def start(self, platform: Platform) -> None:
        """Lend the platform its clock and its ``/_local`` handler; functions get FAILPOINT_FILE."""
        self._platform = platform
        state = platform.options.state
        self.clock = PlatformClock(state / "clock")
        self._failpoints = Failpoints(state / "failpoints" / "armed.json")
        self._chaos = Chaos(platform.functions, self._aws.endpoint, self._stores, self._proxies)
        self._people = People(lambda: platform.url, lambda: self._aws.endpoint)
        self._controls = Controls(self._routes(self._chaos))
        platform.hooks.now = self.clock.now
        platform.hooks.control = self._controls.handle
        credentials = platform.hooks.credentials
        armed = {"FAILPOINT_FILE": str(state / "failpoints" / "armed.json")}
        platform.hooks.credentials = lambda function: {**credentials(function), **armed}

    async def stop(self) -> None:
        """Wait for stores that are stopped for a while."""
        if self._chaos is not None:
            await self._chaos.settle()

    def status(self) -> Mapping[str, Any]:
        """Clock, failpoints and chaos."""
        if self._chaos is None:
            return {}
        return {
            "clock": self.clock.state(),
            "failpoints": self._failpoints.state(),
            "chaos": self._chaos.state(),
        }

    def _routes(self, chaos: Chaos) -> tuple[Control, ...]:
        return (
            Control("GET", "/", self._index),
            Control("GET", "/status", self._status),
            Control("GET", "/dump", self._dump),
            Control("GET", "/policy", self._policy),
            Control("GET", "/clock", self._clock),
            Control("POST", "/clock", self._move_clock),
            Control("GET", "/mailbox", self._mailbox),
            Control("DELETE", "/mailbox", self._empty_mailbox),
            Control("GET", "/admin", self._people.admin),
            Control("POST", "/demo-user", self._people.demo_user),
            Control("GET", "/tape", self._tape.state),
            Control("POST", "/tape", self._tape.drive, rest=True),
            Control("GET", "/failpoints", self._armed),
            Control("PUT", "/failpoints", self._arm, rest=True),
            Control("DELETE", "/failpoints", self._disarm, rest=True),
            Control("POST", "/chaos/kill", chaos.kill, rest=True),
            Control("POST", "/chaos/outage", chaos.outage, rest=True),
            Control("POST", "/chaos/crash", chaos.crash, rest=True),
            Control("POST", "/chaos/freeze", chaos.freeze, rest=True),
            Control("POST", "/chaos/wire", chaos.wire, rest=True),
            Control("POST", "/chaos/emulator", chaos.emulator),
            *self._others,
        )

    @property
    def _running(self) -> Platform:
        if self._platform is None:
            raise LookupError("The platform has not started")
        return self._platform

    async def _index(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return {"controls": self._controls.listed()}

    async def _status(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return self._running.status()

    async def _dump(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return {
            "status": self._running.status(),
            "mailbox": self._aws.endpoint.mailbox.messages(),
            "aws_calls": [asdict(call) for call in self._aws.endpoint.calls.recent()][-500:],
            "resources": [
                {"id": each.logical_id, "type": each.type} for each in self._running.stack.resources
            ],
        }

    async def _policy(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        found = policy.denied(self._aws.endpoint.calls.distinct(), self._running.stack.functions)
        return {"denied": [{**asdict(each.call), "reason": each.reason} for each in found]}

    async def _clock(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return self.clock.state()

    async def _move_clock(self, _rest: Rest, _query: Query, body: Body) -> Any:
        """Take ``{"reset": true}``, ``{"freeze": true | false | RFC 3339}`` or ``{"advance_s": n}``."""
        if body.get("reset"):
            self.clock.reset()
        freeze = body.get("freeze")
        if freeze is False:
            self.clock.thaw()
        elif freeze is not None:
            self.clock.freeze(None if freeze is True else _moment(str(freeze)))
        if "advance_s" in body:
            self.clock.advance(_seconds(body["advance_s"]))
        self._on_clock()
        return self.clock.state()

    async def _mailbox(self, _rest: Rest, query: Query, _body: Body) -> Any:
        limit = max(1, min(1000, int(query.get("limit", "100"))))
        return {"messages": self._aws.endpoint.mailbox.messages(query.get("to"), limit)}

    async def _empty_mailbox(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        self._aws.endpoint.mailbox.clear()
        return {"messages": []}

    async def _armed(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return self._failpoints.state()

    async def _arm(self, rest: Rest, _query: Query, body: Body) -> Any:
        self._failpoints.put(rest, body)
        return self._failpoints.state()

    async def _disarm(self, rest: Rest, _query: Query, _body: Body) -> Any:
        self._failpoints.clear(rest or None)
        return self._failpoints.state()


def _moment(text: str) -> float:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment needs its zone, for example 2026-03-31T18:30:00Z")
    return found.timestamp()


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _MAX_ADVANCE_S:
        raise ValueError("advance_s is a number of seconds, at most a hundred years")
    return float(value)
