"""The fixture's background function: fails when told to, and says so on standard output."""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Print the event's ``say``; raise when it has ``fail``."""
    print("said", event.get("say"))  # noqa: T201 - the platform must carry output to the log
    if event.get("fail"):
        raise ValueError("told to fail")
    return {"ok": True}
