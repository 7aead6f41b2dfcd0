"""Fixtures for every suite: real stores and the whole platform, started once a run, only when asked for."""

import pytest

pytest_plugins = ["fixtures.stores", "fixtures.database", "fixtures.aws", "fixtures.platform"]
_SHARED = ("platform", "faults")
"""Fixtures that start a platform for many files: all who use one are on one worker."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file on one worker, and so everything about one platform."""
    for item in items:
        used = [name for name in _SHARED if name in getattr(item, "fixturenames", ())]
        item.add_marker(pytest.mark.xdist_group(used[0] if used else item.nodeid.partition("::")[0]))
