"""The fixture's socket function: prints each event, refuses or fails when told to."""

import json
from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Journal the event on standard output; the ticket ``good-refuse`` is refused at connect."""
    print(json.dumps(event))  # noqa: T201 - the test reads the function's log
    one = event["requestContext"]
    if one["eventType"] == "CONNECT" and one["authorizer"]["sub"] == "good-refuse":
        return {"statusCode": 403}
    if "explode" in (event.get("body") or ""):
        raise ValueError("on purpose")
    return {"statusCode": 200}
