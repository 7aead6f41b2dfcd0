"""Fixtures for every suite: real stores and the whole platform, started once a run, only when asked for."""

import pytest

pytest_plugins = ["fixtures.stores", "fixtures.database", "fixtures.aws", "fixtures.platform"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file on one worker, and everything about the platform on one: a run starts it once."""
    for item in items:
        whole = item.get_closest_marker("platform") is not None
        item.add_marker(pytest.mark.xdist_group("platform" if whole else item.nodeid.partition("::")[0]))
