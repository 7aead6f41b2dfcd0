"""The Lambda Invoke API on an :class:`~local.model.Invoker`: what workflows and ``kit.aws.lambdas`` call."""

import json
from base64 import b64encode

from local.aws import faults
from local.aws.actions import function_of
from local.aws.wire import Handler, HttpRequest, HttpResponse
from local.model import Invoker
from local.runtime.functions import UnknownFunctionError


def invoke_api(invoker: Invoker) -> Handler:
    """Return the handler of ``POST /2015-03-31/functions/<name>/invocations``."""

    async def handle(request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path.endswith("/invocations"):
            return faults.error("lambda", 404, "UnknownOperationException", "Only Invoke is offered locally")
        name = function_of(request.path)
        try:
            return await _invoke(invoker, name, request)
        except UnknownFunctionError:
            return faults.error("lambda", 404, "ResourceNotFoundException", f"Function not found: {name}")

    return handle


async def _invoke(invoker: Invoker, name: str, request: HttpRequest) -> HttpResponse:
    if request.body and not _is_json(request.body):
        return faults.error("lambda", 400, "InvalidRequestContentException", "The payload is not JSON")
    payload = request.body or b"{}"
    kind = request.header("x-amz-invocation-type", "RequestResponse")
    if kind == "Event":
        await invoker.invoke_async(name, payload)
        return HttpResponse(202)
    if kind == "DryRun":
        return HttpResponse(204)
    outcome = await invoker.invoke(name, payload)
    if outcome.error == "Throttled":
        return faults.error("lambda", 429, "TooManyRequestsException", "Rate Exceeded.")
    headers = [("content-type", "application/json"), ("x-amz-executed-version", "$LATEST")]
    if outcome.error:
        headers.append(("x-amz-function-error", "Unhandled"))
    if request.header("x-amz-log-type") == "Tail":
        headers.append(("x-amz-log-result", b64encode(outcome.log_tail.encode()[-4096:]).decode()))
    return HttpResponse(200, tuple(headers), outcome.payload)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
