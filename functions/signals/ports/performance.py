"""Ports of the figures: facts kept as they came, and the trades that are made of them alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from signals.model.performance import Trade

Projection = Callable[[Sequence[Event[Any]]], Trade | None]
"""All facts of one signal, lowest version first, to its trade; None while they tell of no promise."""


@dataclass(frozen=True, slots=True)
class TradeQuery:
    """Which trades: counted from ``since`` on (None: all), of one analyst, strategy, symbol or timeframe."""

    since: datetime | None = None
    analyst: str | None = None
    strategy: str | None = None
    symbol: str | None = None
    timeframe: str | None = None


class PerformanceBook(Protocol):
    """Facts and trades; every trade is at any time what the projection makes of the facts kept."""

    def take(self, fact: Event[Any], project: Projection) -> None:
        """Keep ``fact`` once and project its signal anew, however late or often the fact comes."""

    def rebuild(self, project: Projection) -> int:
        """Forget every trade and project all facts kept, at once; return how many trades there are."""

    def trades(self, query: TradeQuery) -> list[Trade]:
        """Return the trades that ``query`` asks for, in no particular order."""
