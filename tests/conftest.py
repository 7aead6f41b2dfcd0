"""Fixtures for every suite: real stores and the whole platform, started once a run, only when asked for."""

from typing import Any

import hypothesis
import pytest

from fixtures import groups

hypothesis.settings.register_profile("treum", deadline=None)  # a busy machine is slow, not wrong
hypothesis.settings.load_profile("treum")
pytest_plugins = ["fixtures.stores", "fixtures.database", "fixtures.aws", "fixtures.platform"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers, begin with what takes longest: nobody waits for it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: groups.group(item.nodeid) not in groups.LONGEST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand tests out by groups."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where there are workers

    made = LoadScopeScheduling(config, log)
    made._split_scope = groups.group
    return made
