"""One platform of this folder's own: what is broken here disturbs nobody, and every test finds it mended."""

from collections.abc import Iterator

import pytest

from builders.faults import Faults
from fixtures.platform import own_platform
from local.stores import ports

_OUTAGE_S = 3.0


@pytest.fixture(scope="package")
def faults() -> Iterator[Faults]:
    """Return what breaks the platform of this folder, one fault after another."""
    options = ["--no-tape", "--port", str(ports.free())]
    with own_platform(options) as running:
        yield Faults(running, options, _OUTAGE_S, speed=120.0)
