"""The full tier takes many minutes: it is collected only when it is asked for (``make torture``)."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore this folder unless the command line names it."""
    del collection_path
    return None if any("torture" in argument for argument in config.args) else True
