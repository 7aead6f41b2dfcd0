"""Two checks every strategy has to pass, as freqtrade's lookahead-analysis and recursive-analysis do.

A strategy *looks ahead* when what it says about a candle changes once later candles are taken away. It is
*recursive beyond its window* when what it says changes with how many earlier candles it is shown: an average
that never forgets, a running sum from wherever the record happens to start.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from signals.research.deciding import Market, decide
from signals.strategies import WIDTH, Idea, Series, Strategy

EVERY: Final = 7
"""Of the candles without an idea each seventh is looked at too: what only hindsight removes shows there."""
NEAR: Final = 1e-3
"""How far, relative to the price, a level may move with more history: an EMA of 50 keeps 3e-4 after 200."""
WIDTHS: Final = (WIDTH, WIDTH + 61, 2 * WIDTH)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a strategy contradicted itself: what it ``said``, and what it says with ``other`` candles."""

    at: datetime
    other: str
    said: Idea | None
    says: Idea | None


def looks_ahead(make: Callable[[], Strategy], market: Market) -> list[Difference]:
    """Return the candles on which a strategy decides otherwise once the future is cut off.

    It first decides on the whole record in one go, as a careless backtest would let it; then candle by
    candle a fresh one, and the one that has seen everything, decide on a record that ends there.
    """
    seasoned = make()
    whole = {one.at: one.idea for one in decide(seasoned, market)}
    found: list[Difference] = []
    for index in _sample(market, whole):
        at = market.candles[index].closed_at
        cut = replace(market, candles=market.candles[: index + 1])
        for who, strategy in (("fresh", make()), ("seasoned", seasoned)):
            says = strategy.decide(
                Series(cut.candles[-WIDTH:], cut.adjustments).until(len(cut.candles[-WIDTH:]) - 1)
            )
            if says != whole.get(at):
                found.append(Difference(at, f"no later candles, {who}", whole.get(at), says))
                break
    return found


def never_settles(strategy: Strategy, market: Market) -> list[Difference]:
    """Return the candles on which a strategy decides otherwise when more candles come before."""
    series = Series(market.candles, market.adjustments)
    first = {at: strategy.decide(series.until(at)) for at in range(WIDTHS[-1], len(market.candles))}
    said = {market.candles[at].closed_at: idea for at, idea in first.items() if idea is not None}
    found: list[Difference] = []
    for index in _sample(market, said):
        if index not in first:
            continue
        for width in WIDTHS[1:]:
            says = strategy.decide(series.span(index + 1 - width, index))
            if not _alike(first[index], says):
                found.append(
                    Difference(market.candles[index].closed_at, f"{width} candles", first[index], says)
                )
                break
    return found


def _sample(market: Market, said: Iterable[datetime]) -> Sequence[int]:
    spoken = set(said)
    return [at for at, one in enumerate(market.candles) if one.closed_at in spoken or at % EVERY == 0]


def _alike(one: Idea | None, other: Idea | None) -> bool:
    if one is None or other is None:
        return one is other
    levels = zip((one.stop, *one.targets), (other.stop, *other.targets), strict=True)
    return (
        one.side == other.side
        and abs(one.confidence - other.confidence) <= 1
        and all(abs(a - b) <= NEAR * one.entry for a, b in levels)
    )
