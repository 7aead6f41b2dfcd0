"""A validated POST at the HTTP edge, warm: ours with log and metrics, powertools' resolver without them."""

import io
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from benchmarks.measure import Result, alternate, per_call, result
from kit.http import Api, Body, Request, Route, View, signed_in
from kit.identity import Caller, Limit, to_context

_CALLER = Caller("0198a1b2-0000-7000-8000-000000000001", frozenset({"user"}), limit=Limit(1000, 999, 1800))
_BODY = {"symbol": "BTCUSDT", "side": "buy", "quantity": 3, "note": "a first try"}


class _Order(Body):
    symbol: str
    side: str
    quantity: int
    note: str = ""


class _Placed(View):
    id: str
    symbol: str
    quantity: int


def proxy_event() -> dict[str, Any]:
    """Return what API Gateway sends for the POST."""
    headers = {"Content-Type": "application/json", "User-Agent": "bench", "Host": "api.example"}
    return {
        "resource": "/api/v1/orders",
        "path": "/api/v1/orders",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "requestContext": {
            "requestId": "bench-request",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": to_context(_CALLER),
        },
        "body": json.dumps(_BODY),
        "isBase64Encoded": False,
    }


def _ours() -> Callable[[], Any]:
    def place(request: Request) -> _Placed:
        order: _Order = request.body
        return _Placed(id="order-1", symbol=order.symbol, quantity=order.quantity)

    route = Route("POST", "/orders", place, id="place", summary="Place", body=_Order, access=signed_in())
    api, event = Api("bench", [route]), proxy_event()
    return lambda: api.handler(event, None)


def _powertools() -> Callable[[], Any]:
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver  # noqa: PLC0415 - the peer

    app, event = APIGatewayRestResolver(enable_validation=True), proxy_event()

    @app.post("/api/v1/orders")
    def place(order: _Order) -> _Placed:
        return _Placed(id="order-1", symbol=order.symbol, quantity=order.quantity)

    context: Any = SimpleNamespace(function_name="bench", aws_request_id="bench-request")
    return lambda: app.resolve(event, context)


def measure() -> list[Result]:
    """Return CPU microseconds a request; our log lines go to memory, as they would to a pipe."""
    ours, peer = _ours(), _powertools()
    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        if ours()["statusCode"] != 200 or peer()["statusCode"] != 200:
            raise RuntimeError("a side of the benchmark does not answer 200")
        mine, theirs = alternate(per_call(ours, 2000), per_call(peer, 2000))
    finally:
        sys.stdout = out
    told = "powertools resolver, enable_validation, no log, no metrics"
    return [result("validated POST, warm, with log line and metrics", mine, "us", theirs, told, "<= 0.6")]
