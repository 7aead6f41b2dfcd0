"""A browser for all tests of the console, and a platform whose tape has played until promises ended."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from builders.browser import Page, chromium, opened
from fixtures.platform import RunningPlatform

_FAST, _USUAL = 20, 4
_ENDED = 2
_WITHIN_S = 240.0


@pytest.fixture(scope="session")
def page(played: RunningPlatform) -> Iterator[Page]:
    """Return the browser's one page, wide, on no address of ``played`` yet."""
    assert played.process.poll() is None
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine: install one to test the console")
    with opened(program) as found:
        found.size(1440, 960)
        yield found


@pytest.fixture(scope="session")
def played(platform: RunningPlatform) -> RunningPlatform:
    """Return the platform once promises were revealed: its tape plays fast until then."""
    _ask(f"{platform.controls}/tape/play", {"speed": _FAST})
    deadline = time.monotonic() + _WITHIN_S
    while len(_revealed(platform)) < _ENDED:
        assert time.monotonic() < deadline, "no promise ended while the tape played"
        time.sleep(1)  # between two questions: the answer comes from another process
    _ask(f"{platform.controls}/tape/play", {"speed": _USUAL})
    return platform


def _revealed(platform: RunningPlatform) -> list[dict[str, Any]]:
    try:
        text = _ask(f"{platform.api}/api/v1/commitments/treum-house/export?limit=1000")
    except urllib.error.HTTPError as error:
        if error.code not in {404, 429}:  # nobody promised anything yet, or we asked too often
            raise
        return []
    found = [json.loads(line) for line in text.splitlines()]
    return [one for one in found if one["payload"] is not None and one["status"] != "voided"]


def _ask(url: str, body: dict[str, Any] | None = None) -> str:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - our own loopback port
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        return str(answer.read().decode())
