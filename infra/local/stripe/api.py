"""One API call: known by its key, answered once per idempotency key, with the faults that were asked for."""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.gateway.messages import HttpRequest, HttpResponse
from local.stripe import checkout, params, routes, subscriptions
from local.stripe.errors import StripeRefusal
from local.stripe.faults import Fault, Faults
from local.stripe.params import Params
from local.stripe.records import Answered
from local.stripe.world import API_VERSION, World

_LONGEST_KEY = 255
_DECLINED = 402
NO_ANSWER = HttpResponse(0)
"""The connection is cut instead of an answer."""


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    given: Mapping[str, Any]
    key: str
    digest: str


@dataclass
class Api:
    """``api_key`` is the one that is let in; its idempotency keys are its own."""

    world: World
    api_key: str
    faults: Faults = field(default_factory=Faults)
    in_flight: set[str] = field(default_factory=set)
    _ticked: int = -1

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request below ``/v1``; :data:`NO_ANSWER` where the connection is to be cut."""
        request_id = "req_" + secrets.token_hex(7)
        try:
            call = self._read(request)
            fault = self.faults.take(call.method, call.path)
            return await self._once(call, fault, request_id)
        except StripeRefusal as refusal:
            return _response(refusal.status, json.dumps(refusal.body()), request_id)

    def _read(self, request: HttpRequest) -> _Call:
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self.api_key.encode()):
            raise StripeRefusal(401, "invalid_request_error", "Invalid API Key provided.")
        text = request.target.partition("?")[2]
        if request.method == "POST":
            text = request.body.decode("utf-8", "replace")
        key = request.header("idempotency-key") if request.method == "POST" else ""
        if len(key) > _LONGEST_KEY:
            raise StripeRefusal(400, "idempotency_error", "An idempotency key has at most 255 characters.")
        given = params.decode(text)
        asked = json.dumps([request.method, request.path, given], sort_keys=True)
        digest = hashlib.sha256(asked.encode()).hexdigest()
        return _Call(request.method, request.path.rstrip("/"), given, key, digest)

    async def _once(self, call: _Call, fault: Fault | None, request_id: str) -> HttpResponse:
        if call.key and call.key in self.in_flight:
            message = (
                "There is currently another in-progress request using this Idempotent Key. "
                "Please try again later."
            )
            raise StripeRefusal(409, "idempotency_error", message, code="idempotency_key_in_use")
        self.in_flight.add(call.key)
        try:
            return await self._answer(call, fault, request_id)
        finally:
            self.in_flight.discard(call.key)

    async def _answer(self, call: _Call, fault: Fault | None, request_id: str) -> HttpResponse:
        kind = fault.kind if fault else ""
        hold_s = fault.hold_s if fault else 0.0
        if kind == "rate_limit":
            raise StripeRefusal(429, "invalid_request_error", "Too many requests.", code="rate_limit")
        if kind == "error":
            raise StripeRefusal(500, "api_error", "Something went wrong on our end.")
        if kind == "slow":
            await asyncio.sleep(hold_s)
        if kind != "lost":
            answered, replayed = self._perform(call, broken=kind == "error_after")
        if kind in {"lost", "timeout"}:
            await asyncio.sleep(hold_s)
            return NO_ANSWER
        headers = [("Idempotent-Replayed", "true")] if replayed else []
        if call.key:
            headers.append(("Idempotency-Key", call.key))
        return _response(answered.status, answered.body, request_id, headers)

    def _perform(self, call: _Call, *, broken: bool) -> tuple[Answered, bool]:
        """Carry it out and remember the answer, in one transaction; or repeat what was answered before."""
        records = self.world.records
        with records.change():
            known = records.answered(call.key) if call.key else None
            if known is not None and known.digest != call.digest:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first "
                    f"used with. Try using a key other than '{call.key}' if you meant to execute a different "
                    "request."
                )
                raise StripeRefusal(400, "idempotency_error", message)
            if known is not None:
                return known, True
            answered = self._run(call)
            if broken:
                failure = StripeRefusal(500, "api_error", "Something went wrong on our end.")
                answered = Answered(call.digest, failure.status, json.dumps(failure.body()))
            if call.key:
                records.remember(call.key, answered, self.world.now())
        return answered, False

    def _run(self, call: _Call) -> Answered:
        """Run the operation. A decline is an answer whose traces stay; other refusals leave none."""
        self.tick()
        act, ids = routes.find(call.method, call.path)
        given = Params(call.given)
        try:
            found = act(self.world, given, *ids)
        except StripeRefusal as refusal:
            if refusal.status != _DECLINED:
                raise
            body = self.world.render(refusal.body(), ())
            return Answered(call.digest, refusal.status, json.dumps(body))
        expand = call.given.get("expand", [])
        wanted = expand if isinstance(expand, list) else []
        return Answered(call.digest, 200, json.dumps(self.world.render(found, wanted)))

    def tick(self) -> None:
        """Let happen what is due on the clock; within one second of it nothing new is due."""
        if self.world.at() == self._ticked:
            return
        self._ticked = self.world.at()
        with self.world.records.change():
            checkout.tick(self.world)
            subscriptions.tick(self.world)


def _response(
    status: int, body: str, request_id: str, headers: list[tuple[str, str]] | None = None
) -> HttpResponse:
    common = [
        ("Content-Type", "application/json"),
        ("Request-Id", request_id),
        ("Stripe-Version", API_VERSION),
        ("Cache-Control", "no-cache, no-store"),
    ]
    return HttpResponse(status, [*common, *(headers or [])], body.encode())
