"""Indicators: all of TA-Lib, checked questions, and values that do not depend on how many are asked for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import talib
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from talib import abstract

from builders.signals import walk
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import MemoryCandleStore
from signals.errors import IndicatorRefused, IndicatorUnknown, InstrumentNotFound, TimeframeNotOffered
from signals.indicators import MOST_CANDLES, answer, catalogue, question
from signals.indicators.memory import ANCHOR, TOLERANCE
from signals.model.market import Candle, Split
from signals.service.indicating import Indicating
from signals.strategies.window import Series, Window

TAPE = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes" / "spx-1d.csv.gz"
SPX = RecordedTape(TAPE, FileReference()).read(0, 20_000)
NAMES = sorted(catalogue())
WINDOWED_TOLERANCE = 1e-9
NOTHING: Mapping[str, str] = {}


def window_of(candles: Sequence[Candle]) -> Window:
    return Series(candles, ()).span(0, len(candles) - 1)


def asked(
    name: str, rows: int, until: int = len(SPX), given: Mapping[str, str] = NOTHING
) -> dict[str, list[float | int | None]]:
    """Return what the API computes for the candles of the tape up to ``until``."""
    one = question(name, given)
    part = SPX[max(0, until - one.candles(rows)) : until]
    return dict(answer(one, window_of(part), rows).outputs)


def furthest_apart(left: Sequence[float | None], right: Sequence[float | None]) -> float:
    """Return the largest difference, as a fraction of the largest value in sight; 1 where only one is null."""
    scale = max((abs(one) for one in (*left, *right) if one is not None), default=1.0) or 1.0
    apart = 0.0
    for one, other in zip(left, right, strict=True):
        if one is None or other is None:
            apart = max(apart, 0.0 if one is other else 1.0)
        else:
            apart = max(apart, abs(one - other) / scale)
    return apart


def test_the_catalogue_is_the_registry_of_the_library() -> None:
    library: Any = import_module("talib")  # the stubs leave its functions untyped
    assert sorted(library.get_functions()) == NAMES
    assert len(NAMES) > 150
    for name, one in catalogue().items():
        info = abstract.Function(name).info  # type: ignore[attr-defined]  # the stubs leave it out
        assert (one.title, one.group) == (info["display_name"], info["group"])
        assert one.outputs == tuple(info["output_names"])
        assert {parameter.name: parameter.default for parameter in one.parameters} == info["parameters"]


@pytest.mark.parametrize("name", NAMES)
def test_the_values_are_those_of_the_library(name: str) -> None:
    part = SPX[:900]
    window = window_of(part)
    inputs = {column: getattr(window, column) for column in ("open", "high", "low", "close", "volume")} | {
        "periods": np.nan_to_num(talib.HT_DCPERIOD(window.close), nan=0.0)
    }
    function = abstract.Function(name)  # type: ignore[attr-defined]  # the stubs leave it out
    with np.errstate(all="ignore"):
        found = function(inputs)
    expected = found if isinstance(found, list) else [found]

    values = answer(question(name, {}), window, 100).outputs

    for output, column in zip(values.values(), expected, strict=True):
        for value, plain in zip(output, column[-100:].tolist(), strict=True):
            if value is None:
                assert not math.isfinite(plain) or catalogue()[name].memory == "recursive"
            elif name not in {"MAXINDEX", "MININDEX", "MINMAXINDEX"}:
                assert value == plain


@pytest.mark.parametrize("name", NAMES)
def test_a_value_does_not_depend_on_how_many_are_asked_for(name: str) -> None:
    tolerance = WINDOWED_TOLERANCE if catalogue()[name].memory != "recursive" else TOLERANCE
    for until in (3100, 4777, len(SPX)):
        few, many = asked(name, 50, until), asked(name, 200, until)
        for output, values in few.items():
            assert furthest_apart(values, many[output][-50:]) <= tolerance, output


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("RSI", {"timeperiod": "200"}),
        ("ADX", {"timeperiod": "100"}),
        ("TRIX", {"timeperiod": "120"}),
        ("BBANDS", {"timeperiod": "60", "matype": "EMA"}),
        ("STOCH", {"fastk_period": "60", "slowk_matype": "T3", "slowd_period": "30", "slowd_matype": "KAMA"}),
        ("MACDEXT", {"slowperiod": "200", "slowmatype": "TEMA", "signalmatype": "RMA"}),
        ("MAVP", {"maxperiod": "50", "matype": "EMA"}),
        ("SMA", {"timeperiod": "250", "price": "high"}),
    ],
)
def test_nor_with_other_parameters(name: str, parameters: Mapping[str, str]) -> None:
    few, many = asked(name, 50, given=parameters), asked(name, 200, given=parameters)

    for output, values in few.items():
        assert None not in values
        assert furthest_apart(values, many[output][-50:]) <= TOLERANCE


def test_without_the_candles_before_the_window_the_values_would_depend_on_it() -> None:
    for name in ("RSI", "MACD", "ADX", "KAMA", "HT_DCPERIOD"):
        one = question(name, {})
        short = [
            answer(replace(one, blind=one.reach), window_of(SPX[-rows - one.reach :]), rows).outputs
            for rows in (50, 200)
        ]
        output = one.indicator.outputs[0]
        assert furthest_apart(short[0][output], short[1][output][-50:]) > TOLERANCE, name


def test_rows_that_lean_on_the_start_of_the_data_are_null() -> None:
    rsi, sma = question("RSI", {}), question("SMA", {"timeperiod": "20"})
    young = window_of(SPX[:300])

    values = answer(rsi, young, 300).outputs["real"]
    plain = answer(sma, young, 300).outputs["real"]

    assert rsi.memory == "recursive"
    assert [one is None for one in values] == [at < rsi.blind for at in range(300)]
    assert [one is None for one in plain] == [at < 19 for at in range(300)]
    assert set(answer(rsi, window_of(SPX[:14]), 14).outputs["real"]) == {None}


def test_a_cumulative_indicator_counts_from_a_fixed_candle() -> None:
    one = question("OBV", {})

    assert one.memory == "cumulative"
    assert one.candles(50) == one.candles(1000) == ANCHOR


def test_the_library_itself_says_what_is_recursive() -> None:
    kinds = {name: catalogue()[name].memory for name in NAMES}

    assert {kinds[name] for name in ("SMA", "BBANDS", "CDLDOJI", "WILLR")} == {"windowed"}
    assert {kinds[name] for name in ("EMA", "MACD", "RSI", "TRIX", "KC", "ADOSC")} == {"recursive"}
    assert {kinds[name] for name in ("OBV", "AD", "VWAP", "SAR")} == {"cumulative"}
    assert question("BBANDS", {"matype": "EMA"}).memory == "recursive"
    assert talib.get_unstable_period("EMA") == 0  # type: ignore[attr-defined]  # the stubs leave it out


def test_every_range_is_the_librarys_own_and_bounded() -> None:
    for one in catalogue().values():
        for parameter in one.parameters:
            assert parameter.least <= parameter.default <= parameter.most, (one.name, parameter)
            assert -1000 <= parameter.least <= parameter.most <= 1000
    rsi = catalogue()["RSI"].parameters[0]
    assert (rsi.least, rsi.most, rsi.default) == (2, 250, 14)
    assert catalogue()["MAMA"].parameters[0].least == pytest.approx(0.01)
    assert catalogue()["APO"].parameters[-1].choices["EMA"] == 1


@pytest.mark.parametrize(
    ("name", "given", "pointer", "told"),
    [
        ("RSI", {"timeperiod": "1"}, "?timeperiod", "from 2 to 250"),
        ("RSI", {"timeperiod": "9999"}, "?timeperiod", "from 2 to 250"),
        ("RSI", {"timeperiod": "14.5"}, "?timeperiod", "whole number"),
        ("RSI", {"timeperiod": "nan"}, "?timeperiod", "whole number"),
        ("BBANDS", {"nbdevup": "nan"}, "?nbdevup", "a number"),
        ("BBANDS", {"nbdevup": "inf"}, "?nbdevup", "a number"),
        ("BBANDS", {"matype": "BEST"}, "?matype", "SMA"),
        ("RSI", {"price": "median"}, "?price", "open, high, low, close, volume"),
        ("ATR", {"high": "low"}, "?high", "takes: timeperiod"),
        ("TRANGE", {"period": "3"}, "?period", "takes: none"),
        ("RSI", {"x" * 500: "3"}, "?" + "x" * 32, "takes: timeperiod, price"),
    ],
)
def test_what_an_indicator_does_not_take_is_refused_by_name(
    name: str, given: Mapping[str, str], pointer: str, told: str
) -> None:
    with pytest.raises(IndicatorRefused) as refused:
        question(name, given)

    assert [one.pointer for one in refused.value.errors] == [pointer]
    assert told in refused.value.errors[0].detail


def test_parameters_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(IndicatorRefused, match="not with the others"):
        question("MAVP", {"minperiod": "30", "maxperiod": "2"})


def test_a_name_that_is_none_is_answered_with_near_ones() -> None:
    with pytest.raises(IndicatorUnknown, match="did you mean MACD"):
        question("MACDD", {})
    with pytest.raises(IndicatorUnknown):
        question("__class__", {})


@settings(max_examples=150)
@drawn(st.data())
def test_whatever_is_asked_gives_values_or_a_refusal(data: st.DataObject) -> None:
    one = catalogue()[data.draw(st.sampled_from(NAMES))]
    given = {}
    for parameter in one.parameters:
        if parameter.kind == "choice":
            given[parameter.name] = data.draw(st.sampled_from(sorted(parameter.choices)))
        elif parameter.kind == "integer":
            given[parameter.name] = str(data.draw(st.integers(int(parameter.least), int(parameter.most))))
        else:
            given[parameter.name] = repr(data.draw(st.floats(parameter.least, parameter.most)))
    try:
        found = question(one.name, given)
    except IndicatorRefused:
        return
    assert found.candles(1000) <= MOST_CANDLES
    with np.errstate(all="ignore"):
        values = answer(found, window_of(SPX[-400:]), 20).outputs
    assert set(values) == set(one.outputs)
    assert all(len(column) == 20 for column in values.values())
    assert all(value is None or math.isfinite(value) for column in values.values() for value in column)


def indicating(candles: Sequence[Candle], splits: Sequence[Split] = ()) -> Indicating:
    class Reference(FileReference):
        def splits(self, symbol: str) -> Sequence[Split]:
            return splits

    store = MemoryCandleStore()
    store.save(candles)
    return Indicating(store, Reference(), now=lambda: candles[-1].closed_at + timedelta(days=40))


def test_a_split_leaves_no_step_in_an_indicator() -> None:
    candles = walk(300)
    at = 290
    halved = [
        replace(
            one,
            open=one.open / 2,
            high=one.high / 2,
            low=one.low / 2,
            close=one.close / 2,
            volume=one.volume * 2,
        )
        for one in candles[at:]
    ]
    split = Split("AAPL", candles[at].closed_at.date(), Decimal(2))

    whole = indicating(candles).values("AAPL", "1d", "ROC", {}, limit=20)
    joined = indicating([*candles[:at], *halved], [split]).values("AAPL", "1d", "ROC", {}, limit=20)
    volume = {"price": "volume", "timeperiod": "10"}
    shares = indicating(candles).values("AAPL", "1d", "ROC", volume, limit=20)
    doubled = indicating([*candles[:at], *halved], [split]).values("AAPL", "1d", "ROC", volume, limit=20)

    assert whole.answer.outputs["real"] == pytest.approx(joined.answer.outputs["real"])
    assert shares.answer.outputs["real"] == pytest.approx(doubled.answer.outputs["real"])


def test_the_values_stand_beside_their_candles() -> None:
    candles = walk(300)
    use_case = indicating(candles)

    found = use_case.values("AAPL", "1d", "sma", {"timeperiod": "3"}, limit=5)
    earlier = use_case.values("AAPL", "1d", "SMA", {"timeperiod": "3"}, until=candles[-2].closed_at, limit=4)

    assert found.closed_at == [one.closed_at for one in candles[-5:]]
    assert found.since == candles[-7].closed_at
    closes = [float(one.close) for one in candles[-3:]]
    assert found.answer.outputs["real"][-1] == pytest.approx(sum(closes) / 3)
    assert earlier.answer.outputs["real"] == pytest.approx(found.answer.outputs["real"][:-1])
    assert len(use_case.indicators()) == len(NAMES)


def test_before_the_first_candle_there_are_no_values() -> None:
    candles = walk(20)

    found = indicating(candles).values(
        "AAPL", "1d", "MACD", {}, until=candles[0].closed_at - timedelta(days=1), limit=5
    )

    assert (found.closed_at, found.since) == ([], None)
    assert found.answer.outputs == {"macd": [], "macdsignal": [], "macdhist": []}


def test_nothing_is_computed_for_strangers_and_unoffered_timeframes() -> None:
    use_case = indicating(walk(20))

    with pytest.raises(InstrumentNotFound):
        use_case.values("NOPE", "1d", "RSI", {})
    with pytest.raises(TimeframeNotOffered):
        use_case.values("AAPL", "5m", "RSI", {})
