"""What a reader chose to hear of, applied after order: a filter drops events, never offsets."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Choice:
    """Instruments and strategies as ``GET /api/v1/signals/subscriptions`` answers them.

    Give it every event that the channel delivers, in order. It remembers the signals it let pass, because
    only ``signal.published`` names a strategy: what follows of such a signal passes too.
    """

    symbols: frozenset[str]
    strategies: frozenset[str]
    _passed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "Choice":
        """Return the choice in the API's answer."""
        return cls(frozenset(answer["symbols"]), frozenset(answer["strategies"]))

    def wants(self, event: dict[str, Any]) -> bool:
        """Whether ``event`` (a CloudEvent) is of the choice."""
        data = event["data"]
        wanted = data.get("symbol") in self.symbols or data.get("strategy") in self.strategies
        if wanted:
            self._passed.add(data["signal_id"])
        return wanted or data.get("signal_id") in self._passed
