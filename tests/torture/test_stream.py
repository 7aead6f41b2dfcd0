"""The full tier of "no gaps in a stream": a thousand sockets, a thousand messages, five thousand drops."""

import asyncio
import json
from dataclasses import asdict

import pytest

from fixtures.platform import own_platform
from torture.stream import Plan, Torture

pytestmark = pytest.mark.platform


def test_a_thousand_sockets_miss_nothing_and_see_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a platform of its own whose tape stands still: every frame is one of the thousand messages."""
    plan = Plan(sockets=1000, messages=1000, rate=2.5, drops=5000, seed=20260302, settle_s=180)
    with own_platform(["--no-tape"]) as platform:
        report = asyncio.run(Torture(platform.addresses, plan).run())
    with capsys.disabled():
        print(json.dumps(asdict(report)))  # noqa: T201 - the report is the product
    assert (report.gaps_undetected, report.duplicates_undetected, report.unfinished) == (0, 0, 0), report
    assert report.frames == 1000 * 1000
