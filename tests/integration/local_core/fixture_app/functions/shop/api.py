"""Handlers of the fixture: each does one thing the platform must cope with."""

import json
import os
import time
from typing import Any


def empty(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer at once."""
    return {"statusCode": 200, "body": "{}"}


def handler(event: dict[str, Any], context: Any) -> Any:
    """Do what the query's ``do`` says; without it, answer the event itself."""
    query = event.get("queryStringParameters") or {}
    what = query.get("do", "echo")
    if what == "sleep":
        time.sleep(float(query["for"]))
    if what == "raise":
        raise ValueError("on purpose")
    if what == "exit":
        os._exit(3)
    if what == "malformed":
        return ["not", "a", "proxy", "response"]
    if what == "big":
        return {"statusCode": 200, "body": "x" * (7 * 1024 * 1024)}
    if what == "binary":
        return {
            "statusCode": 200,
            "headers": {"Content-Type": "application/octet-stream"},
            "body": "AAECgP8=",
            "isBase64Encoded": True,
        }
    if what == "cookies":
        return {
            "statusCode": 201,
            "headers": {"X-One": "1", "X-Flag": True},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        }
    if what == "environment":
        return {"statusCode": 200, "body": json.dumps(dict(os.environ))}
    if what == "pid":
        return {"statusCode": 200, "body": str(os.getpid())}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"event": event, "remaining_ms": context.get_remaining_time_in_millis()}),
    }
