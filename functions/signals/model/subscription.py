"""What a person chose to hear of: instruments and strategies; a signal matches by either."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signals.model.signal import Signal

MOST_SYMBOLS: Final = 100
MOST_STRATEGIES: Final = 50


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The choice of one person; ``version`` 0 was never written. Nothing chosen matches nothing."""

    subject: str
    symbols: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    version: int = 0
    changed_at: datetime | None = None

    def matches(self, signal: Signal) -> bool:
        """Whether ``signal`` is of a chosen instrument or strategy."""
        return signal.terms.symbol in self.symbols or signal.terms.strategy in self.strategies
