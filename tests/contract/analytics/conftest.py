"""The figures in memory and on PostgreSQL, as the role that analytics has."""

from typing import Any, NamedTuple

import pytest

from analytics.adapters.memory import MemoryFigures
from analytics.adapters.postgres import PostgresAnswers, PostgresProjections
from analytics.ports import Answers, Projections
from fixtures.database import Databases


class Figures(NamedTuple):
    """Both sides of one store."""

    projections: Projections
    answers: Answers


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def figures(request: pytest.FixtureRequest) -> Figures:
    """Return an empty store."""
    if request.param == "memory":
        made: Any = MemoryFigures()
        return Figures(made, made)
    databases: Databases = request.getfixturevalue("database")
    db = databases("analytics")
    return Figures(PostgresProjections(db), PostgresAnswers(db))
