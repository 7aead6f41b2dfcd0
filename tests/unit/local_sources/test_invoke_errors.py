"""The signed Invoke API tells a function that is not there from a defect of the platform."""

import asyncio

import pytest

from local.aws.lambdas import invoke_api
from local.aws.wire import Handler, HttpRequest
from local.model import Invocation
from local.runtime.functions import UnknownFunctionError

_REQUEST = HttpRequest("POST", "/2015-03-31/functions/treum-local-gone/invocations", (), b"{}")


class Failing:
    """An Invoker that raises what it was given."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        raise self._error

    async def invoke_async(self, function: str, payload: bytes) -> None:
        raise self._error


def test_an_unknown_function_is_answered_404_as_lambda_does() -> None:
    handler = invoke_api(Failing(UnknownFunctionError("no template declares it")))
    answer = asyncio.run(_answer(handler, _REQUEST))
    assert answer == (404, True)


def test_a_defect_is_not_taken_for_an_unknown_function() -> None:
    handler = invoke_api(Failing(KeyError("a defect")))
    with pytest.raises(KeyError):
        asyncio.run(_answer(handler, _REQUEST))


async def _answer(handler: Handler, request: HttpRequest) -> tuple[int, bool]:
    found = await handler(request)
    return found.status, b"ResourceNotFoundException" in found.body
