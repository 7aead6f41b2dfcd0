"""Fixtures of the signals domain's tests."""

import pytest

from builders.signals_api import Desk, desk_over
from fixtures.database import Databases


@pytest.fixture
def desk(database: Databases, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return the API over a fresh database."""
    return desk_over(database("signals"), monkeypatch)
