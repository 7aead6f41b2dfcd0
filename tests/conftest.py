"""Fixtures for every suite: real stores and the whole platform, started once a run, only when asked for."""

pytest_plugins = ["fixtures.stores", "fixtures.database", "fixtures.aws", "fixtures.platform"]
