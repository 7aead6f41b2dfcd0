"""One platform of this folder's own: what is broken here disturbs nobody, and every test finds it mended."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.faults import Faults
from fixtures.platform import start_platform
from local.stores import ports

_OUTAGE_S = 3.0


@pytest.fixture(scope="package")
def faults() -> Iterator[Faults]:
    """Return what breaks the platform of this folder, one fault after another."""
    state = Path(tempfile.mkdtemp(prefix="treum-platform-"))
    state.chmod(0o711)  # PostgreSQL, started by root, runs as another user
    options = ["--no-tape", "--port", str(ports.free())]
    running = start_platform(state, options)
    yield Faults(running, options, _OUTAGE_S, speed=120.0)
    running.stop()
    shutil.rmtree(state, ignore_errors=True)
