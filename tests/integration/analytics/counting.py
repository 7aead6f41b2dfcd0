"""A projector run as a process of its own, so that it can be killed anywhere.

Arguments: a JSON object {host, port, name, careless}. It ticks until all there is is counted, nothing is being
built and nothing is left to drop. ``careless`` plants the bug: the position is moved before what was read counts.
"""

import json
import sys
from typing import Any

from analytics.adapters.postgres import PostgresEventStore, PostgresProjections
from analytics.ports import Advance, Advanced
from analytics.ports.projection import Count
from analytics.service import projecting
from analytics.service.answering import freshness
from analytics.service.keeping import Keeping
from analytics.service.projecting import Projector
from fixtures.database import connect
from kit import failpoint
from kit.stores.connection import DatabaseSettings
from kit.stores.postgres import Database


class Careless(PostgresProjections):
    """The planted bug."""

    def advance(self, step: Advance, count: Count) -> Advanced | None:
        """Move, and only then count, in a transaction of its own."""
        if super().advance(Advance(step.consumer, step.readings), count) is None:
            return None
        failpoint.hit("careless.moved")
        return super().advance(Advance(step.consumer, (), step.facts), count)


def main(told: dict[str, Any]) -> None:
    """Tick."""
    vars(projecting)["BATCH"] = 25
    settings = DatabaseSettings(told["host"], told["port"], told["name"], "analytics_app")
    db = Database(settings, connect)
    store = PostgresEventStore(db)
    projections = (Careless if told["careless"] else PostgresProjections)(db)
    keeping = Keeping(Projector(store, projections), projections)
    while True:
        keeping.tick()
        found = freshness(store, projections)
        states = {one.state for one in projections.consumers()} - {"dropped"}
        if states == {"active"} and not any(one.behind for one in found):
            return


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
