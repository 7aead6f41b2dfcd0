"""Handlers of the fixture: each does one thing the platform must cope with."""

import json
import os
import time
from collections.abc import Callable
from typing import Any, NoReturn

Query = dict[str, str]


def empty(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer at once."""
    return {"statusCode": 200, "body": "{}"}


def handler(event: dict[str, Any], context: Any) -> Any:
    """Do what the query's ``do`` says; without it, answer the event itself."""
    query = event.get("queryStringParameters") or {}
    action = _ACTIONS.get(query.get("do", ""))
    if action is not None:
        return action(query)
    body = {"event": event, "remaining_ms": context.get_remaining_time_in_millis()}
    headers = {"Content-Type": "application/json"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(body)}


def _sleep(query: Query) -> dict[str, Any]:
    time.sleep(float(query["for"]))
    return {"statusCode": 200, "body": str(os.getpid())}


def _raise(_query: Query) -> NoReturn:
    raise ValueError("on purpose")


def _exit(_query: Query) -> NoReturn:
    os._exit(3)


def _binary(_query: Query) -> dict[str, Any]:
    headers = {"Content-Type": "application/octet-stream"}
    return {"statusCode": 200, "headers": headers, "body": "AAECgP8=", "isBase64Encoded": True}


def _cookies(_query: Query) -> dict[str, Any]:
    return {
        "statusCode": 201,
        "headers": {"X-One": "1", "X-Flag": True},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
    }


_ACTIONS: dict[str, Callable[[Query], Any]] = {
    "sleep": _sleep,
    "raise": _raise,
    "exit": _exit,
    "binary": _binary,
    "cookies": _cookies,
    "malformed": lambda _query: ["not", "a", "proxy", "response"],
    "big": lambda _query: {"statusCode": 200, "body": "x" * (7 * 1024 * 1024)},
    "environment": lambda _query: {"statusCode": 200, "body": json.dumps(dict(os.environ))},
    "pid": lambda _query: {"statusCode": 200, "body": str(os.getpid())},
}
