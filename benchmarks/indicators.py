"""Indicators and strategies a candle: ours beside TA-Lib's abstract API and beside the pandas way.

An indicator of ours is asked for as over HTTP: its name and parameters as text, checked, computed on as many
candles as it takes to settle, 200 rows as lists with nulls. The peer calls ``talib.abstract.Function`` with
the defaults on the same candles, unchecked, and gives the same lists. Deciding is the six strategies on one
window, rules and rationale included; the peer computes the same indicators in pandas, and no rule.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measure import Result, alternate, per_call, result
from signals.adapters.files import FileReference, RecordedTape
from signals.indicators import answer, catalogue, question
from signals.strategies import ALL, WIDTH, Series, Window

TAPE = Path(__file__).parents[1] / "infra/local/tapes/spx-1d.csv.gz"
_CANDLES = RecordedTape(TAPE, FileReference()).read(0, 5000)
_ROWS = 200
_NAMES = [name for name, one in catalogue().items() if len(one.inputs) < 5 and name != "MAVP"]
_DECIDED = 200


def measure() -> list[Result]:
    """Return CPU microseconds per indicator, and per candle that all strategies decide on."""
    series = Series(_CANDLES, ())
    return [_one_indicator(series), _one_decision(series)]


def _one_indicator(series: Series) -> Result:
    windows = {name: _window(series, name) for name in _NAMES}
    abstract: Any = import_module("talib.abstract")

    def ours() -> None:
        for name, window in windows.items():
            answer(question(name, {}), window, _ROWS)

    def naive() -> None:
        for name, window in windows.items():
            found = abstract.Function(name)(_columns(window))
            for one in found if isinstance(found, list) else [found]:
                [None if value != value else value for value in one[-_ROWS:].tolist()]  # noqa: PLR0124 - what a client gets: NaN is not JSON

    with np.errstate(all="ignore"):
        mine, peer = alternate(_each(ours, len(windows), 3), _each(naive, len(windows), 3))
    return result("one indicator, 200 rows, parsed and checked", mine, "us", peer, "talib.abstract", "<= 1.2")


def _one_decision(series: Series) -> Result:
    ends = range(len(_CANDLES) - _DECIDED, len(_CANDLES))

    def ours() -> None:
        for end in ends:
            window = series.until(end)
            for strategy in ALL:
                strategy.decide(window)

    def peer() -> None:
        for end in list(ends)[:20]:
            _in_pandas(series.until(end))

    mine, other = alternate(_each(ours, _DECIDED, 1), _each(peer, 20, 1))
    return result(
        "six strategies decide on a candle", mine, "us", other, "their indicators in pandas", "<= 0.2"
    )


def _each(call: Callable[[], None], of: int, calls: int) -> Callable[[], float]:
    timed = per_call(call, calls)
    return lambda: timed() / of


def _window(series: Series, name: str) -> Window:
    last = len(_CANDLES) - 1
    return series.span(last + 1 - question(name, {}).candles(_ROWS), last)


def _columns(window: Window) -> dict[str, Any]:
    return {name: getattr(window, name) for name in ("open", "high", "low", "close", "volume")}


def _in_pandas(window: Window) -> Any:
    """Compute what the strategies look at, the way pandas code does."""
    frame = pd.DataFrame(_columns(window))
    close, high, low = frame["close"], frame["high"], frame["low"]
    before = close.shift()
    ranges = pd.concat([high - low, (high - before).abs(), (low - before).abs()], axis=1).max(axis=1)
    for span in (12, 26):
        frame[f"ema{span}"] = close.ewm(span=span, adjust=False).mean()
    frame["macd"] = frame["ema12"] - frame["ema26"]
    frame["signal"] = frame["macd"].ewm(span=9, adjust=False).mean()
    change = close.diff()
    gain, loss = change.clip(lower=0), -change.clip(upper=0)
    frame["rsi"] = 100 - 100 / (1 + _wilder(gain, 14) / _wilder(loss, 14))
    up, down = high.diff(), -low.diff()
    frame["atr14"], frame["atr20"] = _wilder(ranges, 14), _wilder(ranges, 20)
    frame["plus"] = 100 * _wilder(up.where((up > down) & (up > 0), 0.0), 14) / frame["atr14"]
    frame["minus"] = 100 * _wilder(down.where((down > up) & (down > 0), 0.0), 14) / frame["atr14"]
    frame["adx"] = _wilder(
        100 * (frame["plus"] - frame["minus"]).abs() / (frame["plus"] + frame["minus"]), 14
    )
    for length in (20, 50, 100):
        frame[f"sma{length}"] = close.rolling(length).mean()
    frame["deviation"] = close.rolling(20).std(ddof=0)
    for length in (14, 20, 55):
        frame[f"high{length}"], frame[f"low{length}"] = high.rolling(length).max(), low.rolling(length).min()
    frame["stochastic"] = 100 * (close - frame["low14"]) / (frame["high14"] - frame["low14"])
    frame["choppiness"] = (
        100 * np.log10(ranges.rolling(14).sum() / (frame["high14"] - frame["low14"])) / np.log10(14)
    )
    return frame.iloc[-WIDTH:]


def _wilder(values: Any, length: int) -> Any:
    return values.ewm(alpha=1 / length, adjust=False).mean()
