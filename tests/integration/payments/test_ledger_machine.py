"""Random lives of the books on PostgreSQL: the quick tier, and each rule of theirs broken once."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from builders.ledger_database import forget, opened, planted
from builders.ledger_machine import machine_over
from fixtures.database import Databases
from kit.stores.postgres import Database
from payments.adapters.postgres.ledger import PostgresLedger

pytestmark = pytest.mark.stores
QUICK = settings(
    max_examples=15,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SEARCH = settings(QUICK, max_examples=60, phases=[Phase.generate], report_multiple_bugs=False)


def run(databases: Databases, db: Database, how: settings) -> None:
    with databases.owner(db) as owner:

        def books() -> PostgresLedger:
            forget(owner)
            return PostgresLedger(db)

        run_state_machine_as_test(machine_over(books), settings=how)


def test_the_books_keep_their_rules_through_random_lives(database: Databases) -> None:
    run(database, opened(database), QUICK)


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        pytest.param("ELSE true\n    END", "ELSE true\n    END OR true", id="guards hold nothing"),
        pytest.param("debits + debits_held <= credits", "debits <= credits", id="holds do not count"),
        pytest.param("GROUP BY side.bridge, e.kind = 'pending' HAVING sum(side.amount) <> 0",
                     "GROUP BY side.bridge HAVING false", id="one side of a bridge moves"),
        pytest.param("PERFORM demand_within_originals(originals);", "NULL;", id="refunds without end"),
        pytest.param("WHERE r.reverses = original AND r.kind IN ('posted', 'post'))\n         + ",
                     "WHERE false)\n         + ", id="what was restored cannot be refunded"),
        pytest.param("PERFORM refuse('LG010', 'a restoration is not reversed: reverse the original again', 0);",
                     "NULL;", id="a restoration is reversed"),
        pytest.param("(entries[1].id, cardinality(entries), e.kind, e.debit, e.credit, e.amount, ",
                     "(entries[1].id, cardinality(entries), e.kind, e.debit, e.credit, t.amount, ",
                     id="an id taken twice"),
        pytest.param("CASE e.kind WHEN 'pending' THEN e.amount ELSE -e.held END",
                     "CASE e.kind WHEN 'pending' THEN e.amount ELSE -least(e.amount, e.held) END",
                     id="a part posted, the rest held for ever"),
        pytest.param("PERFORM release(due, moment);", "NULL;", id="what is due stays held"),
        pytest.param("moment := greatest(at, (SELECT max(changed_at) FROM balances WHERE account = ANY (guarded)));",
                     "moment := at;", id="time runs backwards"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_found(database: Databases, tmp_path: Path, sound: str, broken: str) -> None:
    db = planted(database, tmp_path, sound, broken)
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run(database, db, SEARCH)
