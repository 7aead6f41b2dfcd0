"""The REST API: route → authorizer → function → answer, with API Gateway's limits and refusals."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from local.gateway.authorizer import Authorizers
from local.gateway.events import body_of, method_arn, rest_event
from local.gateway.messages import HttpRequest, HttpResponse
from local.gateway.proxy import MalformedProxyResponseError, read_response
from local.gateway.responses import GatewayResponses, Refusal
from local.gateway.routing import Match, Router
from local.model import Invocation, Invoker, Stack
from local.runtime.job import MAX_PAYLOAD, request_id


class RestApi:
    """Answers every request that is not the platform's own."""

    def __init__(
        self,
        stack: Stack,
        invoker: Invoker,
        *,
        port: int,
        record: Callable[[str], None],
        timeout_s: float,
    ) -> None:
        self._invoker = invoker
        self._router = Router(stack.rest)
        self._authorizers = Authorizers(invoker)
        self._responses = GatewayResponses(stack.gateway_responses)
        self._binary = stack.binary_media_types
        self._port = port
        self._record = record
        self._timeout_s = timeout_s

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer ``request`` as API Gateway would."""
        one = request_id()
        now = time.time()
        match = self._router.match(request.method, request.raw_path)
        if match is None:
            response = self._refuse("MISSING_AUTHENTICATION_TOKEN", request, one, now)
        elif match.route.mock is not None:
            response = HttpResponse(match.route.mock.status, list(match.route.mock.headers.items()))
        else:
            response = await self._proxy(request, match, one, now)
        response.headers = [*response.headers, ("x-amzn-RequestId", one)]
        return response

    async def _proxy(self, request: HttpRequest, match: Match, one: str, now: float) -> HttpResponse:
        event = rest_event(request, match, request_id=one, now=now, port=self._port)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._authorised(request, match, event)
        except TimeoutError:
            return self._refuse("INTEGRATION_TIMEOUT", request, one, now)
        except _Refused as refused:
            return self._refuse(refused.kind, request, one, now)

    async def _authorised(self, request: HttpRequest, match: Match, event: dict[str, Any]) -> HttpResponse:
        authorizer = match.route.authorizer
        if authorizer is not None:
            arn = method_arn(request.method, request.raw_path)
            verdict = await self._authorizers.check(authorizer, event, arn)
            if isinstance(verdict, str):
                raise _Refused(verdict)
            event["requestContext"]["authorizer"] = verdict.context
        event["body"], event["isBase64Encoded"] = body_of(request, self._binary)
        payload = msgspec.json.encode(event)
        if len(payload) > MAX_PAYLOAD:
            raise _Refused("REQUEST_TOO_LARGE")
        outcome = await self._invoker.invoke(match.route.function, payload)
        return self._read(request, match, outcome)

    def _read(self, request: HttpRequest, match: Match, outcome: Invocation) -> HttpResponse:
        if outcome.error == "Throttled":
            raise _Refused("DEFAULT_5XX")
        if outcome.error is not None:
            raise _Refused("BAD_INTEGRATION")
        try:
            return read_response(outcome.payload, self._binary, request.header("accept"))
        except MalformedProxyResponseError as error:
            self._record(
                f"{match.route.function} answered {request.method} {request.raw_path} wrongly: {error}"
            )
            raise _Refused("BAD_INTEGRATION") from error

    def _refuse(self, kind: str, request: HttpRequest, one: str, now: float) -> HttpResponse:
        context = {
            "requestId": one,
            "extendedRequestId": one,
            "path": request.raw_path,
            "httpMethod": request.method,
            "identity.sourceIp": request.source_ip,
            "requestTimeEpoch": str(int(now * 1000)),
            "stage": "api",
        }
        return self._responses.render(Refusal(kind, context))


class _Refused(Exception):  # noqa: N818 - not an error: the gateway's own answer
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
