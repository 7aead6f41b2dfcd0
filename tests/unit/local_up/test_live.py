"""The status is readable on a terminal and in a pipe."""

import io
from typing import Any

from rich.console import Console

from local.up import live

_FUNCTION = {
    "invocations": 12,
    "errors": 1,
    "throttles": 0,
    "crashes": 1,
    "cold_starts": 2,
    "p50_ms": 1.25,
    "p99_ms": 9.5,
    "workers": 2,
    "busy": 1,
    "queued": 0,
}
_STATUS: dict[str, Any] = {
    "url": "http://127.0.0.1:8080",
    "socket_url": "ws://127.0.0.1:8080/live",
    "functions": {"treum-local-users-api": _FUNCTION},
    "sources": {
        "kafka": {
            "Signals/Starter": {"function": "treum-local-signals-starter", "delivered": 3},
            "Signals/Market": {"function": "treum-local-signals-market", "delivered": 400},
        },
    },
    "signals": {"published": 3},
    "tape": {"playing": True, "speed": 8.0, "tape": "us-equities-1d", "row": 12},
    "gateway": {"requests": 30, "sockets": 4},
    "stores": [
        {
            "name": "redis",
            "label": "real",
            "version": "Valkey 9.1",
            "pid": 7,
            "running": True,
            "wanted": True,
        },
        {
            "name": "kafka",
            "label": "real",
            "version": "Kafka 4.4.0",
            "pid": None,
            "running": False,
            "wanted": True,
        },
    ],
    "events": ["12:00:00 kafka has crashed: starting it again"],
}


def _drawn(status: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(live.picture(status, live.Rates().of(live.counters(status))))
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_the_picture_names_addresses_stores_functions_and_what_happened() -> None:
    drawn = _drawn(_STATUS)
    for expected in (
        "http://127.0.0.1:8080/docs",
        "treum-local-users-api",
        "Valkey 9.1",
        "down",
        "kafka has crashed",
    ):
        assert expected in drawn


def test_the_picture_stands_before_anything_was_called() -> None:
    assert "requests 0" in _drawn({"url": "u", "socket_url": "s"})


def test_the_line_counts_and_names_what_is_down() -> None:
    assert live.line(_STATUS) == (
        "30 requests, 12 invocations, 3 signals published, 4 subscribers, 2 errors, stores down: kafka"
    )


def test_rates_are_zero_at_first_and_never_negative() -> None:
    rates = live.Rates()
    assert rates.of({"requests": 5}) == {"requests": 0}
    assert rates.of({"requests": 1}) == {"requests": 0}
    assert rates.of({"requests": 1_000_001})["requests"] > 0


def test_what_went_wrong_stays_in_the_picture_after_it_is_over() -> None:
    status = _STATUS | {
        "stores": [_STATUS["stores"][0] | {"history": "away once, last at 12:00:00 for 3.0 s: it crashed"}],
        "functions": {
            "treum-local-users-api": _FUNCTION | {"deaths": "1 processes ended, the last at 12:00"}
        },
        "dead_letters": {"open": 1, "latest": ["12:00:01 market: market-data-0@7 cannot be read"]},
    }
    drawn = _drawn(status)
    for expected in ("redis: away once", "1 processes ended", "dead letter: 12:00:01 market"):
        assert expected in drawn
