"""Entry point of the Lambda REQUEST authorizer (REST API, result not cached: TTL 0)."""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from authorizer import bootstrap
from authorizer.errors import TokenRefused
from authorizer.service.authorization import Authorizer
from kit import clock
from kit.identity import Caller, to_context

if TYPE_CHECKING:
    from authorizer.service.keys import KeyAuthorizer

_KEY = "tk_"
_NAME = "authorization"
_NAME_LENGTH = len(_NAME)
_LOG = msgspec.json.Encoder()


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    """Answer one authorizer event with a policy for the stage and the caller as context.

    A refused token raises ``Exception("Unauthorized")``, which API Gateway turns into its 401.
    """
    return answer(bootstrap.authorizer(), event)


def answer(
    authorizer: Authorizer, event: Mapping[str, Any], keys: "Callable[[], KeyAuthorizer]" = bootstrap.keys
) -> dict[str, Any]:
    """Return the policy for ``event``, judged by ``authorizer``, an API key by what ``keys`` returns."""
    try:
        given = _authorization(event)
        if given[7:10] == _KEY:
            ip = event["requestContext"]["identity"]["sourceIp"]
            caller = keys().authorize(given, ip, event.get("resource") or "", clock.unix())
        else:
            caller = authorizer.authorize(given, event.get("resource") or "", clock.unix())
    except TokenRefused as refused:
        _log_refusal(refused, event)
        raise Exception("Unauthorized") from None  # noqa: TRY002 - the one spelling API Gateway answers 401 to
    return _allow(caller, event["methodArn"])


def _authorization(event: Mapping[str, Any]) -> str:
    """Return the one ``Authorization`` header; two of them are one too many to trust either.

    Without one, an API key in ``X-Api-Key`` is returned as if it stood there.
    """
    found: list[str] = []
    for name, values in event["multiValueHeaders"].items():
        if len(name) == _NAME_LENGTH and name.lower() == _NAME:
            found += values
    if len(found) == 1:
        return found[0]
    if found:
        raise TokenRefused("header_twice")
    return _api_key(event)


def _api_key(event: Mapping[str, Any]) -> str:
    """Return the one ``X-Api-Key`` as a bearer credential; nothing but an API key may stand there."""
    found: list[str] = []
    for name, values in event["multiValueHeaders"].items():
        if name.lower() == "x-api-key":
            found += values
    if len(found) != 1 or not found[0].startswith(_KEY):
        raise TokenRefused("header_twice" if len(found) > 1 else "no_header")
    return f"Bearer {found[0]}"


def _allow(caller: Caller, method_arn: str) -> dict[str, Any]:
    stage_ends = method_arn.index("/", method_arn.index("/") + 1)
    return {
        "principalId": caller.subject,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "execute-api:Invoke",
                    "Resource": method_arn[:stage_ends] + "/*",
                }
            ],
        },
        "context": to_context(caller),
    }


def _log_refusal(refused: TokenRefused, event: Mapping[str, Any]) -> None:
    """Write why, never the token."""
    request = (event.get("requestContext") or {}).get("requestId", "")
    line = _LOG.encode(
        {"level": "INFO", "message": "refused", "reason": refused.reason, "request_id": request}
    )
    sys.stdout.write(line.decode() + "\n")
