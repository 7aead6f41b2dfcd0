"""Facts and trades in memory."""

from typing import Any

from kit.events import Event
from signals.model.performance import Trade
from signals.ports import Projection, TradeQuery

_FILTERS = ("analyst", "strategy", "symbol", "timeframe")


class MemoryPerformanceBook:
    """Facts by their id, trades by signal."""

    def __init__(self) -> None:
        self._facts: dict[str, Event[Any]] = {}
        self._trades: dict[str, Trade] = {}

    def take(self, fact: Event[Any], project: Projection) -> None:
        """Keep it once, project its signal."""
        self._facts.setdefault(fact.id, fact)
        self._project(fact.subject, project)

    def rebuild(self, project: Projection) -> int:
        """Project every signal anew."""
        self._trades.clear()
        for signal_id in {one.subject for one in self._facts.values()}:
            self._project(signal_id, project)
        return len(self._trades)

    def trades(self, query: TradeQuery) -> list[Trade]:
        """Filter."""
        return [one for one in self._trades.values() if _asked(one, query)]

    def _project(self, signal_id: str, project: Projection) -> None:
        facts = [one for one in self._facts.values() if one.subject == signal_id]
        made = project(sorted(facts, key=lambda one: (one.version, one.id)))
        if made is not None:
            self._trades[signal_id] = made


def _asked(trade: Trade, query: TradeQuery) -> bool:
    if query.since is not None and trade.counted_at < query.since:
        return False
    return all(getattr(query, name) in {None, getattr(trade, name)} for name in _FILTERS)
