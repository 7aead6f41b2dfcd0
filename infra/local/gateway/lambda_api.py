"""The Lambda Invoke API: ``POST /2015-03-31/functions/<name or ARN>/invocations``."""

import base64
from urllib.parse import unquote

import msgspec

from local.gateway.messages import HttpRequest, HttpResponse, aws_error
from local.model import Invocation, Invoker
from local.runtime.functions import UnknownFunctionError
from local.runtime.job import MAX_PAYLOAD

PREFIX = "/2015-03-31/functions/"
_SUFFIX = "/invocations"
_MAX_EVENT = 1024 * 1024


async def invoke_api(invoker: Invoker, request: HttpRequest) -> HttpResponse:
    """Answer one Invoke: RequestResponse waits, Event is accepted (202), DryRun only looks (204)."""
    if not request.header("authorization").startswith("AWS4-HMAC-SHA256 "):
        return aws_error(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    path = request.raw_path
    if request.method != "POST" or not path.endswith(_SUFFIX):
        return aws_error(404, "UnknownOperationException", "Only Invoke is offered here")
    function = unquote(path.removeprefix(PREFIX).removesuffix(_SUFFIX))
    kind = request.header("x-amz-invocation-type", "RequestResponse")
    if len(request.body) > (_MAX_EVENT if kind == "Event" else MAX_PAYLOAD):
        return aws_error(413, "RequestTooLargeException", "The payload is larger than Lambda carries")
    if request.body and not _is_json(request.body):
        return aws_error(400, "InvalidRequestContentException", "The payload is not JSON")
    try:
        return await _invoke(invoker, function, kind, request)
    except UnknownFunctionError as error:
        return aws_error(404, "ResourceNotFoundException", str(error))


async def _invoke(invoker: Invoker, function: str, kind: str, request: HttpRequest) -> HttpResponse:
    payload = request.body or b"{}"
    if kind == "Event":
        await invoker.invoke_async(function, payload)
        return HttpResponse(202)
    if kind == "DryRun":
        return HttpResponse(204)
    if kind != "RequestResponse":
        return aws_error(400, "InvalidParameterValueException", f"{kind} is no invocation type")
    outcome = await invoker.invoke(function, payload)
    if outcome.error == "Throttled":
        return aws_error(429, "TooManyRequestsException", "Rate Exceeded.")
    return _answer(outcome, tail=request.header("x-amz-log-type") == "Tail")


def _answer(outcome: Invocation, *, tail: bool) -> HttpResponse:
    headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
    if outcome.error is not None:
        headers.append(("X-Amz-Function-Error", "Unhandled"))
    if tail:
        headers.append(("X-Amz-Log-Result", base64.b64encode(outcome.log_tail.encode()).decode()))
    return HttpResponse(200, headers, outcome.payload)


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError:
        return False
    return True
