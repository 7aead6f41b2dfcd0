"""Fixtures for every suite: real stores and the whole platform, started once a run, only when asked for."""

from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("treum", deadline=None)  # a busy machine is slow, not wrong
hypothesis.settings.load_profile("treum")
pytest_plugins = ["fixtures.stores", "fixtures.database", "fixtures.aws", "fixtures.platform"]
_TOGETHER = (
    ("tests/e2e/own/", "a platform of their own"),
    ("tests/e2e/", "the platform"),
    ("tests/integration/local_up/", "the platform"),
)
"""Beginnings of paths whose tests share a platform, and so a worker."""


_LONGEST = tuple(name for _, name in _TOGETHER)


def together(nodeid: str) -> str:
    """Return what is run by one worker with the test of ``nodeid``: at least its file."""
    found = (name for path, name in _TOGETHER if nodeid.startswith(path))
    return next(found, nodeid.partition("::")[0])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers, begin with what takes longest: nobody waits for it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: together(item.nodeid) not in _LONGEST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand tests out by :func:`together`."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where there are workers

    made = LoadScopeScheduling(config, log)
    made._split_scope = together
    return made
