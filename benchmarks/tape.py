"""The whole historical tape as fast as possible, beside a naive loop.

Ours: every candle judged, counted, kept and resampled, then the strategies, drafts and endings. The peer: a
plain loop that builds the arrays of every window anew and calls the same strategies; it keeps nothing.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.candles import NAMES, REFERENCE, TAPES
from benchmarks.measure import ROUNDS, Result, alternate, result
from signals import policies
from signals.adapters.files import RecordedTape
from signals.adapters.memory import (
    MemoryCandleStore,
    MemoryQualityLedger,
    MemoryQuoteBoard,
    MemorySignalBook,
)
from signals.adapters.recent import RecentCandles
from signals.model.market import Candle
from signals.model.signal import AnalystId
from signals.service.drafting import DISCLAIMER, Desk
from signals.service.watching import Watching
from signals.strategies import ALL, WIDTH, Window

_BATCH = 200
Known = dict[tuple[str, str], list[Candle]]


def measure() -> list[Result]:
    """Return the one comparison, in thousands of candles a second."""
    tapes = [RecordedTape(TAPES / f"{name}.csv.gz", REFERENCE) for name in NAMES]
    return [_whole_tape([one for tape in tapes for one in tape.read(0, 20_000)])]


def _whole_tape(rows: Sequence[Candle]) -> Result:
    """Play the tape once, a tenth a round (the first is the warm-up); both sides keep what they know."""
    parts = _parts(rows, ROUNDS + 1)
    watching = _watching()
    known: Known = {}
    mine, plain = alternate(
        _side(parts, lambda part: _take(watching, part)), _side(parts, lambda part: naive(part, known))
    )
    what = f"the whole tape ({len(rows)} candles) through quality and {len(ALL)} strategies"
    return result(what, mine, "k/s", plain, "a plain loop with the same strategies and no quality", ">= 1")


def _parts(rows: Sequence[Candle], many: int) -> list[Sequence[Candle]]:
    size = -(-len(rows) // many)
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def _side(
    parts: Sequence[Sequence[Candle]], play: Callable[[Sequence[Candle]], object]
) -> Callable[[], float]:
    coming = iter(parts)

    def side() -> float:
        part = next(coming)
        began = time.perf_counter()
        play(part)
        return len(part) / (time.perf_counter() - began) / 1000

    return side


def _watching() -> Watching:
    return Watching(
        candles=RecentCandles(MemoryCandleStore(), keep=2 * WIDTH),
        quotes=MemoryQuoteBoard(),
        book=MemorySignalBook(),
        reference=REFERENCE,
        policies=policies.load(),
        desk=Desk(AnalystId("treum-house"), DISCLAIMER, ai_generated=False),
        ledger=MemoryQualityLedger(),
    )


def _take(watching: Watching, rows: Sequence[Candle]) -> None:
    for at in range(0, len(rows), _BATCH):
        watching.take(dict.fromkeys(rows[at : at + _BATCH]))


def naive(rows: Sequence[Candle], known: Known) -> int:
    """Return how many ideas a loop finds that collects rows and builds every window anew."""
    found = 0
    for one in rows:
        series = known.setdefault((one.symbol, one.timeframe), [])
        series.append(one)
        part = series[-WIDTH:]
        columns = [
            np.array([float(getattr(candle, name)) for candle in part])
            for name in ("open", "high", "low", "close", "volume")
        ]
        window = Window(one.symbol, *columns)
        found += sum(strategy.decide(window) is not None for strategy in ALL)
    return found
