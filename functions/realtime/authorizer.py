"""Entry of the WebSocket REQUEST authorizer: a single-use ticket and an allowed origin, or no entry."""

import logging
from collections.abc import Mapping
from typing import Any

from kit.errors import Unauthenticated
from kit.identity import to_context
from realtime.bootstrap import stores
from realtime.service.tickets import take_ticket

_log = logging.getLogger(__name__)
_MAX_TICKET = 128


class Unauthorized(Exception):  # noqa: N818 - API Gateway answers 401 to exactly this text
    """Raised with the text ``Unauthorized``."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Return the policy for ``$connect`` with the caller as context. Redis away: an error, so 500."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if not allowed(headers.get("origin", ""), stores.own().allowed_origins):
        return _policy(event, "Deny", "nobody", {})
    ticket = (event.get("queryStringParameters") or {}).get("ticket") or ""
    try:
        caller, given_at = take_ticket(ticket[:_MAX_TICKET], stores.tickets())
    except Unauthenticated as error:
        _log.info("no socket: %s", error)
        raise Unauthorized("Unauthorized") from None
    return _policy(event, "Allow", caller.subject, to_context(caller) | {"ticket_at": str(given_at)})


def allowed(origin: str, origins: tuple[str, ...]) -> bool:
    """Whether a socket from ``origin`` may come in. Browsers always name one; other clients may name none.

    The list keeps foreign pages out of a visitor's browser; a ticket is nothing a browser sends by itself.
    """
    return not origin or origin in origins


def _policy(event: Mapping[str, Any], effect: str, subject: str, context: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {
        "principalId": subject,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }
