"""What the record is made of can be added to and not rewritten, not even by the domain's own role."""

import psycopg
import pytest

from fixtures.database import Databases

pytestmark = pytest.mark.stores


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE voids SET reason = 'x'",
        "DELETE FROM voids",
        "UPDATE performance_facts SET event_id = event_id",
        "DELETE FROM performance_facts",
        "DELETE FROM revisions",
        "UPDATE alerts SET content = '{}'",
        "UPDATE hooks SET owner = gen_random_uuid()",
        "UPDATE backtests SET owner = 'x'",
    ],
)
def test_the_domains_role_may_not(database: Databases, command: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database("signals").run(command)
