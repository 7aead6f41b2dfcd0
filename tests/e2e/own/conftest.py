"""One platform of this folder's own: what is broken, or whose time is moved, here disturbs nobody."""

from collections.abc import Iterator, Sequence

import pytest

from builders.faults import Faults
from fixtures.platform import RunningPlatform, own_platform
from local.stores import ports

_OUTAGE_S = 3.0


@pytest.fixture(scope="package")
def options() -> Sequence[str]:
    """Return what the platform is started with, each time."""
    return ["--no-tape", "--port", str(ports.free())]


@pytest.fixture(scope="package")
def own(options: Sequence[str]) -> Iterator[RunningPlatform]:
    """Return the platform of this folder; each test leaves it mended."""
    with own_platform(options) as running:
        yield running


@pytest.fixture(scope="package")
def faults(own: RunningPlatform, options: Sequence[str]) -> Faults:
    """Return what breaks it, one fault after another."""
    return Faults(own, options, _OUTAGE_S, speed=120.0)
